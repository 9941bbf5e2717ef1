import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openIssuerDatabase } from '../../../functions/adapters/local/issuer/issuer-database.ts';
import { issuerKeys } from '../../../functions/adapters/local/issuer/issuer-keys.ts';
import { providerStore } from '../../../functions/adapters/local/issuer/provider-store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

describe('what the issuer keeps', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let database: ReturnType<typeof openIssuerDatabase>;
  let now: number;
  let store: ReturnType<typeof providerStore>;
  beforeEach(async () => {
    now = 1_000_000_000_000;
    folder = await temporaryFolder();
    database = openIssuerDatabase(folder.path);
    store = providerStore(database, { now: () => now });
  });
  afterEach(async () => {
    database[Symbol.dispose]();
    await folder[Symbol.asyncDispose]();
  });
  const rows = () => (database.sql.prepare('SELECT count(*) AS n FROM artifacts').get() as { n: number }).n;

  it('is found by id, uid and user code, of its own kind, until it ends', async () => {
    await store.adapter('Session').upsert('s1', { uid: 'u1', accountId: 'ada' }, 60);
    await store.adapter('DeviceCode').upsert('d1', { userCode: 'BCDF' }, 60);
    expect(await store.adapter('Session').find('s1')).toEqual({ uid: 'u1', accountId: 'ada' });
    expect(await store.adapter('Session').findByUid('u1')).toEqual({ uid: 'u1', accountId: 'ada' });
    expect(await store.adapter('DeviceCode').findByUserCode('BCDF')).toEqual({ userCode: 'BCDF' });
    expect(await store.adapter('Grant').find('s1')).toBeUndefined();
    now += 60_000;
    expect(await store.adapter('Session').find('s1')).toBeUndefined();
  });

  it('is removed when it has ended and something else is written', async () => {
    for (let i = 0; i < 100; i++) await store.adapter('Session').upsert(`s${i}`, {}, 60);
    expect(rows()).toBe(100);
    now += 60_000;
    await store.adapter('Session').upsert('new', {}, 60);
    expect(rows()).toBe(1);
  });

  it('is consumed by one caller, and says when', async () => {
    const codes = store.adapter('AuthorizationCode');
    await codes.upsert('c1', { grantId: 'g1' }, 60);
    const outcomes = await Promise.allSettled([codes.consume('c1'), codes.consume('c1'), codes.consume('c1')]);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await codes.find('c1')).toEqual({ grantId: 'g1', consumed: now / 1000 });
  });

  it('of a grant goes with it, and of an account with its sign-out everywhere', async () => {
    await store.adapter('RefreshToken').upsert('r1', { grantId: 'g1', accountId: 'ada' }, 60);
    await store.adapter('RefreshToken').upsert('r2', { grantId: 'g2', accountId: 'ada' }, 60);
    await store.adapter('Session').upsert('s1', { accountId: 'bob' }, 60);
    await store.adapter('Grant').revokeByGrantId('g1');
    expect(rows()).toBe(2);
    store.forget('ada');
    expect(rows()).toBe(1);
    expect(await store.adapter('Session').find('s1')).toBeDefined();
  });
});

describe('the issuer’s keys', () => {
  it('are made once, whoever starts first', async () => {
    await using folder = await temporaryFolder();
    const made = await Promise.all([issuerKeys(folder.path), issuerKeys(folder.path), issuerKeys(folder.path)]);
    expect(made[1]).toEqual(made[0]);
    expect(made[2]).toEqual(made[0]);
    expect(await issuerKeys(folder.path)).toEqual(made[0]);
    expect(made[0]!.signing).toMatchObject([{ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }]);
    expect(Buffer.from(made[0]!.secret, 'base64url')).toHaveLength(32);
  });

  it.each([
    ['', 'it is empty'],
    ['{"signing":[', 'it is damaged'],
    ['null', 'it is damaged'],
    ['{"signing":[],"secret":"x"}', 'it is damaged'],
  ])('that the file holds no more (%j) are said to be lost, and not made anew', async (text, detail) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'issuer-keys.json');
    await writeFile(file, text);
    await expect(issuerKeys(folder.path)).rejects.toMatchObject({
      code: 'secretBroken',
      advice: { what: expect.stringContaining(file), why: detail, next: expect.stringContaining('delete it') },
    });
    expect(await readFile(file, 'utf8')).toBe(text);
  });
});
