import { existsSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holdFolder } from '../../../functions/runtime/hold-folder.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

describe('a folder that a process holds', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => folder[Symbol.asyncDispose]());

  it('is made with those above it, with their mode, and held once', async () => {
    const deep = join(folder.path, 'a/b/c');
    const release = await holdFolder(deep, { mode: 0o700 });
    expect((await stat(join(folder.path, 'a'))).mode & 0o777).toBe(0o700);
    expect(await holdFolder(deep)).toBeUndefined();
    release!();
    (await holdFolder(deep))!();
  });

  it('is refused below a file', async () => {
    await writeFile(join(folder.path, 'file'), '');
    await expect(holdFolder(join(folder.path, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(holdFolder(join(folder.path, 'file/a/b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  (existsSync('/proc/self') ? it : it.skip)('is refused where the system makes none', async () => {
    await expect(holdFolder('/proc/labdeploy/a')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
