import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ObjectRef } from '../../functions/core/object-keys.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import { bytesOf, noise } from '../support/bytes.ts';

const zip: ObjectRef = { bucket: 'downloads', key: 'olga/job1/1/Größe #3 + 50%.zip' };
const fast = { tier: 'expedited', days: 1 } as const;

/** Every promise of ports/cold-storage. `open` gives an empty store with cold storage; the suite disposes it. */
export const coldStorageContract = (adapter: string, open: () => Promise<ObjectStore>) =>
  describe(`ColdStorage on ${adapter}`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(() => store[Symbol.asyncDispose]());
    const cold = () => store.coldStorage!;
    /** Moves it back as the stages do. */
    const thawed = async (ref: ObjectRef) => {
      expect(['started', 'ready']).toContain(await cold().requestThaw(ref, fast));
      expect(await cold().requestThaw(ref, fast)).toBe('ready');
      await cold().thaw(ref);
    };

    it.each([0, 1000, 3 * 2 ** 20 + 7])(
      'keeps the %i bytes, the size and the checksum there and back',
      async (size) => {
        const data = noise(size);
        const { bytes } = await store.put(zip, data);
        const before = await store.head(zip);
        await cold().freeze(zip);
        expect(await store.head(zip)).toMatchObject({ bytes, cold: 'frozen', crc32: crc32(data) });
        await thawed(zip);
        expect(await store.head(zip)).toEqual({ ...before, modifiedAt: expect.any(Number) });
        expect(data.equals(await bytesOf(await store.get(zip)))).toBe(true);
      },
    );

    it('reads and copies nothing of a frozen object, and names it', async () => {
      await store.put(zip, noise(2 ** 20)); // moto copies what S3 does not: parts of frozen objects
      await cold().freeze(zip);
      const frozen = { code: 'objectFrozen', facts: { key: zip.key } };
      await expect(store.get(zip)).rejects.toMatchObject(frozen);
      await expect(store.get(zip, { start: 3, end: 5 })).rejects.toMatchObject(frozen);
      await expect(store.compose({ bucket: 'downloads', key: 'copy' }, [{ from: zip }])).rejects.toMatchObject(frozen);
      expect(await store.head({ bucket: 'downloads', key: 'copy' })).toBeUndefined();
    });

    it('leaves an object alone that is where it shall be', async () => {
      await store.put(zip, Buffer.from('live'));
      expect(await cold().requestThaw(zip, fast)).toBe('ready');
      await cold().thaw(zip);
      expect((await bytesOf(await store.get(zip))).toString()).toBe('live');
      await cold().freeze(zip);
      await cold().freeze(zip);
      await thawed(zip);
      expect((await bytesOf(await store.get(zip))).toString()).toBe('live');
    });

    it('names an object that is missing', async () => {
      const missing = { code: 'objectMissing', facts: { key: zip.key } };
      await expect(cold().freeze(zip)).rejects.toMatchObject(missing);
      await expect(cold().requestThaw(zip, fast)).rejects.toMatchObject(missing);
      await expect(cold().thaw(zip)).rejects.toMatchObject(missing);
    });

    it('replaces, lists and removes frozen objects as others', async () => {
      await store.put(zip, Buffer.from('old'));
      await cold().freeze(zip);
      expect((await store.list('downloads', 'olga/')).objects).toMatchObject([{ key: zip.key, bytes: 3 }]);
      await store.put(zip, Buffer.from('newer'));
      expect(await store.head(zip)).toMatchObject({ bytes: 5 });
      expect((await bytesOf(await store.get(zip))).toString()).toBe('newer');
      await cold().freeze(zip);
      await store.remove(zip);
      expect(await store.head(zip)).toBeUndefined();
      await store.put(zip, Buffer.from('again'));
      await cold().freeze(zip);
      expect(await store.removeAll('downloads', 'olga/')).toBe(1);
      expect(await store.head(zip)).toBeUndefined();
    });
  });
