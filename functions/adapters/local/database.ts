import { closeSync, fdatasync, fdatasyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
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
  /**
   * Runs `work` as one transaction, at once: all of it is stored, or none. Throws `noSpace` when the disk is full,
   * `storeUnwritable` when it is read-only. Not nested. When it returns, the transaction has the durability of the database.
   */
  write<T>(work: () => T): T;
  /** The same, but the disk is waited for without blocking: the transaction is durable when the promise resolves. */
  change<T>(work: () => T): Promise<T>;
  /** The same without waiting for the disk: a killed process does not lose it, a power cut may, until the next `flush`. */
  note<T>(work: () => T): T;
  flush(): Promise<void>;
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
    // NORMAL never breaks the file; what FULL adds, the flush of the log after each transaction, is done below.
    sql.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  } catch (error) {
    sql.close();
    throw diskFailure(error, file) ?? error;
  }
  let depth = 0;
  const note = <T>(work: () => T): T => {
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
  const isInMemory = sql.location() === null;
  const log = durable && !isInMemory ? openLog(`${file}-wal`) : undefined;
  const write = <T>(work: () => T): T => {
    const result = note(work);
    log?.flushSync();
    return result;
  };
  write(() => migrate(sql, migrations));
  return {
    sql,
    file,
    write,
    note,
    async change(work) {
      const result = note(work);
      await log?.flush();
      return result;
    },
    flush: async () => log?.flush(),
    [Symbol.dispose]() {
      sql.close(); // writes all of the log into the file, and flushes that
      log?.[Symbol.dispose]();
    },
  };
}

/** SQLite's log of transactions, whose flushes to the disk may take long while others write much. */
function openLog(path: string) {
  const flushed = promisify(fdatasync);
  let opened: number | undefined;
  const file = () => (opened ??= openSync(path, 'r+')); // SQLite makes it with the first transaction
  let closed = false;
  let running: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  return {
    flushSync: () => fdatasyncSync(file()),
    /** Of what was written until now: one flush for all who ask while another is under way. */
    flush(): Promise<void> {
      waiting ??= running.then(async () => {
        waiting = undefined;
        const mine = closed ? Promise.resolve() : flushed(file());
        running = mine.catch(() => {}); // thrown to those who asked
        await mine;
      });
      return waiting;
    },
    [Symbol.dispose]() {
      closed = true;
      void running.then(() => {
        if (opened !== undefined) closeSync(opened);
      });
    },
  };
}

/** What the error says of the disk, if it does. */
function diskFailure(error: unknown, file: string): Failure | undefined {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  if (errcode % 256 === SQLITE_FULL || errcode === SQLITE_IOERR_SHMSIZE)
    return new Failure('noSpace', { where: file }, { cause: error });
  if ([SQLITE_READONLY, SQLITE_CANTOPEN].includes(errcode % 256))
    return new Failure('storeUnwritable', { where: file, detail: message }, { cause: error });
  return undefined;
}

function migrate(sql: DatabaseSync, migrations: readonly string[]) {
  const { user_version: version } = sql.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length) throw new Failure('storeTooNew', { file: String(sql.location()) });
  for (const migration of migrations.slice(version)) sql.exec(migration);
  sql.exec(`PRAGMA user_version = ${migrations.length}`);
}
