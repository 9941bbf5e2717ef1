import { Readable } from 'node:stream';
import { type ZipItem, zipStream } from '../../archive/zip-writer.ts';
import type { DataSet } from '../../core/data-set.ts';
import { Failure } from '../../core/errors.ts';
import { dataSetRef, dataSetZipsPrefix } from '../../core/object-keys.ts';
import { readmeOf, sidesOf, zipRefOf } from '../../jobs/data-set-card.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/**
 * Makes the zip of a data set: images/ and labels/ with the same names, sides.json, and README.md, which says what they are.
 * `labdeploy train` trains with what is in it. The same data set gives the same bytes. Returns how many. Zips of what it was
 * before go.
 */
export async function zipDataSet(dataSet: DataSet, objects: ObjectStore): Promise<number> {
  const items = [
    textItem('README.md', readmeOf(dataSet)),
    textItem('sides.json', `${JSON.stringify(sidesOf(dataSet), null, 2)}\n`),
  ];
  for (const plane of dataSet.images.flatMap(({ planes }) => planes))
    for (const part of ['images', 'labels'] as const) {
      const ref = dataSetRef(dataSet, part, plane);
      const head = await objects.head(ref);
      if (head === undefined) throw new Failure('objectMissing', { key: ref.key });
      const { bytes, crc32 } = head;
      const read = () => objects.get(ref);
      items.push({ name: `${part}/${plane}.tif`, bytes, read, ...(crc32 !== undefined && { crc32 }) });
    }
  const ref = zipRefOf(dataSet);
  await objects.put(ref, zipStream(items));
  const zips = await objects.list('datasets', dataSetZipsPrefix(dataSet));
  for (const { key } of zips.objects) if (key !== ref.key) await objects.remove({ bucket: 'datasets', key });
  return (await objects.head(ref))!.bytes;
}

function textItem(name: string, text: string): ZipItem {
  const bytes = Buffer.from(text);
  return { name, bytes: bytes.length, read: () => Readable.from([bytes]) };
}
