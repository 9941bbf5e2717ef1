import type { AgreementRecord, AgreementVersion } from '../../core/pictures/agreement.ts';
import type { BaseResource } from '../../core/pictures/base-resource.ts';
import { listOf } from '../../core/pictures/list-of.ts';
import {
  type DisplayEntry,
  newPerson,
  type Picture,
  type PicturePerson,
  type PictureRef,
} from '../../core/pictures/picture.ts';
import { addPicture, type Change, decide, takeStep } from '../../core/pictures/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Agreements, BaseResources, ListPage, Pictures } from '../../ports/pictures.ts';
import { readCursor } from './cursor.ts';
import type { LocalDatabase } from './database.ts';
import { pageOf } from './job-rows.ts';

interface Row {
  data: string;
}

const read = <T>(row: unknown): T => JSON.parse((row as Row).data) as T;
const usualLimit = 100;
const first = Number.MAX_SAFE_INTEGER;

/** The tables of one owner that count their rows: history and agreement records. */
const numbered = ['picture_displays', 'agreement_records'] as const;

/** Rows hold JSON, beside what they are found by. */
export function localPictures(database: LocalDatabase, clock: Clock): Pictures {
  const { sql, change } = database;
  const selectPerson = sql.prepare('SELECT data FROM picture_people WHERE owner = ?');
  const selectPicture = sql.prepare('SELECT data FROM pictures WHERE owner = ? AND id = ?');
  const selectOwn = sql.prepare(
    'SELECT data FROM pictures WHERE owner = ? AND number < ? ORDER BY number DESC LIMIT ?',
  );
  const selectDue = sql.prepare('SELECT data FROM pictures WHERE due_at <= ? ORDER BY due_at LIMIT ?');
  const selectListed = sql.prepare(
    `SELECT data FROM pictures WHERE list = ? AND (changed_at, owner, id) < (?, ?, ?)
     ORDER BY changed_at DESC, owner DESC, id DESC LIMIT ?`,
  );
  const upsertPerson = sql.prepare('INSERT OR REPLACE INTO picture_people (owner, data) VALUES (?, ?)');
  const upsertPicture = sql.prepare(
    'INSERT OR REPLACE INTO pictures (owner, id, number, list, changed_at, due_at, data) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const removePicture = sql.prepare('DELETE FROM pictures WHERE owner = ? AND id = ?');
  const insertEntry = sql.prepare('INSERT INTO picture_displays (owner, n, data) VALUES (?, ?, ?)');
  const insertRecord = sql.prepare('INSERT INTO agreement_records (owner, n, data) VALUES (?, ?, ?)');
  const selectNumbered = Object.fromEntries(
    numbered.map((table) => [
      table,
      sql.prepare(`SELECT data FROM ${table} WHERE owner = ? AND n < ? ORDER BY n DESC LIMIT ?`),
    ]),
  );
  const removeOwner = ['picture_people', 'pictures', ...numbered].map((table) =>
    sql.prepare(`DELETE FROM ${table} WHERE owner = ?`),
  );
  const versionsNow = selectVersions(database);

  const personOf = (owner: string): PicturePerson => {
    const row = selectPerson.get(owner);
    return row === undefined ? newPerson(owner) : read<PicturePerson>(row);
  };
  const find = ({ owner, id }: PictureRef): Picture | undefined => {
    const row = selectPicture.get(owner, id);
    return row && read<Picture>(row);
  };
  const keepPerson = (person: PicturePerson) => upsertPerson.run(person.owner, JSON.stringify(person));
  const keepEntries = (owner: string, entries: readonly DisplayEntry[] = []) => {
    for (const entry of entries) insertEntry.run(owner, entry.entry, JSON.stringify(entry));
  };
  const keep = ({ person, picture, entries }: Change): Picture => {
    const { owner, id, number, changedAt, dueAt } = picture;
    keepPerson(person);
    keepEntries(owner, entries);
    upsertPicture.run(owner, id, number, listOf(picture) ?? null, changedAt, dueAt ?? null, JSON.stringify(picture));
    return picture;
  };
  const list = <T>(
    table: (typeof numbered)[number],
    owner: string,
    { cursor, limit = usualLimit }: ListPage,
    n: (value: T) => number,
  ) => {
    const [before] = cursor === undefined ? [first] : readCursor(cursor, ['number']);
    const rows = selectNumbered[table]!.all(owner, before, limit + 1).map(read<T>);
    return pageOf(
      rows,
      limit,
      (row) => row,
      (row) => [n(row)],
    );
  };

  return {
    add: (picture) =>
      change(() => {
        if (find(picture) !== undefined) return undefined;
        return keep(addPicture(picture, personOf(picture.owner), clock.now()));
      }),
    get: async (ref) => find(ref),
    take: (ref, step) =>
      change(() => {
        const picture = find(ref);
        if (picture === undefined) return undefined;
        const stored = { person: personOf(ref.owner), picture, versions: versionsNow() };
        const taken = takeStep(step, stored, clock.now());
        return taken && keep(taken);
      }),
    async remove({ owner, id }) {
      await change(() => removePicture.run(owner, id));
    },
    async list(owner, { cursor, limit = usualLimit } = {}) {
      const [before] = cursor === undefined ? [first] : readCursor(cursor, ['number']);
      const rows = selectOwn.all(owner, before, limit + 1).map(read<Picture>);
      return pageOf(
        rows,
        limit,
        (row) => row,
        (row) => [row.number],
      );
    },
    person: async (owner) => personOf(owner),
    history: async (owner, page = {}) => list<DisplayEntry>('picture_displays', owner, page, ({ entry }) => entry),
    async inList(name, { cursor, limit = usualLimit } = {}) {
      const before = cursor === undefined ? newest : readCursor(cursor, ['number', 'string', 'string']);
      const rows = selectListed.all(name, ...before, limit + 1).map(read<Picture>);
      return pageOf(
        rows,
        limit,
        (row) => row,
        ({ changedAt, owner, id }) => [changedAt, owner, id],
      );
    },
    due: async (now, limit) => selectDue.all(now, limit).map(read<Picture>),
    decide: (decision) =>
      change(() => {
        const { person, record, entries } = decide(personOf(decision.owner), decision, clock.now());
        keepPerson(person);
        keepEntries(decision.owner, entries);
        insertRecord.run(decision.owner, record.record, JSON.stringify(record));
        return record;
      }),
    records: async (owner, page = {}) =>
      list<AgreementRecord>('agreement_records', owner, page, ({ record }) => record),
    forgetOwner: (owner) =>
      change(() => {
        for (const remove of removeOwner) remove.run(owner);
      }),
  };
}

/** Before every picture. */
const newest: [changedAt: number, owner: string, id: string] = [first, '', ''];

function selectVersions({ sql }: LocalDatabase) {
  const select = sql.prepare('SELECT data FROM agreement_versions ORDER BY agreement, version');
  return () => select.all().map(read<AgreementVersion>);
}

export function localAgreements(database: LocalDatabase, clock: Clock): Agreements {
  const { sql, change } = database;
  const last = sql.prepare('SELECT MAX(version) AS version FROM agreement_versions WHERE agreement = ?');
  const insert = sql.prepare('INSERT INTO agreement_versions (agreement, version, data) VALUES (?, ?, ?)');
  const versionsNow = selectVersions(database);
  return {
    publish: (version) =>
      change(() => {
        const found = last.get(version.agreement) as { version: number | null };
        const published = { ...version, version: (found.version ?? 0) + 1, publishedAt: clock.now() };
        insert.run(published.agreement, published.version, JSON.stringify(published));
        return published;
      }),
    versions: async () => versionsNow(),
  };
}

export function localBaseResources({ sql, change }: LocalDatabase): BaseResources {
  const insert = sql.prepare('INSERT OR IGNORE INTO base_resources (recipe, id, data) VALUES (?, ?, ?)');
  const select = sql.prepare('SELECT data FROM base_resources WHERE recipe = ? ORDER BY id');
  const remove = sql.prepare('DELETE FROM base_resources WHERE recipe = ? AND id = ?');
  return {
    async add(base) {
      await change(() => insert.run(base.recipe, base.id, JSON.stringify(base)));
    },
    list: async (recipe) => select.all(recipe).map(read<BaseResource>),
    async remove(recipe, id) {
      await change(() => remove.run(recipe, id));
    },
  };
}
