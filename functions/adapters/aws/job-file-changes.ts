import { batchesOf } from '../../async/batches.ts';
import { Failure } from '../../core/errors.ts';
import type { Job, JobFile, NewFile, Outcome } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import { type Change, type DynamoTable, writtenAtOnce } from './dynamo-table.ts';
import {
  changingFileFields,
  fileKey,
  fileOf,
  fileSortKey,
  filesEnd,
  jobKey,
  newFileFields,
  partitionOf,
  undoneEnd,
  undoneSortKey,
} from './job-items.ts';
import type { JobRetention } from './job-retention.ts';

/** One write is the job's. */
const filesAtOnce = writtenAtOnce - 1;

/**
 * Changes of files. Each is one transaction with the job's counter, which is added to under a condition that says the
 * rule: any number of callers can finish files of one job, and none makes another start over.
 */
export function jobFileChanges(
  table: DynamoTable,
  find: (ref: JobRef) => Promise<Job | undefined>,
  clock: Clock,
  retention: JobRetention,
) {
  const existing = async (ref: JobRef): Promise<Job> => {
    const job = await find(ref);
    if (job === undefined) throw new Failure('jobMissing', { job: ref.id });
    return job;
  };
  const known = async (ref: JobRef, files: readonly { path: string }[]): Promise<Map<string, JobFile>> => {
    const found = (await table.getAll(files.map(({ path }) => fileKey(ref, path)))).map(fileOf);
    return new Map(found.map((file) => [file.path, file]));
  };
  /** The job's part. Of writers at the same time the last one's clock counts. */
  const counting = (ref: JobRef, add: Record<string, number>, rule: Pick<Change, 'where' | 'values'>): Change => ({
    key: jobKey(ref),
    set: { changedAt: clock.now() },
    add,
    ...rule,
  });
  const open = '#state IN (:uploading, :processing)';
  const openStates = { uploading: 'uploading', processing: 'processing' };

  /** Undefined: no file can be added any more. */
  const register = (ref: JobRef, files: readonly NewFile[]): Promise<number | undefined> => {
    let unknown = files;
    return withoutRace(async () => {
      if (unknown.length === 0) return 0;
      const bytes = unknown.reduce((sum, file) => sum + file.bytes, 0);
      const failed = await table.transact([
        counting(
          ref,
          { expected: unknown.length, bytes, leftOut: transitions.countLeftOut(unknown) },
          {
            where: `#sealed = :open AND ${open}`,
            values: { open: false, ...openStates },
          },
        ),
        ...unknown.map((file) => ({
          put: newFileFields(ref, transitions.newFile(file), retention.ofFile(clock.now())),
          where: 'attribute_not_exists(#pk)',
        })),
      ]);
      if (failed.length === 0) return unknown.length;
      if (failed.includes(0)) return undefined;
      const there = await known(ref, unknown);
      unknown = unknown.filter(({ path }) => !there.has(path));
      return again;
    });
  };

  /** Those that are still as they were read; undefined when the retry is over. */
  const resetBatch = (job: Job, files: readonly JobFile[]): Promise<number | undefined> => {
    let failedFiles = files;
    return withoutRace(async () => {
      if (failedFiles.length === 0) return 0;
      const failed = await table.transact([
        counting(
          job,
          { failed: -failedFiles.length },
          {
            where: '#retrying = :retrying AND #generation = :generation',
            values: { retrying: true, generation: job.generation },
          },
        ),
        ...failedFiles.map((file) => ({
          key: fileKey(job, file.path),
          set: changingFileFields(transitions.newFile(file)),
          where: '#state = :failed AND #generation = :failedIn',
          values: { failed: 'failed', failedIn: file.generation ?? 0 },
        })),
      ]);
      if (failed.length === 0) return failedFiles.length;
      if (failed.includes(0)) return undefined;
      const now = await known(job, failedFiles);
      failedFiles = failedFiles.filter(({ path, generation }) => {
        const file = now.get(path);
        return file?.state === 'failed' && file.generation === generation;
      });
      return again;
    });
  };

  return {
    async expect(ref: JobRef, files: readonly NewFile[]): Promise<number> {
      if (!transitions.isOpen(await existing(ref))) return 0;
      const named = new Map<string, NewFile>();
      for (const file of files) if (!named.has(file.path)) named.set(file.path, file);
      let added = 0;
      for (const batch of batchesOf([...named.values()], filesAtOnce)) {
        const registered = await register(ref, batch);
        if (registered === undefined) break;
        added += registered;
      }
      return added;
    },
    finishFile: (ref: JobRef, path: string, outcome: Outcome): Promise<Job | undefined> =>
      withoutRace(async () => {
        const [job, file] = await Promise.all([existing(ref), known(ref, [{ path }])]);
        const pending = file.get(path);
        const next = pending && transitions.finishFile(job, pending, outcome, clock.now());
        if (next === undefined) return undefined;
        const failed = await table.transact([
          counting(ref, outcome.state === 'done' ? { done: 1 } : { failed: 1 }, {
            where: `${open} AND #generation = :generation`,
            values: { ...openStates, generation: job.generation },
          }),
          {
            key: fileKey(ref, path),
            set: changingFileFields(next.file),
            where: '#state = :pending',
            values: { pending: 'pending' },
          },
        ]);
        if (failed.length > 0) return again;
        // Read afterwards: of those that finish the last files, at least one sees that all have ended.
        return (await find(ref)) ?? next.job;
      }),
    async resetFailed(ref: JobRef, limit: number): Promise<number> {
      const job = await existing(ref);
      if (!job.retrying) return 0;
      let count = 0;
      // Another caller may reset the same files first: 0 is only for a pass that found none.
      return withoutRace(async () => {
        let found = false;
        const failed = table.query({
          index: 'undone',
          where: '#pk = :pk AND #undoneSort BETWEEN :from AND :to',
          values: { pk: partitionOf(ref), from: undoneSortKey('failed', ''), to: undoneEnd('failed') },
        });
        for await (const page of failed) {
          const wanted = page.map(fileOf).filter((file) => transitions.resetFile(job, file, clock.now()) !== undefined);
          found ||= wanted.length > 0;
          for (const batch of batchesOf(wanted.slice(0, limit - count), filesAtOnce)) {
            const reset = await resetBatch(job, batch);
            if (reset === undefined) return count;
            count += reset;
          }
          if (count >= limit) break;
        }
        return found && count === 0 ? again : count;
      });
    },
    async file(ref: JobRef, path: string): Promise<JobFile | undefined> {
      const [job, file] = await Promise.all([find(ref), known(ref, [{ path }])]);
      return job && file.get(path);
    },
    /** In order of their paths, from behind `after`, as many as there are up to `count`. */
    async list(ref: JobRef, state: JobFile['state'] | undefined, after: string | undefined, count: number) {
      const undone = state !== undefined && state !== 'done';
      const sortKey = (path: string) => (undone ? undoneSortKey(state, path) : fileSortKey(path));
      const pages = table.query({
        ...(undone && { index: 'undone' as const }),
        where: `#pk = :pk AND #${undone ? 'undoneSort' : 'sk'} BETWEEN :from AND :to`,
        ...(state === 'done' && { filter: '#state = :state' }),
        values: {
          pk: partitionOf(ref),
          from: after === undefined ? sortKey('') : `${sortKey(after)}\0`, // the least text behind it
          to: undone ? undoneEnd(state) : filesEnd,
          ...(state === 'done' && { state }),
        },
        ...(state !== 'done' && { limit: count }),
      });
      const files: JobFile[] = [];
      for await (const page of pages) {
        files.push(...page.map(fileOf));
        if (files.length >= count) break;
      }
      return files.slice(0, count);
    },
  };
}
