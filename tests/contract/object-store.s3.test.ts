import { crc32 } from 'node:zlib';
import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { s3Limits } from '../../functions/adapters/aws/s3-limits.ts';
import { s3ObjectStore } from '../../functions/adapters/aws/s3-object-store.ts';
import type { ObjectRef } from '../../functions/core/object-keys.ts';
import type { Part } from '../../functions/ports/object-store.ts';
import { bytesOf, noise } from '../support/bytes.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { type S3World, s3World } from '../support/simulated-account/s3-world.ts';
import { objectStoreContract } from './object-store.ts';

jest.setTimeout(60_000); // moto takes its time to move what S3 copies
const MiB = 2 ** 20;
const input = (path: string): ObjectRef => ({ bucket: 'inputs', key: `olga/job1/${path}` });
const zip: ObjectRef = { bucket: 'downloads', key: 'olga/job1/1/results.zip' };

await describeWithMoto('objects in S3', (moto) => {
  objectStoreContract('S3', async () => (await s3World(moto().url)).store);

  describe('composed in S3', () => {
    let world: S3World;
    beforeEach(async () => {
      world = await s3World(moto().url);
    });
    const stored = async () => bytesOf(await world.store.get(zip));

    /** Large objects of 16 MiB and more, each after a few literal bytes, and what they make. */
    async function alternating(count: number, literalBytes: number): Promise<{ parts: Part[]; whole: Buffer }> {
      const parts: Part[] = [];
      const pieces: Buffer[] = [];
      for (let i = 0; i < count; i++) {
        const [head, data] = [noise(literalBytes, i + 1), noise(16 * MiB + i, i + 100)];
        await world.store.put(input(`${i}.tif`), data);
        parts.push({ bytes: head });
        parts.push({ from: input(`${i}.tif`), range: { start: 0, end: data.length }, crc32: crc32(data) });
        pieces.push(head, data);
      }
      const end = noise(1000, 99);
      return { parts: [...parts, { bytes: end }], whole: Buffer.concat([...pieces, end]) };
    }

    it('takes 5 MiB through this process, and the few bytes between the ranges', async () => {
      const { parts, whole } = await alternating(4, 80);
      world.take();
      expect(await world.store.compose(zip, parts)).toEqual({ bytes: whole.length, crc32: crc32(whole) });
      expect(world.take()).toMatchObject({
        // The first head borrows from its range to make a part; the other three and the end are as they are.
        received: 5 * MiB - 80,
        sent: 5 * MiB + 3 * 80 + 1000,
        requests: {
          CreateMultipartUpload: 4, // the zip's, and an object in between for each head between two ranges
          GetObject: 1,
          UploadPart: 5,
          UploadPartCopy: 3 + 4, // each range once; those in between once more
          CompleteMultipartUpload: 4,
          DeleteObjects: 1,
        },
      });
      expect(whole.equals(await stored())).toBe(true);
      expect(await world.store.head(zip)).toMatchObject({ bytes: whole.length, crc32: crc32(whole) });
      expect(await world.leftovers()).toEqual([]);
    });

    it('borrows from the next range what bytes of almost a part lack', async () => {
      const { parts, whole } = await alternating(2, 4.5 * MiB);
      world.take();
      await world.store.compose(zip, parts);
      expect(world.take()).toMatchObject({
        received: 2 * 0.5 * MiB,
        sent: 2 * 5 * MiB + 1000,
        requests: { CreateMultipartUpload: 1, UploadPartCopy: 2 },
      });
      expect(whole.equals(await stored())).toBe(true);
    });

    it('makes one part of one range of an object, as unzip does', async () => {
      const data = noise(20 * MiB);
      await world.store.put(input('images.zip'), data);
      const range = { start: 57, end: 19 * MiB };
      const checksum = crc32(data.subarray(57, 19 * MiB));
      world.take();
      const part = { from: input('images.zip'), range, crc32: checksum };
      expect(await world.store.compose(zip, [part])).toEqual({ bytes: 19 * MiB - 57, crc32: checksum });
      expect(world.take()).toMatchObject({
        ...{ sent: 0, received: 0 },
        requests: { CreateMultipartUpload: 1, UploadPartCopy: 1, CompleteMultipartUpload: 1 },
      });
      expect(data.subarray(57, 19 * MiB).equals(await stored())).toBe(true);
    });

    it.each([
      ['day 1 /cell #3 + 50%.tif'],
      ['Größe/細胞/клетка 😀.tif'],
      ['a?versionId=b&c=d.tif'],
      ['a%2Fb%20c.tif'],
      ["o'brien (2)!*.tif"],
    ])('copies from the name %j', async (path) => {
      const data = noise(16 * MiB);
      await world.store.put(input(path), data);
      world.take();
      await world.store.compose(zip, [{ from: input(path) }]);
      const [header] = world.take().copied;
      expect(header).toMatch(/^[\w.~!'()*%/-]+$/); // nothing that a header, a query or a form reads otherwise
      expect(header!.split('/').map(decodeURIComponent).join('/')).toBe(`${world.buckets.inputs}/${input(path).key}`);
      expect(data.equals(await stored())).toBe(true);
    });

    it('puts more parts than S3 numbers together in groups', async () => {
      const few = { ...s3Limits, directParts: 2, groupedParts: 3, copiedPart: 30 * MiB };
      const { parts, whole } = await alternating(6, 100);
      const store = s3ObjectStore({ client: world.client, buckets: world.buckets, limits: few });
      world.take();
      expect(await store.compose(zip, parts)).toEqual({ bytes: whole.length, crc32: crc32(whole) });
      // The first bytes and the glued ranges are 7 parts and the end: 2, a group of 3, one of 2, the end.
      expect(world.take().requests).toMatchObject({ CreateMultipartUpload: 1 + 5 + 2, GetObject: 1 });
      expect(whole.equals(await stored())).toBe(true);
      expect(await world.leftovers()).toEqual([]);
    });

    it('leaves nothing behind when it fails', async () => {
      const { parts } = await alternating(3, 80);
      const trouble = [
        { part: { from: input('none.tif'), range: { start: 0, end: 20 * MiB } }, code: 'objectMissing' },
        { part: { from: input('0.tif'), crc32: 1 }, code: 'objectCorrupt' },
      ];
      for (const { part, code } of trouble) {
        await expect(world.store.compose(zip, [...parts, part])).rejects.toMatchObject({ code });
        expect(await world.store.head(zip)).toBeUndefined();
        expect(await world.leftovers()).toEqual([]);
      }
    });
  });
});
