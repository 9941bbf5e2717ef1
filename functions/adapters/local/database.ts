import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/errors.ts';
import { loadSqlite } from './sqlite.ts';

/**
 * SQLite's result codes for a disk that is full, also where it grows its shared memory, and for one that is read-only
 * (sqlite.org/rescode.html).
 */
const SQLITE_FULL = 13;
const SQLITE_IOERR_SHMSIZE = 4874;
const SQLITE_READONLY = 8;
const SQLITE_CANTOPEN = 14;

export interface LocalDatabase extends Disposable {
  readonly sql: DatabaseSync;
  readonly file: string;
  /** Runs `work` as one transaction: all of it is stored, or none. Throws `noSpace` when the disk is full, `storeUnwritable` when it is read-only. Not nested. */
  write<T>(work: () => T): T;
}

/**
 * Opens or makes a database; several processes may have it open. A killed process loses nothing that was stored; a power
 * cut may lose the last moments, but never half a transaction, and nothing at all with `durable`.
 * `migrations`: SQL of version 1, 2, ...; each runs once in the life of the file.
 */
export function openSqlite(file: string, migrations: readonly string[], { durable = false } = {}): LocalDatabase {
  mkdirSync(dirname(file), { recursive: true });
  const { DatabaseSync } = loadSqlite();
  const sql = new DatabaseSync(file, { timeout: 10_000 }); // ms to wait for another process's transaction
  try {
    sql.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'};`);
  } catch (error) {
    sql.close();
    throw diskFailure(error, file) ?? error;
  }
  let depth = 0;
  const write = <T>(work: () => T): T => {
    if (depth > 0) throw new Error('transactions do not nest');
    try {
      depth++;
      begin.run();
      try {
        const result = work();
        commit.run();
        return result;
      } catch (error) {
        if (sql.isTransaction) rollback.run(); // a full disk may have rolled back already
        throw error;
      }
    } catch (error) {
      throw diskFailure(error, file) ?? error;
    } finally {
      depth--;
    }
  };
  const begin = sql.prepare('BEGIN IMMEDIATE');
  const commit = sql.prepare('COMMIT');
  const rollback = sql.prepare('ROLLBACK');
  write(() => migrate(sql, migrations));
  return { sql, file, write, [Symbol.dispose]: () => sql.close() };
}

/** What the error says of the disk, if it does. */
function diskFailure(error: unknown, file: string): Failure | undefined {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  if (errcode % 256 === SQLITE_FULL || errcode === SQLITE_IOERR_SHMSIZE)
    return new Failure('noSpace', [file], { cause: error });
  if ([SQLITE_READONLY, SQLITE_CANTOPEN].includes(errcode % 256))
    return new Failure('storeUnwritable', [file, message], { cause: error });
  return undefined;
}

function migrate(sql: DatabaseSync, migrations: readonly string[]) {
  const { user_version: version } = sql.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length) throw new Failure('storeTooNew', [String(sql.location())]);
  for (const migration of migrations.slice(version)) sql.exec(migration);
  sql.exec(`PRAGMA user_version = ${migrations.length}`);
}
