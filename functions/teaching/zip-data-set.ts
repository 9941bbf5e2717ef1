import { Readable } from 'node:stream';
import { type ZipItem, zipStream } from '../archive/zip-writer.ts';
import { type DataSet, objectsOf } from '../core/data-set.ts';
import { Failure } from '../core/errors.ts';
import { dataSetRef, dataSetZipRef } from '../core/object-keys.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/**
 * Makes the zip of a data set: images/ and labels/ with the same names, sides.json, and README.md, which says what they are.
 * `labdeploy train` trains with what is in it. The same data set gives the same bytes. Returns how many.
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
  const ref = dataSetZipRef(dataSet);
  await objects.put(ref, zipStream(items));
  return (await objects.head(ref))!.bytes;
}

/** Of the planes whose image has one, by the names of their files: what `labdeploy train --sides` takes. */
export const sidesOf = ({ images, sides }: Pick<DataSet, 'images' | 'sides'>): Record<string, string> =>
  Object.fromEntries(
    images.flatMap(({ source, planes }) =>
      sides[source] === undefined ? [] : planes.map((plane) => [`${plane}.tif`, sides[source]!]),
    ),
  );

function textItem(name: string, text: string): ZipItem {
  const bytes = Buffer.from(text);
  return { name, bytes: bytes.length, read: () => Readable.from([bytes]) };
}

function readmeOf({ name, by, createdAt, images, sides }: DataSet): string {
  const cell = (text: string) => text.replaceAll(/[|\r\n]/g, ' ');
  const row = ({ source, path, revision, planes, objects }: DataSet['images'][number]): string =>
    `| ${planes.map((plane) => `${cell(plane)}.tif`).join(', ')} | ${cell(path)} | ${source} | ${revision} | ${objects} | ${sides[source] ?? ''} |`;
  return `# ${name}

${images.length} images with ${objectsOf(images)} labelled objects, by ${cell(by)}, begun on ${new Date(createdAt).toISOString().slice(0, 10)} with labdeploy.

\`images/\` has planes as a model gets them, \`labels/\` a number for each object of the plane of the same name, 0 for background, and -1 where nobody looked.
\`sides.json\` says which are trained on and which are kept aside to compare models with: an image never changes sides.

    labdeploy train images --labels labels --sides sides.json -o model

| planes | file | sha256 of the file | revision of its corrections | objects | side |
| --- | --- | --- | --- | --- | --- |
${images.map(row).join('\n')}
`;
}
