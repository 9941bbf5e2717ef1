import { join } from 'node:path';
import { loadSqlite } from './sqlite.ts';

/** SQLite's primary result code for a database that another process has locked (sqlite.org/rescode.html#busy). */
const SQLITE_BUSY = 5;

/**
 * Holds a folder for this process, or answers undefined when another holds it. The lock is the operating system's (taken
 * by SQLite on `lock.db`), so it ends with the process, however that ends; no stale lock is ever left.
 */
export function lockFolder(folder: string): (() => void) | undefined {
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY) return undefined;
    throw error;
  }
  return () => database.close();
}
