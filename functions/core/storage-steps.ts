import type { Job } from './job.ts';
import type { JobStorage, RestoreTier } from './job-storage.ts';
import { daySeconds } from './time.ts';

/*
 * The storage states of a completed job. A step takes the job as stored and returns the new one, or undefined where it does
 * not apply; an adapter runs it and its write as one atomic step.
 *
 *   live -> archiving -> archived -> restoring -> thawing -> live          archiving -> live: it is to be kept after all
 *                        archived -> deleted                               once its time there is over
 *
 * - A job is archived once it is due, which it becomes when its owner's plan archives as it completes. Whoever archives
 *   sets `archiving`, then reads the plan; whoever changes a plan writes it, then looks for jobs that are due, `archiving`
 *   or `archived`: one of the two sees the other.
 * - One process at a time archives, as it deletes what the archive has: its lease is longer than any stage runs, and ends
 *   before another can bring the results back.
 * - Only results that are live can be retried, and no step counts as a change of the job: its age is that of its results.
 */

const minute = 60;
const hour = 60 * minute;

/** Seconds after which sweep looks at a job in each state. */
const patience = {
  due: 5 * minute,
  archiving: 30 * minute,
  /** Has its owner a plan by now that does not archive? Whoever changed it may have died before saying so. */
  archived: daySeconds,
  restoring: { expedited: 30 * minute, standard: 6 * hour },
  thawing: 30 * minute,
  deleted: 30 * minute,
} as const;

/** Longer than a function of AWS runs. */
const leaseSeconds = 20 * minute;

/** Seconds by which results are about ready: the upper end of what S3's Glacier Flexible Retrieval states. Source: S3 user guide, archive retrieval options. */
const restoreSeconds: Readonly<Record<RestoreTier, number>> = { expedited: 5 * minute, standard: 5 * hour };

/** `round`: of the storage as the caller read it. */
export type StorageStep =
  | { to: 'due'; generation: number; round: number; dueAt: number }
  /** Also from `archiving`, where nobody has the lease any more. */
  | { to: 'archiving'; generation: number; round: number }
  /** Gives the lease back, for the next attempt. */
  | { to: 'released'; round: number }
  /** It is not to be archived. */
  | { to: 'kept'; round: number }
  /** `days`: after which its results are deleted; absent: with the job. */
  | { to: 'archived'; round: number; bytes: number; days?: number }
  /** Also from `restoring` and `thawing`, where it is asked for again. */
  | { to: 'restoring'; round: number; tier: RestoreTier }
  | { to: 'thawing'; round: number }
  /** `dueAt`: when it goes back to the archive; absent: never. */
  | { to: 'restored'; round: number; dueAt?: number }
  /** Only once its time is over. */
  | { to: 'deleted'; round: number }
  /** Nothing of it is left in the archive: sweep need not look any more. */
  | { to: 'emptied'; round: number }
  /** Sweep looked at it; of several one gets it. */
  | { to: 'looked'; before: number };

const live: JobStorage = { state: 'live', round: 0, since: 0 };

/** Of a job that nothing was ever archived of, too. */
export const storageOf = ({ storage = live }: Pick<Job, 'storage'>): JobStorage => storage;

/** Can its results be read, and no process is about to take them away? */
export const isLive = (job: Pick<Job, 'storage'>): boolean => storageOf(job).state === 'live';

/** The results of the job are not here, or are about to go; those that were deleted are nowhere. */
export function isAway(job: Pick<Job, 'storage'>): boolean {
  const { state, dueAt } = storageOf(job);
  return state === 'live' ? dueAt !== undefined : state !== 'deleted';
}

/** Is its time in the archive over? */
export const isOver = ({ state, keptUntil }: JobStorage, now: number): boolean =>
  state === 'archived' && keptUntil !== undefined && keptUntil <= now;

