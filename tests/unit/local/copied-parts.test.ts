import { existsSync } from 'node:fs';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { copyElsewhere } from '../../../functions/adapters/local/copy-threads.ts';
import { writeObjectFile } from '../../../functions/adapters/local/object-files.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const source = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
let folder: TemporaryFolder;
let from: FileHandle;
const at = (name: string) => join(folder.path, name);
beforeEach(async () => {
  folder = await temporaryFolder();
  await writeFile(at('source'), source);
  from = await open(at('source'), 'r');
});
afterEach(async () => {
  await from.close();
  await folder[Symbol.asyncDispose]();
});

const write = async (length: number) => {
  async function* body() {
    yield Buffer.from('head');
    yield { copy: { from: from.fd, start: 10, length } };
    yield Buffer.from('tail');
  }
  return writeObjectFile(at('target'), body(), { key: 'a' });
};

it('a copied part lies between what is written around it', async () => {
  const wanted = Buffer.concat([Buffer.from('head'), source.subarray(10, 150_010), Buffer.from('tail')]);
  expect(await write(150_000)).toEqual({ bytes: 150_008, crc32: crc32(wanted) });
  expect(wanted.equals(await readFile(at('target')))).toBe(true);
});

it('a part whose file became shorter is no object', async () => {
  await expect(write(source.length)).rejects.toMatchObject({
    code: 'objectCorrupt',
    facts: { key: 'a', detail: 'a part ends after 199990 of 200000 bytes' },
  });
});

(existsSync('/dev/full') ? it : it.skip)('a copy onto a full disk keeps the error of the system', async () => {
  const full = await open('/dev/full', 'w');
  const copy = copyElsewhere({ from: from.fd, start: 0, length: 100, to: full.fd, at: 0 });
  await expect(copy).rejects.toMatchObject({ code: 'ENOSPC', syscall: 'write' });
  await full.close();
});
