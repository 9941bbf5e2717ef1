import type { Job, JobFile, StoredFailure } from '../../core/job.ts';
import type { JobStorage } from '../../core/job-storage.ts';
import { writeCursor } from './cursor.ts';

/** A row of `jobs`. `n`: rowid, in order of making. Failures and settings: JSON. Times: ms since 1970. */
export interface JobRow {
  n: number;
  owner: string;
  id: string;
  name: string;
  note: string | null;
  settings: string;
  state: Job['state'];
  sealed: number;
  retrying: number;
  expected: number;
  bytes: number;
  done: number;
  failed: number;
  left_out: number;
  generation: number;
  failure: string | null;
  /** JSON. */
  storage: string | null;
  look_at: number | null;
  created_at: number;
  changed_at: number;
}

/** What is read of a row of `files`. */
export interface FileRow {
  path: string;
  bytes: number;
  identity: string | null;
  state: JobFile['state'];
  failure: string | null;
  notes: string | null;
  /** JSON. */
  machine: string | null;
  generation: number | null;
}

export const textOf = (value: StoredFailure | JobStorage | JobFile['machine'] | readonly string[]): string | null =>
  value === undefined ? null : JSON.stringify(value);
const failureOf = (text: string | null) => (text === null ? undefined : { failure: JSON.parse(text) as StoredFailure });

export const jobOf = (row: JobRow): Job => ({
  owner: row.owner,
  id: row.id,
  name: row.name,
  ...(row.note !== null && { note: row.note }),
  settings: JSON.parse(row.settings) as Job['settings'],
  state: row.state,
  sealed: row.sealed === 1,
  retrying: row.retrying === 1,
  expected: row.expected,
  bytes: row.bytes,
  done: row.done,
  failed: row.failed,
  leftOut: row.left_out,
  generation: row.generation,
  ...failureOf(row.failure),
  ...(row.storage !== null && { storage: JSON.parse(row.storage) as JobStorage }),
  createdAt: row.created_at,
  changedAt: row.changed_at,
});

export const fileOf = (row: FileRow): JobFile => ({
  path: row.path,
  bytes: row.bytes,
  ...(row.identity !== null && { identity: row.identity }),
  state: row.state,
  ...failureOf(row.failure),
  ...(row.notes !== null && { notes: JSON.parse(row.notes) as string[] }),
  ...(row.machine !== null && { machine: JSON.parse(row.machine) as NonNullable<JobFile['machine']> }),
  ...(row.generation !== null && { generation: row.generation }),
});

/** A page of `limit` items. `rows`: up to one more than that, which says that another page follows. */
export function pageOf<R, T>(rows: R[], limit: number, read: (row: R) => T, key: (row: R) => (string | number)[]) {
  const items = rows.slice(0, limit).map(read);
  return rows.length > limit ? { items, cursor: writeCursor(key(rows[limit - 1]!)) } : { items };
}
