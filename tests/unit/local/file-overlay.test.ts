import { execFileSync } from 'node:child_process';
import { rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileOverlay } from '../../../functions/adapters/local/file-overlay.ts';
import { openFileSource } from '../../../functions/image/file-source.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryObjectStore } from '../../support/memory/object-store.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());
const at = (name: string) => join(folder.path, name);
const ref = { bucket: 'inputs' as const, key: 'local/run/a.tif' };

const overlay = () =>
  fileOverlay(memoryObjectStore(manualClock()), {
    temporary: at('temporary'),
    fileOf: () => ({ path: at('a.tif'), writable: false }),
  });
const problems = async () => {
  const store = overlay();
  const tries = [store.open!(ref), store.get(ref)];
  return Promise.all(
    tries.map((each) =>
      each.then(
        () => 'read',
        (error: Error) => error.message,
      ),
    ),
  );
};

describe('an image of the user', () => {
  it('that has disappeared since it was listed is said to have', async () => {
    await writeFile(at('a.tif'), 'image');
    await rm(at('a.tif'));
    const gone = 'the file has disappeared: it was there when the run began';
    expect(await problems()).toEqual([gone, gone]);
    expect(await overlay().head(ref)).toBeUndefined();
  });

  it('in whose place a pipe, a device or a circle of links has come is not opened', async () => {
    const said = async () => (await problems()).map((message) => message.replace('the file cannot be read: ', ''));
    execFileSync('mkfifo', [at('a.tif')]);
    expect(await said()).toEqual(Array(2).fill('it is a named pipe, not a file'));
    await expect(openFileSource(at('a.tif'))).rejects.toMatchObject({ code: 'imageUnreadable' });
    await unlink(at('a.tif'));
    await symlink('/dev/zero', at('a.tif'));
    expect(await said()).toEqual(Array(2).fill('it is a device, not a file'));
    await expect(openFileSource(at('a.tif'))).rejects.toMatchObject({ code: 'imageUnreadable' });
    await unlink(at('a.tif'));
    await symlink('a.tif', at('a.tif'));
    expect(await said()).toEqual(Array(2).fill('its links lead in a circle'));
    await expect(overlay().head(ref)).rejects.toMatchObject({ code: 'imageUnreadable' });
  });
});
