import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localAccounts } from '../../../functions/adapters/local/issuer/accounts.ts';
import { type IssuerContext, openIssuerContext } from '../../../functions/adapters/local/issuer/issuer-context.ts';
import { openIssuerDatabase } from '../../../functions/adapters/local/issuer/issuer-database.ts';
import { changePassword, signIn } from '../../../functions/adapters/local/issuer/sign-in.ts';
import { acceptInvitation } from '../../../functions/adapters/local/issuer/sign-up.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const cheap = { logN: 4, r: 8, p: 1 };
const email = 'ada@example.org';
const password = 'seven grey mice in a row';
const address = '192.0.2.7';

describe('signing in', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: ReturnType<typeof openIssuerDatabase>;
  let context: IssuerContext;
  let id: string;
  const clock = { now: () => 1_000_000_000_000 };
  beforeEach(async () => {
    folder = await temporaryFolder();
    database = openIssuerDatabase(folder.path);
    context = openIssuerContext(database, clock, cheap);
    const { url } = await localAccounts(context, 'https://lab.example/auth').invite({});
    const secret = new URL(url).searchParams.get('token')!;
    const made = await acceptInvitation(secret, { email, name: '', password }, context);
    id = 'id' in made ? made.id : '';
  });
  afterEach(async () => {
    database[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('computes one hash of equal cost, whether or not there is an account', async () => {
    const costs: string[] = [];
    const counting: IssuerContext = {
      ...context,
      passwords: {
        ...context.passwords,
        matches(given, stored) {
          costs.push(stored === undefined ? 'nobody' : stored.split('$').slice(0, 4).join('$'));
          return context.passwords.matches(given, stored);
        },
      },
    };
    expect(await signIn({ email, password: 'wrong', address }, counting)).toEqual({ refused: 'wrong' });
    expect(await signIn({ email: 'eve@example.org', password, address }, counting)).toEqual({ refused: 'wrong' });
    expect(await signIn({ email: 'no address', password, address }, counting)).toEqual({ refused: 'wrong' });
    expect(costs).toEqual(['scrypt$4$8$1', 'nobody', 'nobody']);
  });

  it('stores the password again when the cost has changed', async () => {
    const dearer = openIssuerContext(database, clock, { ...cheap, logN: 5 });
    expect(await signIn({ email, password, address }, dearer)).toMatchObject({ account: { id, email } });
    expect(context.accounts.byId(id)!.password).toMatch(/^scrypt\$5\$8\$1\$/);
    expect(await signIn({ email, password, address }, dearer)).toMatchObject({ account: { id } });
  });

  it.each([
    ['is disabled', "UPDATE accounts SET state = 'disabled'", { refused: 'disabled' }],
    ['gets another password', "UPDATE accounts SET password = 'scrypt$4$8$1$eA$eA'", { refused: 'wrong' }],
    ['is removed', 'DELETE FROM accounts', { refused: 'wrong' }],
  ])('lets nobody in whose account %s while the password is being checked', async (_what, sql, answer) => {
    const slow: IssuerContext = {
      ...context,
      passwords: {
        ...context.passwords,
        async matches(given, stored) {
          const right = await context.passwords.matches(given, stored);
          database.sql.exec(sql);
          return right;
        },
      },
    };
    expect(await signIn({ email, password, address }, slow)).toEqual(answer);
  });

  it('throttles guesses of the current password on the account page too', async () => {
    const change = () => changePassword({ id, current: 'wrong', wanted: 'eight brown hens on a roof' }, context);
    for (let i = 0; i < 5; i++) expect(await change()).toEqual({ refused: 'wrong' });
    expect(await change()).toEqual({ refused: 'throttled', waitMs: 1000 });
  });

  it('keeps no secret of a link, no password and no mistyped address in the database', async () => {
    const { url } = await localAccounts(context, 'https://lab.example/auth').resetLink(email);
    await signIn({ email: 'my secret typed here', password, address }, context);
    const rows = ['tickets', 'throttle', 'accounts'].map((table) =>
      JSON.stringify(database.sql.prepare(`SELECT * FROM ${table}`).all()),
    );
    for (const secret of [new URL(url).searchParams.get('token')!, password, 'my secret typed here']) {
      expect(rows.join().includes(secret)).toBe(false);
    }
  });
});
