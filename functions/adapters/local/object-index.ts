import { Failure } from '../../core/errors.ts';
import type { Bucket, ObjectRef } from '../../core/object-keys.ts';
import type { ObjectHead } from '../../ports/object-store.ts';
import { openSqlite } from './database.ts';

/** Where an object's bytes lie: the number of a file of the store. */
export interface Entry extends ObjectHead {
  file: number;
}

interface Row {
  key: string;
  file: number;
  bytes: number;
  crc32: number;
  modified_at: number;
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
  const select = sql.prepare('SELECT key, file, bytes, crc32, modified_at FROM objects WHERE bucket = ? AND key = ?');
  const from = sql.prepare(
    'SELECT key, file, bytes, crc32, modified_at FROM objects WHERE bucket = ? AND key >= ? ORDER BY key',
  );
  const after = sql.prepare(
    'SELECT key, file, bytes, crc32, modified_at FROM objects WHERE bucket = ? AND key > ? ORDER BY key',
  );
  const upsert = sql.prepare(
    `INSERT INTO objects (bucket, key, file, bytes, crc32, modified_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (bucket, key) DO UPDATE SET file = excluded.file, bytes = excluded.bytes, crc32 = excluded.crc32,
     modified_at = excluded.modified_at`,
  );
  const erase = sql.prepare('DELETE FROM objects WHERE bucket = ? AND key = ?');
  const reserve = sql.prepare('INSERT INTO loose (since) VALUES (?)');
  const loosen = sql.prepare('INSERT INTO loose (file, since) VALUES (?, ?)');
  const claim = sql.prepare('DELETE FROM loose WHERE file = ?');
  const looseBefore = sql.prepare('SELECT file FROM loose WHERE since < ?');

  const find = ({ bucket, key }: ObjectRef): Entry | undefined => {
    const row = select.get(bucket, key) as Row | undefined;
    return row && entryOf(row);
  };

  /** As this process knows it: of the objects that it found, and of its own changes. */
  let stored = 0;
  for (const row of sql.prepare('SELECT bucket, key, bytes FROM objects').iterate()) {
    const { bucket, key, bytes } = row as { bucket: Bucket; key: string; bytes: number };
    if (counts({ bucket, key })) stored += bytes;
  }

  return {
    find,
    storedBytes: () => stored,
    /** A number for a file that is about to be written. A power cut may forget it, and with it that the file is loose. */
    reserve: (now: number): number => note(() => Number(reserve.run(now).lastInsertRowid)),
    /**
     * The written file becomes the object; the file it had becomes loose and is returned, or with `absent` throws
     * `objectPresent`. Neither is sure before `flush`.
     */
    point({ bucket, key }: ObjectRef, { file, bytes, crc32, modifiedAt }: Entry & { crc32: number }, absent = false) {
      const old = note(() => {
        if (claim.run(file).changes !== 1) throw new Error(`file ${file} was taken away while it was written`);
        const found = find({ bucket, key });
        if (absent && found !== undefined) throw new Failure('objectPresent', { key });
        if (found !== undefined) loosen.run(found.file, modifiedAt);
        upsert.run(bucket, key, file, bytes, crc32, modifiedAt);
        return found;
      });
      if (counts({ bucket, key })) stored += bytes - (old?.bytes ?? 0);
      return old?.file;
    },
    flush,
    /** Takes objects out; their files become loose and are returned. */
    async drop(bucket: Bucket, keys: readonly string[], now: number): Promise<number[]> {
      let bytes = 0;
      const files = await change(() => {
        const loose: number[] = [];
        for (const key of keys) {
          const entry = find({ bucket, key });
          if (entry === undefined) continue;
          erase.run(bucket, key);
          loosen.run(entry.file, now);
          loose.push(entry.file);
          if (counts({ bucket, key })) bytes += entry.bytes;
        }
        return loose;
      });
      stored -= bytes;
      return files;
    },
    /** The files are deleted. */
    forget(files: readonly number[]) {
      if (files.length === 0) return;
      note(() => {
        for (const file of files) claim.run(file);
      });
    },
    looseBefore: (time: number): number[] => (looseBefore.all(time) as { file: number }[]).map(({ file }) => file),
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

const entryOf = ({ file, bytes, crc32, modified_at }: Row): Entry => ({ file, bytes, crc32, modifiedAt: modified_at });
