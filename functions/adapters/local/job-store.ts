import type { Job } from '../../core/job.ts';
import { matchesSearch } from '../../core/job-search.ts';
import type { JobRef } from '../../core/object-keys.ts';
import { takeStorageStep } from '../../core/storage-steps.ts';
import * as transitions from '../../core/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import { readCursor } from './cursor.ts';
import type { LocalDatabase } from './database.ts';
import { type FileTable, fileTable } from './file-table.ts';
import { expectFiles, finishFile, type JobFiles, placeFile, resetFailed } from './job-file-changes.ts';
import { fileOf, type JobRow, jobOf, pageOf } from './job-rows.ts';
import { type JobTable, jobTable, type RemovedJobTable, removedJobTable } from './job-table.ts';

export interface LocalJobStore extends JobStore {
  /** At most `limit` jobs of all owners that ended before (ms since 1970) and did not change since: what retention removes. */
  endedBefore(before: number, limit: number): Promise<Job[]>;
}

/** The rules are core/transitions; here each runs between reading and writing its rows, in one SQLite transaction. */
export function localJobStore({ sql, change }: LocalDatabase, clock: Clock): LocalJobStore {
  const jobs = jobTable(sql);
  const files = fileTable(sql);
  const removed = removedJobTable(sql);

  /** One transition of the job alone. */
  const move = async (ref: JobRef, transition: (job: Job, now: number) => Job | undefined) =>
    change(() => {
      const row = jobs.existing(ref);
      const job = transition(jobOf(row), clock.now());
      if (job !== undefined) jobs.store(row.n, job);
      return job;
    });
  const changeFiles = <T>(work: (on: JobFiles) => T) => change(() => work({ jobs, files, now: clock.now() }));

  return {
    ...listsOf({ jobs, files, removed }),
    create: async (wanted) =>
      change(() => {
        const row = jobs.find(wanted);
        if (row !== undefined) return { created: false, job: jobOf(row) };
        removed.remove(wanted);
        const job = transitions.newJob(wanted, clock.now());
        jobs.insert(job);
        return { created: true, job };
      }),
    expect: async (ref, wanted) => changeFiles((on) => expectFiles(on, ref, wanted)),
    finishFile: async (ref, path, outcome) => changeFiles((on) => finishFile(on, ref, path, outcome)),
    placeFile: async (ref, path, state) => changeFiles((on) => placeFile(on, ref, path, state)),
    resetFailed: async (ref, limit) => changeFiles((on) => resetFailed(on, ref, limit)),
    describe: (ref, words) => move(ref, (job) => transitions.describe(job, words)),
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
    moveStorage: (ref, step) => move(ref, (job, now) => takeStorageStep(job, step, now)),
    async remove(ref) {
      await change(() => {
        const row = jobs.find(ref);
        if (row === undefined) return;
        files.removeAll(row.n);
        jobs.remove(row.n);
        removed.insert(ref, clock.now());
      });
    },
    async forget(ref) {
      await change(() => removed.remove(ref));
    },
    async [Symbol.asyncDispose]() {
      // the database is closed by who opened it
    },
  };
}

interface Tables {
  jobs: JobTable;
  files: FileTable;
  removed: RemovedJobTable;
}

type Lists = Pick<
  LocalJobStore,
  'get' | 'list' | 'running' | 'files' | 'file' | 'stuck' | 'endedBefore' | 'removed' | 'storageWaiting'
>;

/** All that only reads. */
function listsOf({ jobs, files, removed }: Tables): Lists {
  return {
    async get(ref) {
      const row = jobs.find(ref);
      return row && jobOf(row);
    },
    async list(owner, { search, cursor, limit = 100 } = {}) {
      const before = cursor === undefined ? newest : readCursor(cursor, ['number', 'number']);
      const found = searched(jobs, owner, before, { search, count: limit + 1 });
      return pageOf(found, limit, jobOf, positionOf);
    },
    running: async (owner) => jobs.running(owner),
    async files(ref, { state, cursor, limit = 1000 } = {}) {
      const after = cursor === undefined ? '' : readCursor(cursor, ['string'])[0];
      const rows = files.list(jobs.find(ref)?.n ?? noJob, state, after, limit + 1);
      return pageOf(rows, limit, fileOf, (row) => [row.path]);
    },
    async file(ref, path) {
      const row = jobs.find(ref);
      const file = row && files.find(row.n, path);
      return file && fileOf(file);
    },
    async stuck(before, { cursor, limit = 100 } = {}) {
      const after = cursor === undefined ? 0 : readCursor(cursor, ['number'])[0];
      return pageOf(jobs.unchangedSince(before, after, limit + 1), limit, jobOf, (row) => [row.n]);
    },
    async storageWaiting(before, { cursor, limit = 100 } = {}) {
      const after = cursor === undefined ? 0 : readCursor(cursor, ['number'])[0];
      return pageOf(jobs.storageWaiting(before, after, limit + 1), limit, jobOf, (row) => [row.n]);
    },
    endedBefore: async (before, limit) => jobs.endedBefore(before, limit).map(jobOf),
    async removed(before, { cursor, limit = 100 } = {}) {
      const after: [string, string] = cursor === undefined ? ['', ''] : readCursor(cursor, ['string', 'string']);
      const refOf = ({ owner, id }: JobRef) => ({ owner, id });
      return pageOf(removed.before(before, after, limit + 1), limit, refOf, (row) => [row.owner, row.id]);
    },
  };
}

/** Where a job stands in the list of its owner. */
type Position = [createdAt: number, n: number];
const positionOf = (row: JobRow): Position => [row.created_at, row.n];
/** Before every job. */
const newest: Position = [Number.MAX_SAFE_INTEGER, 0];

/** Rows that are looked at together: a search seldom wants most of them. */
const searchedAtOnce = 500;

/** At most `count` jobs of an owner behind a position, those that are searched for. */
function searched(
  jobs: JobTable,
  owner: string,
  before: Position,
  { search, count }: { search: string | undefined; count: number },
): JobRow[] {
  if (search === undefined) return jobs.ofOwner(owner, before, count);
  const matches = matchesSearch(search);
  const found: JobRow[] = [];
  let from = before;
  while (found.length < count) {
    const rows = jobs.ofOwner(owner, from, searchedAtOnce);
    found.push(...rows.filter(({ name, note }) => matches({ name, ...(note !== null && { note }) })));
    if (rows.length < searchedAtOnce) break;
    from = positionOf(rows.at(-1)!);
  }
  return found.slice(0, count);
}

/** The row of no job. */
const noJob = -1;