export function takeStorageStep(job: Job, step: StorageStep, now: number): Job | undefined {
  const storage = storageOf(job);
  if (job.state !== 'completed' || !applies(job, storage, step, now)) return undefined;
  return { ...job, storage: after(storage, step, now) };
}

/** Another round of the job's files: what was planned for its results is off. */
export function withoutPlans(job: Job): Job {
  const { storage, ...rest } = job;
  if (storage === undefined) return job;
  return { ...rest, storage: { state: 'live', round: storage.round, since: storage.since } };
}

function applies(job: Job, storage: JobStorage, step: StorageStep, now: number): boolean {
  const { state, dueAt, lease, lookAt, round } = storage;
  if (step.to === 'looked') return lookAt !== undefined && lookAt < step.before;
  if (step.to === 'archiving' && state === 'archiving')
    return job.generation === step.generation && (lease === undefined || lease <= now);
  if (round !== step.round) return false;
  switch (step.to) {
    case 'due':
      return state === 'live' && dueAt === undefined && job.generation === step.generation;
    case 'archiving':
      return state === 'live' && job.generation === step.generation;
    case 'kept':
      return state === 'archiving' || (state === 'live' && dueAt !== undefined);
    case 'released':
    case 'archived':
      return state === 'archiving';
    case 'restoring':
      return state === 'archived' || state === 'restoring' || state === 'thawing';
    case 'thawing':
      return state === 'restoring';
    case 'restored':
      return state === 'restoring' || state === 'thawing';
    case 'deleted':
      return isOver(storage, now);
    case 'emptied':
      return state === 'deleted';
  }
}

function after(storage: JobStorage, step: StorageStep, now: number): JobStorage {
  const { round, bytes } = storage;
  const at = (seconds: number) => now + seconds * 1000;
  const kept = { since: now, ...(bytes !== undefined && { bytes }) };
  switch (step.to) {
    case 'due':
      return { ...storage, ...dueFields(step.dueAt) };
    case 'archiving':
      return {
        state: 'archiving',
        round: round + 1,
        since: now,
        lease: at(leaseSeconds),
        lookAt: at(patience.archiving),
      };
    case 'released': {
      const { lease: _, ...rest } = storage;
      return rest;
    }
    case 'kept':
      return { state: 'live', round: storage.state === 'live' ? round + 1 : round, since: now };
    case 'archived': {
      const until = step.days !== undefined && { keptUntil: at(step.days * daySeconds) };
      return withLook({ state: 'archived', round, since: now, bytes: step.bytes, ...until }, now);
    }
    case 'restoring': {
      const times = { readyBy: at(restoreSeconds[step.tier]), lookAt: at(patience.restoring[step.tier]) };
      return { state: 'restoring', round, ...kept, tier: step.tier, ...times };
    }
    case 'thawing':
      return { state: 'thawing', round, ...kept, lookAt: at(patience.thawing) };
    case 'restored':
      return { state: 'live', round, since: now, ...(step.dueAt !== undefined && dueFields(step.dueAt)) };
    case 'deleted':
      return { state: 'deleted', round, ...kept, lookAt: at(patience.deleted) };
    case 'emptied': {
      const { lookAt: _, ...rest } = storage;
      return rest;
    }
    case 'looked':
      return withLook(storage, now);
  }
}

/** Sweep looks at it when its patience ends, or its time in the archive. */
function withLook(storage: JobStorage, now: number): JobStorage {
  const { keptUntil = Number.POSITIVE_INFINITY } = storage;
  const usual = now + patienceOf(storage) * 1000;
  return { ...storage, lookAt: keptUntil > now ? Math.min(usual, keptUntil) : usual };
}

const dueFields = (dueAt: number) => ({ dueAt, lookAt: dueAt + patience.due * 1000 });

function patienceOf({ state, tier = 'standard' }: JobStorage): number {
  if (state === 'restoring') return patience.restoring[tier];
  return patience[state === 'live' ? 'due' : state];
}
