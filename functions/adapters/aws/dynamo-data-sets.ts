import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type DataSet, type DataSetImage, type DataSetRef, isTraining } from '../../core/data-set.ts';
import type { DataSets } from '../../ports/data-sets.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import type { Key } from './dynamo-expressions.ts';
import type { Fields } from './dynamo-items.ts';
import { dynamoTable, type Write } from './dynamo-table.ts';
import { keyOfEntry } from './job-items.ts';

/*
 * The data sets of one owner share a partition: `ID` is a data set without its images, `ID#image#SOURCE` is one of its
 * images, so that no row comes near the 400 kB that an item may have, and `name#NAME` says whose name that is. Every change
 * writes the row of the data set, which counts its changes, and the images that differ: all or none, and only if the count
 * is as it was read. Those with a training in work are in the index `open`, by the time that it was asked for.
 */

const partition = (owner: string): string => `datasets#${owner}`;
const keyOf = ({ owner, id }: DataSetRef): Key => ({ pk: partition(owner), sk: id });
const imagePrefix = 'image#';
const imageKey = ({ owner, id }: DataSetRef, { source }: Pick<DataSetImage, 'source'>): Key => ({
  pk: partition(owner),
  sk: `${id}#${imagePrefix}${source}`,
});
const nameKey = ({ owner, name }: Pick<DataSet, 'owner' | 'name'>): Key => ({
  pk: partition(owner),
  sk: `name#${name}`,
});
/** All rows of one data set lie between; letters, digits and dashes of ids, and `#`, sort before `~`. */
const ofOne = ({ owner, id }: DataSetRef) => ({
  where: '#pk = :pk AND #sk BETWEEN :id AND :end',
  values: { pk: partition(owner), id, end: `${id}#~` },
});
const inWorkKey = 'datasets#training';
/** Fifteen digits order milliseconds as text. */
const inWorkSort = ({ owner, id, training }: DataSet): string =>
  `${String(training!.askedAt).padStart(15, '0')}#${owner}#${id}`;

/** Images that one change may write: a transaction has 100 items. */
const mostImages = 99;

interface Read {
  dataSet: DataSet;
  changes: number;
}

const rowOf = ({ images: _, ...rest }: DataSet, changes: number): Fields => {
  const isInWork = isTraining(rest);
  return {
    ...{ data: JSON.stringify(rest), changes },
    openKey: isInWork ? inWorkKey : undefined,
    openSort: isInWork ? inWorkSort({ ...rest, images: [] }) : undefined,
  };
};
const imageRow = (ref: DataSetRef, image: DataSetImage): Write => ({
  put: { ...imageKey(ref, image), data: JSON.stringify(image) },
});

/** Rows of a partition, in the order of their keys, as data sets: images in the order they were added in. */
function dataSetsOf(rows: readonly Fields[]): Read[] {
  const found = new Map<string, Read>();
  for (const { sk, data, changes } of rows) {
    const [id, kind] = String(sk).split('#') as [string, string?];
    if (kind === undefined)
      found.set(id, { dataSet: { ...JSON.parse(String(data)), images: [] }, changes: Number(changes) });
    else if (kind === 'image') found.get(id)?.dataSet.images.push(JSON.parse(String(data)) as DataSetImage);
  }
  for (const { dataSet } of found.values()) dataSet.images.sort((a, b) => a.addedAt - b.addedAt);
  return [...found.values()];
}

/** What differs of the images. Throws where that is more than one change may write. */
function imageWrites(ref: DataSetRef, before: readonly DataSetImage[], after: readonly DataSetImage[]): Write[] {
  const known = new Map(before.map((image) => [image.source, JSON.stringify(image)]));
  const left = new Set(after.map(({ source }) => source));
  const writes = [
    ...after.filter((image) => known.get(image.source) !== JSON.stringify(image)).map((image) => imageRow(ref, image)),
    ...before.filter(({ source }) => !left.has(source)).map((image) => ({ remove: imageKey(ref, image) })),
  ];
  if (writes.length > mostImages) throw new RangeError(`${writes.length} images of a data set change at once`);
  return writes;
}

/** The list of trainings is eventually consistent; whether a data set has one in work is not. */
export function dynamoDataSets({ client, table: name }: { client: DynamoDBClient; table: string }): DataSets {
  const table = dynamoTable(client, name);

  const rowsOf = async (query: Parameters<typeof table.query>[0]): Promise<Read[]> => {
    const rows: Fields[] = [];
    for await (const page of table.query(query)) rows.push(...page);
    return dataSetsOf(rows);
  };
  const read = async (ref: DataSetRef): Promise<Read | undefined> => (await rowsOf(ofOne(ref)))[0];

  return {
    add: (dataSet) =>
      withoutRace(async () => {
        const named = await table.get(nameKey(dataSet));
        if (named !== undefined) return (await read({ ...dataSet, id: String(named.data) }))?.dataSet ?? again;
        const refused = await table.transact([
          { put: { ...nameKey(dataSet), data: dataSet.id }, where: 'attribute_not_exists(#pk)' },
          { put: { ...keyOf(dataSet), ...rowOf(dataSet, 1) }, where: 'attribute_not_exists(#pk)' },
          ...dataSet.images.map((image) => imageRow(dataSet, image)),
        ]);
        return refused.length === 0 ? dataSet : again;
      }),
    get: async (ref) => (await read(ref))?.dataSet,
    async byOwner(owner) {
      const found = await rowsOf({ where: '#pk = :pk', values: { pk: partition(owner) } });
      return found.map(({ dataSet }) => dataSet).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    change: (ref, rule) =>
      withoutRace(async () => {
        const known = await read(ref);
        const changed = known && rule(known.dataSet);
        if (changed === undefined) return undefined;
        const { changes, dataSet } = known!;
        const images = imageWrites(ref, dataSet.images, changed.images);
        const write = {
          ...{ key: keyOf(ref), set: rowOf(changed, changes + 1), where: '#changes = :read' },
          values: { read: changes },
        };
        if (images.length === 0) return (await table.update(write)).applied ? changed : again;
        const refused = await table.transact([write, ...images]);
        return refused.length === 0 ? changed : again;
      }),
    async training() {
      const keys: Key[] = [];
      const where = '#openKey = :of';
      for await (const page of table.query({ index: 'open', where, values: { of: inWorkKey } }))
        keys.push(...page.map(keyOfEntry));
      const found = await Promise.all(
        keys.map(({ pk, sk }) => read({ owner: pk.slice(partition('').length), id: sk })),
      );
      return found.flatMap((each) => (each !== undefined && isTraining(each.dataSet) ? [each.dataSet] : []));
    },
    async remove(ref) {
      const fields = await table.get(keyOf(ref));
      // Images first: where this is cut off, the data set is still there to be removed again.
      const images = { ...ofOne(ref), values: { ...ofOne(ref).values, id: `${ref.id}#` } };
      await table.deleteAll(images);
      if (fields === undefined) return;
      const { name: of } = JSON.parse(String(fields.data)) as DataSet;
      // Both or none: where another caller removed it, the name may be another one's by now.
      await table.transact([
        { remove: keyOf(ref), where: 'attribute_exists(#pk)' },
        { remove: nameKey({ ...ref, name: of }) },
      ]);
      await table.deleteAll(images); // of a change in between
    },
  };
}
