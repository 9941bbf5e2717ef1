import { Failure } from '../../../functions/core/errors.ts';
import type { Job, JobFile } from '../../../functions/core/job.ts';
import { type JobRef, jobPrefix } from '../../../functions/core/keys.ts';
import * as transitions from '../../../functions/core/transitions.ts';
import type { Clock } from '../../../functions/ports/clock.ts';
import type { JobStore, Page } from '../../../functions/ports/job-store.ts';

interface Record {
  job: Job;
  files: Map<string, JobFile>;
}

/** The job table in memory, each change one step: the real rules without a database. */
export function memoryJobStore(clock: Clock): JobStore {
  const records = new Map<string, Record>(); // in order of their making
  const existing = (ref: JobRef): Record => {
    const record = records.get(jobPrefix(ref));
    if (record === undefined) throw new Failure('jobMissing', [ref.id]);
    return record;
  };
  const change = async (ref: JobRef, transition: (job: Job, now: number) => Job | undefined) => {
    const record = existing(ref);
    const job = transition(record.job, clock.now());
    if (job !== undefined) record.job = job;
    return job;
  };
  return {
    async create(wanted) {
      const key = jobPrefix(wanted);
      const known = records.get(key);
      if (known !== undefined) return { created: false, job: known.job };
      const job = transitions.newJob(wanted, clock.now());
      records.set(key, { job, files: new Map() });
      return { created: true, job };
    },
    async get(ref) {
      return records.get(jobPrefix(ref))?.job;
    },
    async list(owner, page) {
      const jobs = [...records.values()].map(({ job }) => job).filter((job) => job.owner === owner);
      return pageOf(
        jobs.reverse().sort((a, b) => b.createdAt - a.createdAt),
        page,
        100,
        'jobs',
      );
    },
    async running(owner) {
      return [...records.values()].filter(({ job }) => job.owner === owner && !transitions.isTerminal(job)).length;
    },
    async files(ref, page) {
      const files = [...(records.get(jobPrefix(ref))?.files.values() ?? [])];
      const wanted = files.filter(({ state }) => page?.state === undefined || state === page.state);
      return pageOf(
        wanted.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path))),
        page,
        1000,
        'files',
      );
    },
    async file(ref, path) {
      return records.get(jobPrefix(ref))?.files.get(path);
    },
    async expect(ref, files) {
      const record = existing(ref);
      if (!transitions.isOpen(record.job)) return 0;
      const added = files.filter((file) => {
        if (record.files.has(file.path)) return false;
        record.files.set(file.path, transitions.newFile(file));
        return true;
      });
      record.job = transitions.expectFiles(record.job, added, clock.now()) ?? record.job;
      return added.length;
    },
    async finishFile(ref, path, outcome) {
      const record = existing(ref);
      const file = record.files.get(path);
      const next = file && transitions.finishFile(record.job, file, outcome, clock.now());
      if (next === undefined) return undefined;
      record.files.set(path, next.file);
      record.job = next.job;
      return next.job;
    },
    async resetFailed(ref, limit) {
      const record = existing(ref);
      let reset = 0;
      for (const [path, file] of record.files) {
        const next = reset < limit ? transitions.resetFile(record.job, file, clock.now()) : undefined;
        if (next === undefined) continue;
        record.files.set(path, next.file);
        record.job = next.job;
        reset++;
      }
      return reset;
    },
    submit: (ref) => change(ref, transitions.submit),
    seal: (ref) => change(ref, transitions.seal),
    startPackaging: (ref) => change(ref, transitions.startPackaging),
    complete: (ref, generation) => change(ref, (job, now) => transitions.complete(job, generation, now)),
    fail: (ref, failure, generation) => change(ref, (job, now) => transitions.fail(job, failure, now, generation)),
    cancel: (ref) => change(ref, transitions.cancel),
    expire: (ref) => change(ref, transitions.expire),
    reopen: (ref) => change(ref, transitions.reopen),
    resume: (ref, generation) => change(ref, (job, now) => transitions.resume(job, generation, now)),
    touch: (ref, before) => change(ref, (job, now) => transitions.touch(job, before, now)),
    async stuck(before, page) {
      const jobs = [...records.values()].map(({ job }) => job);
      return pageOf(
        jobs.filter((job) => !transitions.isTerminal(job) && job.changedAt < before),
        page,
        100,
        'stuck',
      );
    },
    async remove(ref) {
      records.delete(jobPrefix(ref));
    },
    async [Symbol.asyncDispose]() {
      records.clear();
    },
  };
}

/** A cursor is the list's name and a position: enough while nothing is removed between two pages. */
function pageOf<T>(
  all: T[],
  page: { cursor?: string; limit?: number } | undefined,
  limit: number,
  list: string,
): Page<T> {
  const [, start] = page?.cursor === undefined ? [list, '0'] : (new RegExp(`^${list}:(\\d+)$`).exec(page.cursor) ?? []);
  if (start === undefined) throw new Failure('cursorRefused', [page?.cursor ?? '']);
  const end = Number(start) + (page?.limit ?? limit);
  const items = all.slice(Number(start), end);
  return end < all.length ? { items, cursor: `${list}:${end}` } : { items };
}
