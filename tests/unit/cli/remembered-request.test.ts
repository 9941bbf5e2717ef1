import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type RememberedFile, rememberRequest } from '../../../cli/client/remembered-request.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const request = { origin: 'https://lab.example', wanted: { name: 'day 1' } };
const files: RememberedFile[] = [
  ['a.tif', 5, '1-aa'],
  ['b.tif', 5, '1-bb'],
];
async function remember(now: readonly RememberedFile[], asked: object = request) {
  const found = await rememberRequest(folder.path, asked, now);
  await found.keep();
  return found;
}

it('finds the key of the same files and settings again', async () => {
  const first = await remember(files);
  expect([first.known, first.changed]).toEqual([false, []]);
  expect(await remember(files)).toMatchObject({ known: true, key: first.key, changed: [] });
});

it('makes another key for other bytes, and says which files differ and how', async () => {
  const first = await remember([...files, ['c.tif', 5, '1-cc'], ['d.tif', 5, '1-dd']]);
  const second = await remember([
    ['a.tif', 5, '1-xx'],
    ['b.tif', 6, '1-bb'],
    ['c.tif', 5, '2-cc'],
    ['e.tif', 5, '1-ee'],
  ]);
  expect(second.key).not.toBe(first.key);
  expect(second.known).toBe(false);
  expect(second.changed).toEqual([
    { path: 'a.tif', how: 'bytes' },
    { path: 'b.tif', how: 'size' },
    { path: 'c.tif', how: 'date' },
    { path: 'd.tif', how: 'missing' },
    { path: 'e.tif', how: 'new' },
  ]);
});

it('makes another key for other settings, and compares no files then', async () => {
  const first = await remember(files);
  const second = await remember([['z.tif', 1, null]], { ...request, wanted: { name: 'day 2' } });
  expect([second.known, second.changed, second.key === first.key]).toEqual([false, [], false]);
});

it('changes nothing on the disk before it is to keep the key', async () => {
  const first = await remember(files);
  const second = await rememberRequest(folder.path, request, [['a.tif', 6, '1-aa']]);
  expect(second.known).toBe(false);
  expect(await remember(files)).toMatchObject({ known: true, key: first.key });
});

it('forgets', async () => {
  const first = await remember(files);
  await first.forget();
  expect((await remember(files)).key).not.toBe(first.key);
});

it('does not continue what an earlier version wrote, which knew no bytes', async () => {
  const first = await remember(files);
  const file = join(folder.path, '.labdeploy/submit.json');
  const { files: _, ...old } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify(old));
  expect((await remember(files)).key).not.toBe(first.key);
});
