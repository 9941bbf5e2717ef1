import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from '@jest/globals';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import type { ObjectRef } from '../../functions/core/object-keys.ts';
import { archiveFolders } from '../support/archive-folders.ts';
import { bytesOf, noise } from '../support/bytes.ts';
import { itOnSmallDisk, smallDisk } from '../support/small-disk.ts';

const zip: ObjectRef = { bucket: 'downloads', key: 'olga/job1/1/results.zip' };

const { at, open, files } = archiveFolders();

it.each([1, 2, 3, 10, 11, 30, 31])(
  'an archive on another disk loses nothing when the process is killed after move %i',
  async (moves) => {
    {
      await using store = await open();
      await store.put(zip, noise(3_000_000));
    }
    const script = join(import.meta.dirname, '../support/children/cold-mover.ts');
    const mover = spawn(process.execPath, [script, at()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(mover, 'exit');
    let seen = 0;
    for await (const _ of createInterface({ input: mover.stdout })) if (++seen === moves) mover.kill('SIGKILL');
    expect((await exit)[1]).toBe('SIGKILL');
    const clock = { now: () => Date.now() + 24 * 3600 * 1000 };
    await using store = await openLocalObjectStore({ root: at('store'), archiveTo: at('archive'), clock });
    expect(await files()).toEqual((await store.head(zip))!.cold === 'frozen' ? [0, 1] : [1, 0]);
    await store.coldStorage!.thaw(zip);
    expect(noise(3_000_000).equals(await bytesOf(await store.get(zip)))).toBe(true);
  },
);

/** What a script says, a line each, that runs where a disk of 1 MB is mounted. */
async function onSmallDisk(script: string, prepare = ''): Promise<string[]> {
  await mkdir(at('disk'));
  await using disk = await smallDisk(at('disk'), 1);
  if (prepare !== '') disk.sh(prepare);
  const file = join(import.meta.dirname, '../support/children', script);
  const [command, ...args] = [...disk.under, process.execPath, file, at(), at('disk')];
  const { stdout, stderr } = spawnSync(command!, args, { encoding: 'utf8' });
  expect(stderr).toBe('');
  return stdout.trim().split('\n');
}

itOnSmallDisk(
  'an archive disk that is full leaves the object where it is, and takes it when there is room',
  async () => {
    expect(await onSmallDisk('small-archive.ts')).toEqual([
      `noSpace ${JSON.stringify({ where: at('disk') })}`,
      'second object whole',
      '1 archived file',
      'frozen after room was made',
    ]);
  },
);

itOnSmallDisk('an archive disk that is read-only leaves the object where it is', async () => {
  expect(await onSmallDisk('read-only-archive.ts', 'mount -o remount,ro "$1"')).toEqual([
    'storeUnwritable',
    'object whole',
  ]);
});

itOnSmallDisk('a full disk is said, what is there stays, and the store goes on when there is room', async () => {
  expect(await onSmallDisk('full-disk.ts')).toEqual([
    'noSpace',
    'old object whole',
    'nothing else left',
    'stored after room was made',
  ]);
});
