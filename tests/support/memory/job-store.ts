import { Failure } from '../../../functions/core/errors.ts';
import type { Job, JobFile } from '../../../functions/core/job.ts';
import { matchesSearch } from '../../../functions/core/job-search.ts';
import { type JobRef, jobPrefix } from '../../../functions/core/object-keys.ts';
import { storageOf, takeStorageStep } from '../../../functions/core/storage-steps.ts';
import * as transitions from '../../../functions/core/transitions.ts';
import type { Clock } from '../../../functions/ports/clock.ts';
import type { JobStore, Page } from '../../../functions/ports/job-store.ts';

interface Record {
  /** Counts the jobs as they are made. */
  n: number;
  job: Job;
  files: Map<string, JobFile>;
}

/** The job table in memory, each change one step: the real rules without a database. */
export function memoryJobStore(clock: Clock): JobStore {
  const records = new Map<string, Record>(); // in order of their making
  const gone = new Map<string, JobRef & { n: number; at: number }>();
  let made = 0;
  const existing = (ref: JobRef): Record => {
    const record = records.get(jobPrefix(ref));
    if (record === undefined) throw new Failure('jobMissing', { job: ref.id });
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
      gone.delete(key);
      records.set(key, { n: ++made, job, files: new Map() });
      return { created: true, job };
    },
    async get(ref) {
      return records.get(jobPrefix(ref))?.job;
    },
    async list(owner, page) {
      const wanted = matchesSearch(page?.search ?? '');
      const own = [...records.values()].filter(({ job }) => job.owner === owner && wanted(job)).reverse();
      const { items, ...rest } = pageOf(own, page, { list: 'jobs' }, ({ n }) => -n);
      return { items: items.map(({ job }) => job), ...rest };
    },
    async running(owner) {
      return [...records.values()].filter(({ job }) => job.owner === owner && !transitions.isTerminal(job)).length;
    },
    async files(ref, page) {
      const files = [...(records.get(jobPrefix(ref))?.files.values() ?? [])];
      const wanted = files.filter(({ state }) => page?.state === undefined || state === page.state);
      // Hexadecimal digits sort as the bytes of UTF-8 do.
      const sortKey = ({ path }: JobFile) => Buffer.from(path).toString('hex');
      return pageOf(
        wanted.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)),
        page,
        { list: 'files', limit: 1000 },
        sortKey,
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
    async placeFile(ref, path, state) {
      const record = existing(ref);
      const file = record.files.get(path);
      const next = file && transitions.placeFile(record.job, file, state, clock.now());
      if (next !== undefined) record.files.set(path, next);
      return next !== undefined;
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
    describe: (ref, words) => change(ref, (job) => transitions.describe(job, words)),
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
    moveStorage: (ref, step) => change(ref, (job, now) => takeStorageStep(job, step, now)),
    async storageWaiting(before, page) {
      const found = [...records.values()].filter(({ job }) => (storageOf(job).lookAt ?? before) < before);
      const { items, ...rest } = pageOf(found, page, { list: 'storage' }, ({ n }) => n);
      return { items: items.map(({ job }) => job), ...rest };
    },
    async stuck(before, page) {
      const found = [...records.values()].filter(({ job }) => !transitions.isTerminal(job) && job.changedAt < before);
      const { items, ...rest } = pageOf(found, page, { list: 'stuck' }, ({ n }) => n);
      return { items: items.map(({ job }) => job), ...rest };
    },
    async remove(ref) {
      const record = records.get(jobPrefix(ref));
      if (record === undefined) return;
      records.delete(jobPrefix(ref));
      const { owner, id } = record.job;
      gone.set(jobPrefix(ref), { owner, id, n: record.n, at: clock.now() });
    },
    async removed(before, page) {
      const found = [...gone.values()].filter(({ at }) => at < before).sort((a, b) => a.n - b.n);
      const { items, ...rest } = pageOf(found, page, { list: 'removed' }, ({ n }) => n);
      return { items: items.map(({ owner, id }) => ({ owner, id })), ...rest };
    },
    async forget(ref) {
      gone.delete(jobPrefix(ref));
    },
    async [Symbol.asyncDispose]() {
      records.clear();
    },
  };
}

/** `sorted` by `sortKey`. A cursor is the list's name and the key of the last item, which may be gone when it comes back. */
function pageOf<T, P extends string | number>(
  sorted: T[],
  page: { cursor?: string; limit?: number } | undefined,
  { list, limit = 100 }: { list: string; limit?: number },
  sortKey: (item: T) => P,
): Page<T> {
  const [, after] = page?.cursor === undefined ? [] : (new RegExp(`^${list}:(.+)$`).exec(page.cursor) ?? [list]);
  if (page?.cursor !== undefined && after === undefined) throw new Failure('cursorRefused', { cursor: page.cursor });
  const rest = after === undefined ? sorted : sorted.filter((item) => sortKey(item) > JSON.parse(after));
  const items = rest.slice(0, page?.limit ?? limit);
  return rest.length > items.length
    ? { items, cursor: `${list}:${JSON.stringify(sortKey(items.at(-1)!))}` }
    : { items };
}
