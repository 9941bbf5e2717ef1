import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { openLocalObjectStore } from '../../../functions/adapters/local/object-store.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import { archiveFolders, filesIn } from '../../support/archive-folders.ts';
import { bytesOf, noise } from '../../support/bytes.ts';

const zip: ObjectRef = { bucket: 'downloads', key: 'olga/job1/1/results.zip' };
const data = noise(300_000);

const { at, open, files } = archiveFolders();

describe('an archive on another disk', () => {
  it('has the bytes once: in the store or in the archive, and the store counts those that it has', async () => {
    await using store = await open();
    await store.put(zip, data);
    await store.coldStorage!.freeze(zip);
    expect([await files(), store.storedBytes()]).toEqual([[0, 1], 0]);
    await store.coldStorage!.thaw(zip);
    expect([await files(), store.storedBytes()]).toEqual([[1, 0], data.length]);
    await store.coldStorage!.freeze(zip);
    await store.remove(zip);
    expect([await files(), store.storedBytes()]).toEqual([[0, 0], 0]);
  });

  it('is there for the next process', async () => {
    {
      await using store = await open();
      await store.put(zip, data);
      await store.coldStorage!.freeze(zip);
    }
    await using store = await open();
    expect([await store.head(zip), store.storedBytes()]).toMatchObject([{ cold: 'frozen' }, 0]);
    await store.coldStorage!.thaw(zip);
    expect(data.equals(await bytesOf(await store.get(zip)))).toBe(true);
  });

  it('is never made below a mount point without its disk, and archives once the disk is mounted', async () => {
    await using store = await open();
    await store.put(zip, data);
    await rename(at('archive'), at('elsewhere'));
    const away = { code: 'archiveAway', facts: { where: at('archive') } };
    await expect(store.coldStorage!.freeze(zip)).rejects.toMatchObject(away);
    expect(data.equals(await bytesOf(await store.get(zip)))).toBe(true);
    expect(await readdir(at())).not.toContain('archive');
    await rename(at('elsewhere'), at('archive'));
    await store.coldStorage!.freeze(zip);
    expect(await files()).toEqual([0, 1]);
  });

  it('keeps what it has while its disk is not mounted: nothing is taken for missing, nothing written elsewhere', async () => {
    await using store = await open();
    await store.put(zip, data);
    await store.coldStorage!.freeze(zip);
    const other = { ...zip, key: 'olga/job2/1/results.zip' };
    await store.put(other, data);
    await rename(at('archive'), at('elsewhere'));
    await mkdir(at('archive', (await readdir(at('elsewhere')))[0]!), { recursive: true }); // the empty mount point
    const cold = store.coldStorage!;
    for (const step of [cold.thaw(zip), cold.requestThaw(zip, { tier: 'standard', days: 1 }), cold.freeze(other)])
      await expect(step).rejects.toMatchObject({ code: 'archiveAway' });
    expect([await store.head(zip), await files()]).toMatchObject([{ cold: 'frozen' }, [1, 0]]);
    await rename(at('archive'), at('mount point'));
    await rename(at('elsewhere'), at('archive'));
    await cold.thaw(zip);
    expect(data.equals(await bytesOf(await store.get(zip)))).toBe(true);
  });

  it('deletes what was removed while its disk was away when a process opens the store later', async () => {
    const day = 24 * 3600 * 1000;
    {
      await using store = await open();
      await store.put(zip, data);
      await store.coldStorage!.freeze(zip);
      await rename(at('archive'), at('elsewhere'));
      await store.remove(zip);
      expect(await store.head(zip)).toBeUndefined();
    }
    await rename(at('elsewhere'), at('archive'));
    expect(await filesIn(at('archive'))).toBe(1);
    const clock = { now: () => Date.now() + day };
    await using _ = await openLocalObjectStore({ root: at('store'), archiveTo: at('archive'), clock });
    expect(await filesIn(at('archive'))).toBe(0);
  });

  it('keeps the archived bytes where a copy differs from what was archived', async () => {
    await using store = await open();
    await store.put(zip, data);
    await store.coldStorage!.freeze(zip);
    const [archive] = await readdir(at('archive'));
    const name = (await readdir(at('archive', archive!))).find((file) => file !== 'README.txt')!;
    await writeFile(at('archive', archive!, name), noise(data.length, 2));
    await expect(store.coldStorage!.thaw(zip)).rejects.toMatchObject({ code: 'objectCorrupt' });
    expect([await store.head(zip), await files()]).toMatchObject([{ cold: 'frozen' }, [0, 1]]);
  });

  it('holds nothing of an object that is removed, or replaced, while it is archived', async () => {
    await using store = await open();
    const large = noise(8_000_000);
    for (const change of [() => store.remove(zip), () => store.put(zip, data)]) {
      await store.put(zip, large);
      const [frozen] = await Promise.allSettled([store.coldStorage!.freeze(zip), change()]);
      const head = await store.head(zip);
      if (head === undefined) expect(await files()).toEqual([0, 0]);
      else {
        expect([frozen.status, head]).toMatchObject(['fulfilled', { bytes: data.length }]);
        expect(await files()).toEqual(head.cold === 'frozen' ? [0, 1] : [1, 0]);
      }
    }
  });
});
