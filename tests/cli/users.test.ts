import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { localAccounts } from '../../functions/adapters/local/issuer/accounts.ts';
import { openIssuerContext } from '../../functions/adapters/local/issuer/issuer-context.ts';
import { openIssuerDatabase } from '../../functions/adapters/local/issuer/issuer-database.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localPlanRequests } from '../../functions/adapters/local/plan-requests.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import type { PlanRequests } from '../../functions/ports/plan-requests.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const issuer = 'https://lab.example/auth';
const made = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('labdeploy users', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  beforeEach(async () => {
    folder = await temporaryFolder();
    // As `local --users` leaves it, with two who have joined.
    using database = openIssuerDatabase(folder.path);
    const { accounts, settings } = openIssuerContext(database, systemClock);
    settings.change('issuer', issuer);
    settings.change('mode', 'users');
    database.write(() => {
      const joined = { password: 'none', state: 'active' as const };
      accounts.insert({ ...joined, id: 'id-ada', email: 'ada@lab.example', admin: true, createdAt: made });
      accounts.insert({ ...joined, id: 'id-bob', email: 'bob@lab.example', admin: false, createdAt: made + 1000 });
    });
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  const users = (...args: string[]) => cli(['users', ...args, '--data', folder.path]);
  const find = async (account: string) => {
    using database = openIssuerDatabase(folder.path);
    return await localAccounts(openIssuerContext(database, systemClock), issuer).find(account);
  };

  it('lists everybody', async () => {
    const { code, stdout } = await users('list');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['address', 'state', 'plan', 'since', 'id'],
      ['ada@lab.example', 'active, administrator', 'default', '2026-01-02', 'id-ada'],
      ['bob@lab.example', 'active', 'default', '2026-01-02', 'id-bob'],
      [''],
    ]);
    const [listed] = jsonLines((await users('list', '--json')).stdout);
    expect(listed).toMatchObject({
      service: folder.path,
      users: [{ id: 'id-ada', createdAt: '2026-01-02T03:04:05.000Z' }, { id: 'id-bob' }],
    });
  });

  it('makes a link for somebody to join', async () => {
    const { code, stdout } = await users('add', 'eve@lab.example', '--plan', 'large', '--json');
    expect(code).toBe(0);
    const [invited] = jsonLines(stdout);
    expect(invited).toMatchObject({
      email: 'eve@lab.example',
      url: expect.stringMatching(`^${issuer}/invite\\?token=`),
    });
    expect(Date.parse(String(invited!.expiresAt))).toBeGreaterThan(Date.now());
  });

  it('adds nobody by who they are elsewhere: here the link of an invitation does that', async () => {
    const { code, stderr } = await users('add', 'eve@lab.example', '--identity', 'ORCID:0000-0002-1825-0097');
    expect([code, stderr.includes('--identity is for a stack')]).toEqual([2, true]);
    const nobody = await users('add', '--identity', 'ORCID:0000-0002-1825-0097');
    expect([nobody.code, nobody.stderr.includes('needs the address of the person')]).toEqual([2, true]);
    await expect(find('eve@lab.example')).rejects.toMatchObject({ code: 'accountMissing' });
  });

  it('answers what a person asked for with the plan that is given', async () => {
    const requests = async (work: (requests: PlanRequests) => Promise<unknown>) => {
      using database = openLocalDatabase(join(folder.path, 'jobs.sqlite'));
      return await work(localPlanRequests(database));
    };
    await requests(async ({ ask }) => {
      await ask({ person: 'id-ada', plan: 'premium', askedAt: made });
      await ask({ person: 'id-bob', plan: 'premium', askedAt: made });
    });
    expect((await users('plan', 'bob@lab.example', 'premium')).code).toBe(0);
    expect(await requests(({ list }) => list())).toEqual([{ person: 'id-ada', plan: 'premium', askedAt: made }]);
  });

  it('gives a plan and takes it away', async () => {
    expect((await users('plan', 'bob@lab.example', 'large')).stdout).toBe('bob@lab.example has the plan large\n');
    expect(await find('id-bob')).toMatchObject({ plan: 'large' });
    expect((await users('plan', 'id-bob')).code).toBe(0);
    expect(await find('id-bob')).not.toHaveProperty('plan');
  });

  it('removes after a yes', async () => {
    const asked = await users('remove', 'bob@lab.example');
    expect(asked.code).toBe(4);
    expect(asked.stderr).toContain('--yes');
    expect(await find('id-bob')).toMatchObject({ email: 'bob@lab.example' });
    const removed = await users('remove', 'bob@lab.example', '--yes');
    expect(removed).toMatchObject({ code: 0, stdout: `bob@lab.example is removed from ${folder.path}\n` });
    await expect(find('id-bob')).rejects.toMatchObject({ code: 'accountMissing' });
  });

  it.each([
    ['accountLastAdmin', ['remove', 'id-ada', '--yes']],
    ['accountMissing', ['plan', 'eve@lab.example', 'large']],
    ['accountExists', ['add', 'BOB@lab.example']],
  ])('says %s', async (code, args) => {
    const refused = await users(...args);
    expect(refused.code).toBe(3);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain(`[${code}]`);
  });

  it.each([
    ['plan', 'id-bob', 'enormous'],
    ['add', 'eve@lab.example', '--plan', 'enormous'],
  ])('refuses with %s %s %s a plan that there is not, and names those that there are', async (...args) => {
    const refused = await users(...args);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toContain("no plan 'enormous' [planUnknown]");
    expect(refused.stderr).toContain('standard, large');
  });

  it('says that a folder has no accounts', async () => {
    const refused = await cli(['users', 'list', '--data', join(folder.path, 'none')]);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('[accountsMissing]');
  });
});
