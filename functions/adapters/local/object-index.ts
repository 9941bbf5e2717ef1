import { Failure } from '../../core/errors.ts';
import type { Bucket, ObjectRef } from '../../core/object-keys.ts';
import type { ObjectHead } from '../../ports/object-store.ts';
import { openSqlite } from './database.ts';

/** A file of the store: its number, and whether it lies in the archive. */
export interface StoredFile {
  file: number;
  archived: boolean;
}

/** An object and where its bytes lie. */
export interface Entry extends ObjectHead, StoredFile {}

interface Row {
  key: string;
  file: number;
  bytes: number;
  crc32: number;
  modified_at: number;
  archived: number;
}

/*
 * `objects` says which file holds the bytes of a key; `loose` which files belong to no key: about to be written, or
 * replaced and not yet deleted. A file's number is never used twice.
 */
const migrations = [
  `
  CREATE TABLE objects (
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    file INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    modified_at INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE loose (
    file INTEGER PRIMARY KEY AUTOINCREMENT,
    since INTEGER NOT NULL
  ) STRICT;
  `,
  // Where files lie: 0 in the store's own folder, 1 in its archive, which is known by its id.
  `
  ALTER TABLE objects ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE loose ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE archive (id TEXT NOT NULL) STRICT;
  INSERT INTO archive VALUES (lower(hex(randomblob(8))));
  `,
];

/**
 * The index of the local object store: keys in UTF-8 order, sizes and checksums, without a look at the disk. `counts`:
 * which objects `storedBytes` is about.
 */
