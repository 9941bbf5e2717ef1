import { Failure } from '../../core/errors.ts';
import type { Job, JobFile, StoredFailure } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { LocalDatabase } from './database.ts';

interface JobRow {
  n: number;
  owner: string;
  id: string;
  name: string;
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
  created_at: number;
  changed_at: number;
}

interface FileRow {
  path: string;
  bytes: number;
  identity: string | null;
  state: JobFile['state'];
  failure: string | null;
  generation: number | null;
}

export interface LocalJobStore extends JobStore {
  /** At most `limit` jobs of all owners that ended before (ms since 1970) and did not change since: what retention removes. */
  endedBefore(before: number, limit: number): Promise<Job[]>;
}

const refusals = JSON.stringify(transitions.refusalCodes);

/** The rules are core/transitions; here each runs between reading and writing its rows, in one SQLite transaction. */
export function localJobStore({ sql, change }: LocalDatabase, clock: Clock): LocalJobStore {
  const selectJob = sql.prepare('SELECT * FROM jobs WHERE owner = ? AND id = ?');
  const insertJob = sql.prepare(
    `INSERT INTO jobs (owner, id, name, settings, state, sealed, retrying, expected, bytes, done, failed, generation, created_at, changed_at)
     VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, ?, ?, ?)`,
  );
  const updateJob = sql.prepare(
    `UPDATE jobs SET state = ?, sealed = ?, retrying = ?, expected = ?, bytes = ?, done = ?, failed = ?, left_out = ?, generation = ?,
     failure = ?, changed_at = ?
     WHERE n = ?`,
  );
  const selectFile = sql.prepare(
    'SELECT path, bytes, identity, state, failure, generation FROM files WHERE job = ? AND path = ?',
  );
  const insertFile = sql.prepare(
    'INSERT INTO files (job, path, bytes, identity, state, failure) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (job, path) DO NOTHING',
  );
  const updateFile = sql.prepare('UPDATE files SET state = ?, failure = ?, generation = ? WHERE job = ? AND path = ?');
  const allFiles = sql.prepare(
    'SELECT path, bytes, identity, state, failure, generation FROM files WHERE job = ? AND path > ? ORDER BY path LIMIT ?',
  );
  const doneFiles = sql.prepare(
    `SELECT path, bytes, identity, state, failure, generation FROM files
     WHERE job = ? AND path > ? AND state = 'done' ORDER BY path LIMIT ?`,
  );
  const otherFiles = sql.prepare(
    `SELECT path, bytes, identity, state, failure, generation FROM files
     WHERE job = ? AND path > ? AND state = ? AND state <> 'done' ORDER BY path LIMIT ?`, // the last term allows the partial index
  );
  const resettable = sql.prepare(
    `SELECT path, bytes, identity, state, failure, generation FROM files INDEXED BY files_not_done
     WHERE job = ? AND state = 'failed' AND state <> 'done' AND generation < ?
     AND failure ->> 'code' NOT IN (SELECT value FROM json_each(?)) LIMIT ?`,
  );
  const jobsOfOwner = sql.prepare(
    `SELECT * FROM jobs WHERE owner = ? AND (created_at, n) < (?, ?) ORDER BY created_at DESC, n DESC LIMIT ?`,
  );
  const stuckJobs = sql.prepare(
    `SELECT * FROM jobs WHERE state IN ('uploading', 'processing', 'packaging') AND changed_at < ? AND n > ? ORDER BY n LIMIT ?`,
  );
  const endedJobs = sql.prepare(
    `SELECT * FROM jobs WHERE state NOT IN ('uploading', 'processing', 'packaging') AND changed_at < ? LIMIT ?`,
  );
  const runningJobs = sql.prepare(
    `SELECT count(*) AS running FROM jobs WHERE owner = ? AND state IN ('uploading', 'processing', 'packaging')`,
  );
  const deleteFiles = sql.prepare('DELETE FROM files WHERE job = ?');
  const deleteJob = sql.prepare('DELETE FROM jobs WHERE n = ?');
  const insertRemoved = sql.prepare('INSERT INTO removed_jobs (owner, id, at) VALUES (?, ?, ?)');
  const removedJobs = sql.prepare(
    'SELECT owner, id FROM removed_jobs WHERE at < ? AND (owner, id) > (?, ?) ORDER BY owner, id LIMIT ?',
  );
  const deleteRemoved = sql.prepare('DELETE FROM removed_jobs WHERE owner = ? AND id = ?');

  const find = ({ owner, id }: JobRef) => selectJob.get(owner, id) as JobRow | undefined;
  const existing = (ref: JobRef): JobRow => {
    const row = find(ref);
    if (row === undefined) throw new Failure('jobMissing', { job: ref.id });
    return row;
  };
  const store = (n: number, job: Job) => {
    const { state, sealed, retrying, expected, bytes, done, failed, leftOut, generation, failure, changedAt } = job;
    const counters = [expected, bytes, done, failed, leftOut, generation];
    updateJob.run(state, +sealed, +retrying, ...counters, textOf(failure), changedAt, n);
  };
  const storeFile = (n: number, { path, state, failure, generation }: JobFile) =>
    updateFile.run(state, textOf(failure), generation ?? null, n, path);

  /** One transition of the job alone. */
  const move = async (ref: JobRef, transition: (job: Job, now: number) => Job | undefined) =>
    change(() => {
      const row = existing(ref);
      const job = transition(jobOf(row), clock.now());
      if (job !== undefined) store(row.n, job);
      return job;
    });

  return {
    async create(wanted) {
      return change(() => {
        const row = find(wanted);
        if (row !== undefined) return { created: false, job: jobOf(row) };
        deleteRemoved.run(wanted.owner, wanted.id);
        const job = transitions.newJob(wanted, clock.now());
        const { owner, id, name, settings, state, generation, createdAt, changedAt } = job;
        insertJob.run(owner, id, name, JSON.stringify(settings), state, generation, createdAt, changedAt);
        return { created: true, job };
      });
    },
    async get(ref) {
      const row = find(ref);
      return row && jobOf(row);
    },
    async list(owner, { cursor, limit = 100 } = {}) {
      const [createdAt, n] =
        cursor === undefined ? [Number.MAX_SAFE_INTEGER, 0] : readCursor(cursor, ['number', 'number']);
      const rows = jobsOfOwner.all(owner, createdAt, n, limit + 1) as unknown as JobRow[];
      return page(rows, limit, jobOf, (row) => [row.created_at, row.n]);
    },
    async running(owner) {
      return (runningJobs.get(owner) as { running: number }).running;
    },
    async files(ref, { state, cursor, limit = 1000 } = {}) {
      const after = cursor === undefined ? '' : readCursor(cursor, ['string'])[0];
      const n = find(ref)?.n ?? -1;
      let rows: unknown[];
      if (state === undefined) rows = allFiles.all(n, after, limit + 1);
      else if (state === 'done') rows = doneFiles.all(n, after, limit + 1);
      else rows = otherFiles.all(n, after, state, limit + 1);
      return page(rows as FileRow[], limit, fileOf, (row) => [row.path]);
    },
    async file(ref, path) {
      const row = find(ref);
      const file = row && (selectFile.get(row.n, path) as FileRow | undefined);
      return file && fileOf(file);
    },
    async expect(ref, files) {
      return change(() => {
        const row = existing(ref);
        const job = jobOf(row);
        if (!transitions.isOpen(job)) return 0;
        const added = files.filter((file) => {
          const { path, bytes, identity = null, state, failure } = transitions.newFile(file);
          return insertFile.run(row.n, path, bytes, identity, state, textOf(failure)).changes === 1;
        });
        const next = transitions.expectFiles(job, added, clock.now());
        if (next !== undefined) store(row.n, next);
        return added.length;
      });
    },
    async finishFile(ref, path, outcome) {
      return change(() => {
        const row = existing(ref);
        const file = selectFile.get(row.n, path) as FileRow | undefined;
        const next = file && transitions.finishFile(jobOf(row), fileOf(file), outcome, clock.now());
        if (next === undefined) return undefined;
        storeFile(row.n, next.file);
        store(row.n, next.job);
        return next.job;
      });
    },
    async resetFailed(ref, limit) {
      return change(() => {
        const row = existing(ref);
        const failed = resettable.all(row.n, row.generation, refusals, limit) as unknown as FileRow[];
        let job = jobOf(row);
        let reset = 0;
        for (const file of failed) {
          const next = transitions.resetFile(job, fileOf(file), clock.now());
          if (next === undefined) continue;
          storeFile(row.n, next.file);
          job = next.job;
          reset++;
        }
        if (reset > 0) store(row.n, job);
        return reset;
      });
    },
    submit: (ref) => move(ref, transitions.submit),
    seal: (ref) => move(ref, transitions.seal),
    startPackaging: (ref) => move(ref, transitions.startPackaging),
    complete: (ref, generation) => move(ref, (job, now) => transitions.complete(job, generation, now)),
    fail: (ref, failure, generation) => move(ref, (job, now) => transitions.fail(job, failure, now, generation)),
    cancel: (ref) => move(ref, transitions.cancel),
    expire: (ref) => move(ref, transitions.expire),
    reopen: (ref) => move(ref, transitions.reopen),
    resume: (ref, generation) => move(ref, (job, now) => transitions.resume(job, generation, now)),
    touch: (ref, before) => move(ref, (job, now) => transitions.touch(job, before, now)),
    async stuck(before, { cursor, limit = 100 } = {}) {
      const after = cursor === undefined ? 0 : readCursor(cursor, ['number'])[0];
      const rows = stuckJobs.all(before, after, limit + 1) as unknown as JobRow[];
      return page(rows, limit, jobOf, (row) => [row.n]);
    },
    async endedBefore(before, limit) {
      return (endedJobs.all(before, limit) as unknown as JobRow[]).map(jobOf);
    },
    async remove(ref) {
      await change(() => {
        const row = find(ref);
        if (row === undefined) return;
        deleteFiles.run(row.n);
        deleteJob.run(row.n);
        insertRemoved.run(row.owner, row.id, clock.now());
      });
    },
    async removed(before, { cursor, limit = 100 } = {}) {
      const [owner, id] = cursor === undefined ? ['', ''] : readCursor(cursor, ['string', 'string']);
      const rows = removedJobs.all(before, owner, id, limit + 1) as unknown as JobRef[];
      return page(
        rows,
        limit,
        (row) => ({ owner: row.owner, id: row.id }),
        (row) => [row.owner, row.id],
      );
    },
    async forget({ owner, id }) {
      await change(() => deleteRemoved.run(owner, id));
    },
    async [Symbol.asyncDispose]() {
      // the database is closed by who opened it
    },
  };
}

function page<R, T>(rows: R[], limit: number, read: (row: R) => T, key: (row: R) => (string | number)[]) {
  const items = rows.slice(0, limit).map(read);
  return rows.length > limit ? { items, cursor: writeCursor(key(rows[limit - 1]!)) } : { items };
}

const textOf = (failure: StoredFailure | undefined): string | null =>
  failure === undefined ? null : JSON.stringify(failure);
const failureOf = (text: string | null) => (text === null ? undefined : { failure: JSON.parse(text) as StoredFailure });

const jobOf = (row: JobRow): Job => ({
  owner: row.owner,
  id: row.id,
  name: row.name,
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
  createdAt: row.created_at,
  changedAt: row.changed_at,
});

const fileOf = (row: FileRow): JobFile => ({
  path: row.path,
  bytes: row.bytes,
  ...(row.identity !== null && { identity: row.identity }),
  state: row.state,
  ...failureOf(row.failure),
  ...(row.generation !== null && { generation: row.generation }),
});
