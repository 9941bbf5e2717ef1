import { expect, it } from '@jest/globals';
import { readZipDirectory } from '../../functions/archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../../functions/archive/zip-entry.ts';
import { inputRef } from '../../functions/core/object-keys.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import { bytesOf, noise } from '../support/bytes.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';
import { s3World } from '../support/simulated-account/s3-world.ts';
import { passStoredFolder } from '../support/simulated-account/stored-folder.ts';

const MiB = 2 ** 20;
const folder = { images: 5, imageBytes: 17 * MiB, previewBytes: 70_000, measurementsBytes: 7000 };

await describeWithMoto('a folder of stored images in S3', (moto) => {
  it('passes unzip and zip without crossing them', async () => {
    const world = await s3World(moto().url);
    const { unzip, zip, job, target } = await passStoredFolder(world, folder);
    const result = await bytesOf(await world.store.get(target));
    const read = async (start: number, end: number) => result.subarray(start, end);
    const entries = await readZipDirectory({ size: result.length, read: (at, length) => read(at, at + length) });
    for (const entry of entries) {
      const { start, end } = entrySpan(entry);
      const span = async function* () {
        yield result.subarray(start, end);
      };
      const i = Number(/(\d{4})_labels/.exec(entry.name!)?.[1]);
      const data = await bytesOf(entryChunks(entry, span()));
      if (!Number.isNaN(i)) expect(data.equals(noise(folder.imageBytes, i))).toBe(true);
    }
    expect(entries).toHaveLength(3 * folder.images + 3);
    const input = await bytesOf(await world.store.get(inputRef(job, 'plate 1/Größe 0003.tif')));
    expect(input.equals(noise(folder.imageBytes, 3))).toBe(true);

    const { images } = folder;
    expect(unzip.sent).toBe(0);
    expect(unzip.received).toBeLessThanOrEqual(2 * MiB + 512 * images); // the directory, in blocks; the start of each entry
    expect(unzip.requests).toEqual({
      HeadObject: 1,
      ListObjectsV2: 1,
      GetObject: 2 + images, // here the end of the zip lies in two blocks
      CreateMultipartUpload: images,
      UploadPartCopy: images,
      CompleteMultipartUpload: images,
    });

    // Everything but the labels comes and goes; of the first labels what makes a part of all that lies before them.
    const first = entries.find(({ name }) => name!.endsWith('_labels.tif'))!;
    const borrowed = 5 * MiB - (first.offset + 30 + first.rawName.length);
    const small = result.length - images * folder.imageBytes;
    let [fetched, tables] = [0, 0];
    for await (const { key, bytes } of allObjects(world.store, 'results', `${job.owner}/${job.id}/`)) {
      if (!key.endsWith('/labels.tif')) fetched += bytes;
      if (key.includes('/.tables/')) tables += bytes;
    }
    expect({ sent: zip.sent, received: zip.received }).toEqual({
      sent: small + borrowed + tables,
      received: fetched + borrowed,
    });
    const between = images - 1;
    expect(zip.requests).toEqual({
      ListObjectsV2: 1,
      PutObject: 3,
      HeadObject: images, // each label's checksum
      GetObject: 3 * images + 3 + 1, // summaries, previews, measurements; tables; what is borrowed
      CreateMultipartUpload: 1 + between,
      UploadPart: 1 + between + 1,
      UploadPartCopy: images + between,
      CompleteMultipartUpload: 1 + between,
      DeleteObjects: 1,
    });
    expect(await world.leftovers()).toEqual([]);
  }, 120_000);
});