export function openObjectIndex(
  file: string,
  { durable, counts = () => true }: { durable: boolean; counts?(ref: ObjectRef): boolean },
) {
  const database = openSqlite(file, migrations, { durable });
  const { sql, change, note, flush } = database;
  const select = sql.prepare(
    'SELECT key, file, bytes, crc32, modified_at, archived FROM objects WHERE bucket = ? AND key = ?',
  );
  const from = sql.prepare(
    'SELECT key, file, bytes, crc32, modified_at, archived FROM objects WHERE bucket = ? AND key >= ? ORDER BY key',
  );
  const after = sql.prepare(
    'SELECT key, file, bytes, crc32, modified_at, archived FROM objects WHERE bucket = ? AND key > ? ORDER BY key',
  );
  const upsert = sql.prepare(
    `INSERT INTO objects (bucket, key, file, bytes, crc32, modified_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (bucket, key) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, crc32 = excluded.crc32,
     modified_at = excluded.modified_at, archived = 0`,
  );
  const erase = sql.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const transfer = sql.prepare('UPDATE objects SET file = ?, archived = ? WHERE bucket = ? AND key = ? AND file = ?');
  const reserve = sql.prepare('INSERT INTO loose (since, archived) VALUES (?, ?)');
  const loosen = sql.prepare('INSERT INTO loose (file, since, archived) VALUES (?, ?, ?)');
  const claim = sql.prepare('DELETE FROM loose WHERE file = ?');
  const looseBefore = sql.prepare('SELECT file, archived FROM loose WHERE since < ?');
  const anyArchived = sql.prepare(
    'SELECT 1 FROM objects WHERE archived = 1 UNION ALL SELECT 1 FROM loose WHERE archived = 1 LIMIT 1',
  );
  const { id: archiveId } = sql.prepare('SELECT id FROM archive').get() as { id: string };

  const find = ({ bucket, key }: ObjectRef): Entry | undefined => {
    const row = select.get(bucket, key) as Row | undefined;
    return row && entryOf(row);
  };

  /** As this process knows it: of the objects that it found, and of its own changes. */
  let stored = 0;
  for (const row of sql.prepare('SELECT bucket, key, bytes FROM objects WHERE archived = 0').iterate()) {
    const { bucket, key, bytes } = row as { bucket: Bucket; key: string; bytes: number };
    if (counts({ bucket, key })) stored += bytes;
  }

  return {
    find,
    storedBytes: () => stored,
    /** Of the folder of this store's archived files. */
    archiveId,
    /** Whether the archive has files of this store, also loose ones. */
    hasArchived: (): boolean => anyArchived.get() !== undefined,
    /** A number for a file that is about to be written. A power cut may forget it, and with it that the file is loose. */
    reserve: (now: number, archived = false): number =>
      note(() => Number(reserve.run(now, Number(archived)).lastInsertRowid)),
    /**
     * The written file becomes the object; the file it had becomes loose and is returned, or with `absent` throws
     * `objectPresent`. Neither is sure before `flush`.
     */
    point(
      { bucket, key }: ObjectRef,
      { file, bytes, crc32, modifiedAt }: ObjectHead & { file: number; crc32: number },
      absent = false,
    ): StoredFile | undefined {
      const old = note(() => {
        if (claim.run(file).changes !== 1) throw new Error(`file ${file} was taken away while it was written`);
        const found = find({ bucket, key });
        if (absent && found !== undefined) throw new Failure('objectPresent', { key });
        if (found !== undefined) loosen.run(found.file, modifiedAt, Number(found.archived));
        upsert.run(bucket, key, file, bytes, crc32, modifiedAt);
        return found;
      });
      if (counts({ bucket, key })) stored += bytes - (old === undefined || old.archived ? 0 : old.bytes);
      return old;
    },
    /**
     * The file that was written with the same bytes takes the old one's part, which becomes loose. False where the object
     * has another file by now, or is gone. Sure when the promise resolves.
     */
    async transfer(ref: ObjectRef, from: Entry, to: StoredFile, now: number): Promise<boolean> {
      const done = await change(() => {
        const { changes } = transfer.run(to.file, Number(to.archived), ref.bucket, ref.key, from.file);
        if (changes === 0) return false;
        if (claim.run(to.file).changes !== 1) throw new Error(`file ${to.file} was taken away while it was written`);
        loosen.run(from.file, now, Number(from.archived));
        return true;
      });
      if (done && counts(ref)) stored += to.archived ? -from.bytes : from.bytes;
      return done;
    },
    flush,
    /** Takes objects out; their files become loose and are returned. */
    async drop(bucket: Bucket, keys: readonly string[], now: number): Promise<StoredFile[]> {
      let bytes = 0;
      const files = await change(() => {
        const loose: StoredFile[] = [];
        for (const key of keys) {
          const entry = find({ bucket, key });
          if (entry === undefined) continue;
          erase.run(bucket, key);
          loosen.run(entry.file, now, Number(entry.archived));
          loose.push(entry);
          if (!entry.archived && counts({ bucket, key })) bytes += entry.bytes;
        }
        return loose;
      });
      stored -= bytes;
      return files;
    },
    /** The files are deleted. */
    forget(files: readonly StoredFile[]) {
      if (files.length === 0) return;
      note(() => {
        for (const { file } of files) claim.run(file);
      });
    },
    looseBefore: (time: number): StoredFile[] =>
      (looseBefore.all(time) as { file: number; archived: number }[]).map(({ file, archived }) => ({
        file,
        archived: archived === 1,
      })),
    /** At most `limit` objects of the prefix, in order of their keys' UTF-8 bytes. */
    list(bucket: Bucket, prefix: string, afterKey: string | undefined, limit: number): ({ key: string } & Entry)[] {
      const isPast = afterKey !== undefined && Buffer.compare(Buffer.from(afterKey), Buffer.from(prefix)) >= 0;
      const rows = isPast ? after.iterate(bucket, afterKey) : from.iterate(bucket, prefix);
      const found: ({ key: string } & Entry)[] = [];
      for (const row of rows as IterableIterator<unknown> as IterableIterator<Row>) {
        if (found.length === limit || !row.key.startsWith(prefix)) break;
        found.push({ key: row.key, ...entryOf(row) });
      }
      return found;
    },
    [Symbol.dispose]: () => database[Symbol.dispose](),
  };
}

const entryOf = ({ file, bytes, crc32, modified_at, archived }: Row): Entry => ({
  ...{ file, bytes, crc32, modifiedAt: modified_at, archived: archived === 1 },
  ...(archived === 1 && { cold: 'frozen' }),
});
