import type { AgreementRecord } from '../../core/pictures/agreement.ts';
import { listOf } from '../../core/pictures/list-of.ts';
import {
  type DisplayEntry,
  newPerson,
  type Picture,
  type PicturePerson,
  type PictureRef,
} from '../../core/pictures/picture.ts';
import { addPicture, type Change, decide, takeStep } from '../../core/pictures/transitions.ts';
import type { Page } from '../../ports/job-store.ts';
import type { ListPage, Pictures } from '../../ports/pictures.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { readVersions } from './dynamo-agreements.ts';
import { pauseAfter } from './dynamo-contention.ts';
import type { Key } from './dynamo-expressions.ts';
import type { Fields } from './dynamo-items.ts';
import { type DynamoTable, dynamoTable, type TableOptions } from './dynamo-table.ts';

/*
 * All rows of one owner share a partition: `person`, `picture#ID`, `upload#NUMBER` (which picture it was), `entry#N` and
 * `record#N`. Each step writes the row `person`, which counts its changes, so that the steps of one owner are in one order.
 */

const partitionOf = (owner: string): string => `pictures#${owner}`;
const keyOf = (owner: string, sk: string): Key => ({ pk: partitionOf(owner), sk });
const pictureKey = ({ owner, id }: PictureRef): Key => keyOf(owner, `picture#${id}`);
/** As text in the order of the numbers: nine digits of uploads, fifteen of milliseconds. */
const counted = (n: number): string => String(n).padStart(9, '0');
const timed = (ms: number, { owner, id }: PictureRef): string => `${String(ms).padStart(15, '0')}#${owner}/${id}`;

/** Partition of the sparse index `open` of pictures whose look is due, and of `owner` for each list. */
const dueKey = 'pictures#due';
const listKey = (list: string): string => `pictures#${list}`;
/** Sorts behind every row of a list. */
const last = '~';
const usualLimit = 100;

/** Others change the person meanwhile at most so often: one person sends pictures, and a few functions work on them. */
const mostTries = 40;

const parse = <T>(fields: Fields): T => JSON.parse(String(fields.data)) as T;

/** What the row of a picture holds, with the lists that it is in. */
function rowOf(picture: Picture): Fields {
  const list = listOf(picture);
  const { dueAt } = picture;
  return {
    data: JSON.stringify(picture),
    ownerKey: list && listKey(list),
    ownerSort: list && timed(picture.changedAt, picture),
    openKey: dueAt === undefined ? undefined : dueKey,
    openSort: dueAt === undefined ? undefined : timed(dueAt, picture),
  };
}

