import { createHash } from 'node:crypto';
import { type DataSet, objectsOf } from '../core/data-set.ts';
import { dataSetZipRef, type ObjectRef } from '../core/object-keys.ts';

/** Where the zip of a data set as it is now lies, made or not. */
export const zipRefOf = (dataSet: DataSet): ObjectRef =>
  dataSetZipRef(
    dataSet,
    createHash('sha256')
      // Each image with its bytes, revision and side; and its job, for revisions of another one are other labels.
      .update(JSON.stringify([readmeOf(dataSet), dataSet.images.map(({ job }) => job)]))
      .digest('hex'),
  );

/** Of the planes whose image has one, by the names of their files: what `labdeploy train --sides` takes. */
export const sidesOf = ({ images, sides }: Pick<DataSet, 'images' | 'sides'>): Record<string, string> =>
  Object.fromEntries(
    images.flatMap(({ source, planes }) =>
      sides[source] === undefined ? [] : planes.map((plane) => [`${plane}.tif`, sides[source]!]),
    ),
  );

/** What a data set says of itself, Markdown. */
export function readmeOf({ name, by, createdAt, images, sides }: DataSet): string {
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
