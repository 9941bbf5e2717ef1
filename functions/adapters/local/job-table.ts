import type { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import { type JobRow, textOf } from './job-rows.ts';

const active = `('uploading', 'processing', 'packaging')`;

/** Rows of `jobs`. Nothing here knows a rule; what is written belongs into a transaction of the caller. */
export function jobTable(sql: DatabaseSync) {
  const select = sql.prepare('SELECT * FROM jobs WHERE owner = ? AND id = ?');
  const insert = sql.prepare(
    `INSERT INTO jobs (owner, id, name, settings, state, sealed, retrying, expected, bytes, done, failed, generation, created_at, changed_at)
     VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, ?, ?)`,
  );
  const update = sql.prepare(
    `UPDATE jobs SET name = ?, note = ?, state = ?, sealed = ?, retrying = ?, expected = ?, bytes = ?, done = ?, failed = ?, left_out = ?, generation = ?,
     failure = ?, storage = ?, look_at = ?, changed_at = ?
     WHERE n = ?`,
  );
  const remove = sql.prepare('DELETE FROM jobs WHERE n = ?');
  const unshare = sql.prepare('DELETE FROM shares WHERE job = ?');
  const ofOwner = sql.prepare(
    `SELECT * FROM jobs WHERE owner = ? AND (created_at, n) < (?, ?) ORDER BY created_at DESC, n DESC LIMIT ?`,
  );
  const running = sql.prepare(`SELECT count(*) AS running FROM jobs WHERE owner = ? AND state IN ${active}`);
  const unchanged = sql.prepare(
    `SELECT * FROM jobs WHERE state IN ${active} AND changed_at < ? AND n > ? ORDER BY n LIMIT ?`,
  );
  const waiting = sql.prepare('SELECT * FROM jobs WHERE look_at < ? AND n > ? ORDER BY n LIMIT ?');
  const ended = sql.prepare(`SELECT * FROM jobs WHERE state NOT IN ${active} AND changed_at < ? LIMIT ?`);

  const find = ({ owner, id }: JobRef) => select.get(owner, id) as JobRow | undefined;
  return {
    find,
    /** Throws `jobMissing`. */
    existing(ref: JobRef): JobRow {
      const row = find(ref);
      if (row === undefined) throw new Failure('jobMissing', { job: ref.id });
      return row;
    },
    insert({ owner, id, name, settings, state, generation, createdAt, changedAt }: Job): void {
      insert.run(owner, id, name, JSON.stringify(settings), state, generation, createdAt, changedAt);
    },
    store(n: number, job: Job): void {
      const { name, note = null, state, sealed, retrying, expected, bytes, done, failed, leftOut } = job;
      const { generation, failure, storage, changedAt } = job;
      const counters = [expected, bytes, done, failed, leftOut, generation];
      const where = [textOf(storage), storage?.lookAt ?? null];
      update.run(name, note, state, +sealed, +retrying, ...counters, textOf(failure), ...where, changedAt, n);
    },
    /** With its shares: the number of its row may be given again. */
    remove(n: number): void {
      unshare.run(n);
      remove.run(n);
    },
    running: (owner: string) => (running.get(owner) as { running: number }).running,
    /** Newest first, of those made before `createdAt`, and at that time before row `n`. */
    ofOwner: (owner: string, [createdAt, n]: [createdAt: number, n: number], limit: number) =>
      ofOwner.all(owner, createdAt, n, limit) as unknown as JobRow[],
    /** Not ended, not changed since `before`, in rows behind `after`. */
    unchangedSince: (before: number, after: number, limit: number) =>
      unchanged.all(before, after, limit) as unknown as JobRow[],
    /** Whose storage is to be looked at before that time, in rows behind `after`. */
    storageWaiting: (before: number, after: number, limit: number) =>
      waiting.all(before, after, limit) as unknown as JobRow[],
    endedBefore: (before: number, limit: number) => ended.all(before, limit) as unknown as JobRow[],
  };
}

export type JobTable = ReturnType<typeof jobTable>;

/** Rows of `removed_jobs`: which jobs there were, for what comes late to them. */
export function removedJobTable(sql: DatabaseSync) {
  const insert = sql.prepare('INSERT INTO removed_jobs (owner, id, at) VALUES (?, ?, ?)');
  const select = sql.prepare(
    'SELECT owner, id FROM removed_jobs WHERE at < ? AND (owner, id) > (?, ?) ORDER BY owner, id LIMIT ?',
  );
  const remove = sql.prepare('DELETE FROM removed_jobs WHERE owner = ? AND id = ?');
  return {
    insert: ({ owner, id }: JobRef, at: number) => insert.run(owner, id, at),
    /** Removed before that time, in order of owner and id, from behind those of `after`. */
    before: (at: number, [owner, id]: [owner: string, id: string], limit: number) =>
      select.all(at, owner, id, limit) as unknown as JobRef[],
    remove: ({ owner, id }: JobRef) => remove.run(owner, id),
  };
}

export type RemovedJobTable = ReturnType<typeof removedJobTable>;