export function dynamoPictures({ client, table: name, clock }: TableOptions): Pictures {
  const table = dynamoTable(client, name);
  const find = async (ref: PictureRef): Promise<Picture | undefined> => {
    const fields = await table.get(pictureKey(ref));
    return fields && parse<Picture>(fields);
  };
  const readPerson = async (owner: string) => {
    const fields = await table.get(keyOf(owner, 'person'));
    return fields === undefined
      ? { person: newPerson(owner), changes: 0 }
      : { person: parse<PicturePerson>(fields), changes: Number(fields.changes) };
  };
  const writePerson = (person: PicturePerson, changes: number) => ({
    key: keyOf(person.owner, 'person'),
    set: { data: JSON.stringify(person), changes: changes + 1 },
    where: changes === 0 ? 'attribute_not_exists(#changes)' : '#changes = :read',
    ...(changes > 0 && { values: { read: changes } }),
  });
  const appended = (owner: string, kind: 'entry' | 'record', n: number, value: DisplayEntry | AgreementRecord) => ({
    put: { ...keyOf(owner, `${kind}#${counted(n)}`), data: JSON.stringify(value) },
    where: 'attribute_not_exists(#pk)',
  });
  const entriesOf = (owner: string, entries: readonly DisplayEntry[] = []) =>
    entries.map((entry) => appended(owner, 'entry', entry.entry, entry));

  /** `isThere`: the picture has a row already, which must not be removed meanwhile. */
  const write = ({ person, picture, entries }: Change, changes: number, isThere: boolean) =>
    table.transact([
      writePerson(person, changes),
      {
        key: pictureKey(picture),
        set: rowOf(picture),
        where: isThere ? 'attribute_exists(#pk)' : 'attribute_not_exists(#pk)',
      },
      ...(isThere ? [] : [uploadRow(picture)]),
      ...entriesOf(picture.owner, entries),
    ]);
  const untilWritten = async <T>(attempt: () => Promise<{ done: T } | 'again'>): Promise<T> => {
    for (let tries = 0; tries < mostTries; tries++) {
      if (tries > 0) await pauseAfter(tries);
      const result = await attempt();
      if (result !== 'again') return result.done;
    }
    throw new Error(`the pictures of one person were changed ${mostTries} times meanwhile`);
  };

  return {
    add: (added) =>
      untilWritten<Picture | undefined>(async () => {
        if ((await find(added)) !== undefined) return { done: undefined };
        const { person, changes } = await readPerson(added.owner);
        const change = addPicture(added, person, clock.now());
        const refused = await write(change, changes, false);
        return refused.length === 0 ? { done: change.picture } : 'again';
      }),
    get: find,
    take: (ref, step) =>
      untilWritten<Picture | undefined>(async () => {
        // The person first: whoever changes the picture afterwards changes the person too, and this step is not written.
        const { person, changes } = await readPerson(ref.owner);
        const picture = await find(ref);
        if (picture === undefined) return { done: undefined };
        const taken = takeStep(step, { person, picture, versions: await readVersions(table) }, clock.now());
        if (taken === undefined) return { done: undefined };
        const refused = await write(taken, changes, true);
        return refused.length === 0 ? { done: taken.picture } : 'again';
      }),
    async remove(ref) {
      const picture = await find(ref);
      if (picture === undefined) return;
      await table.delete(keyOf(ref.owner, `upload#${counted(picture.number)}`));
      await table.delete(pictureKey(ref));
    },
    async list(owner, page = {}) {
      const uploads = await listOwn(table, owner, 'upload', page);
      const keys = uploads.items.map((fields) => pictureKey({ owner, id: String(fields.id) }));
      const found = await inOrder<Picture>(table, keys);
      return { ...uploads, items: found };
    },
    person: async (owner) => (await readPerson(owner)).person,
    history: async (owner, page = {}) => parsed<DisplayEntry>(await listOwn(table, owner, 'entry', page)),
    inList: (list, page = {}) => inList(table, list, page),
    async due(now, limit) {
      const keys: Key[] = [];
      const pages = table.query({
        index: 'open',
        where: '#openKey = :due AND #openSort < :now',
        values: { due: dueKey, now: `${String(now + 1).padStart(15, '0')}#` },
        limit,
      });
      for await (const entries of pages) {
        keys.push(...entries.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
        if (keys.length >= limit) break;
      }
      const found = await inOrder<Picture>(table, keys.slice(0, limit));
      return found.filter(({ dueAt = Infinity }) => dueAt <= now);
    },
    decide: (decision) =>
      untilWritten<AgreementRecord>(async () => {
        const before = await readPerson(decision.owner);
        const { person, record, entries } = decide(before.person, decision, clock.now());
        const refused = await table.transact([
          writePerson(person, before.changes),
          appended(decision.owner, 'record', record.record, record),
          ...entriesOf(decision.owner, entries),
        ]);
        return refused.length === 0 ? { done: record } : 'again';
      }),
    records: async (owner, page = {}) => parsed<AgreementRecord>(await listOwn(table, owner, 'record', page)),
    forgetOwner: (owner) => table.deleteAll({ where: '#pk = :pk', values: { pk: partitionOf(owner) } }),
  };
}

const uploadRow = ({ owner, id, number }: Picture) => ({
  put: { ...keyOf(owner, `upload#${counted(number)}`), id },
  where: 'attribute_not_exists(#pk)',
});

const parsed = <T>({ items, ...rest }: Page<Fields>): Page<T> => ({ ...rest, items: items.map(parse<T>) });

/** Those that are there, in the order of the keys. */
async function inOrder<T>(table: DynamoTable, keys: readonly Key[]): Promise<T[]> {
  const stored = await table.getAll(keys);
  const found = new Map(stored.map((fields) => [`${fields.pk} ${fields.sk}`, fields]));
  return keys.flatMap(({ pk, sk }) => {
    const fields = found.get(`${pk} ${sk}`);
    return fields === undefined ? [] : [parse<T>(fields)];
  });
}

/** Counted rows of one owner, newest first. */
async function listOwn(
  table: DynamoTable,
  owner: string,
  kind: 'upload' | 'entry' | 'record',
  { cursor, limit = usualLimit }: ListPage,
): Promise<Page<Fields>> {
  const list = ['pictures', kind, owner];
  const found: Fields[] = [];
  const pages = table.query({
    where: '#pk = :pk AND #sk BETWEEN :first AND :before',
    values: {
      pk: partitionOf(owner),
      first: `${kind}#`,
      before: cursor === undefined ? `${kind}#${last}` : `${kind}#${counted(Number(readCursor(list, cursor)) - 1)}`,
    },
    newestFirst: true,
    limit: limit + 1,
  });
  for await (const rows of pages) {
    found.push(...rows);
    if (found.length > limit) break;
  }
  if (found.length <= limit) return { items: found };
  const numberOf = ({ sk }: Fields) => String(sk).split('#')[1]!;
  return { items: found.slice(0, limit), cursor: writeCursor(list, numberOf(found[limit - 1]!)) };
}

async function inList(
  table: DynamoTable,
  name: 'lab' | 'review',
  { cursor, limit = usualLimit }: ListPage,
): Promise<Page<Picture>> {
  const list = ['pictures', name];
  const entries: Fields[] = [];
  const pages = table.query({
    index: 'owner',
    where: '#ownerKey = :of AND #ownerSort < :before',
    values: { of: listKey(name), before: cursor === undefined ? last : readCursor(list, cursor) },
    newestFirst: true,
    limit: limit + 1,
  });
  for await (const rows of pages) {
    entries.push(...rows);
    if (entries.length > limit) break;
  }
  const shown = entries.slice(0, limit);
  const keys = shown.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) }));
  const items = (await inOrder<Picture>(table, keys)).filter((picture) => listOf(picture) === name);
  if (entries.length <= limit) return { items };
  return { items, cursor: writeCursor(list, String(shown.at(-1)!.ownerSort)) };
}
