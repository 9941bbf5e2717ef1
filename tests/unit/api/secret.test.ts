import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { openSecret, openTextSecret } from '../../../functions/adapters/local/secret.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

it('the secret of a data folder is made once, for its owner alone, also by many at once', async () => {
  await using folder = await temporaryFolder();
  const secrets = await Promise.all(Array.from({ length: 8 }, () => openSecret(folder.path, 'urls')));
  expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(1);
  expect(secrets[0]).toHaveLength(32);
  expect(await readdir(folder.path)).toEqual(['urls.secret']);
  expect((await stat(join(folder.path, 'urls.secret'))).mode & 0o777).toBe(0o600);
  expect((await openSecret(folder.path, 'urls')).equals(secrets[0]!)).toBe(true);
  expect((await openSecret(folder.path, 'other')).equals(secrets[0]!)).toBe(false);
});

it('a secret that was cut short is not used', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'urls.secret'), 'short');
  await expect(openSecret(folder.path, 'urls')).rejects.toMatchObject({ code: 'secretBroken' });
});

it('a secret as text is one line that people can hand on', async () => {
  await using folder = await temporaryFolder();
  const made = await Promise.all(Array.from({ length: 8 }, () => openTextSecret(folder.path, 'webhook')));
  expect(new Set(made.map(({ secret }) => secret)).size).toBe(1);
  const { secret, file } = made[0]!;
  expect(secret).toMatch(/^[\w-]{43}$/);
  expect(await readFile(file, 'utf8')).toBe(`${secret}\n`);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  await writeFile(file, `${secret.slice(1)}\n`);
  await expect(openTextSecret(folder.path, 'webhook')).rejects.toMatchObject({
    code: 'secretBroken',
    message: expect.stringContaining('less than 43 characters'),
  });
});
