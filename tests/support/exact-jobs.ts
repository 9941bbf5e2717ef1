import type { Job } from '../../functions/core/job.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';

const isJob = (value: object): value is Job => 'changedAt' in value && 'retrying' in value;

/** What a method of the store gave, without what says how its files are kept. */
function exact<T>(value: T): T {
  if (Array.isArray(value)) return value.map(exact) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (isJob(value)) {
    const { shards: _, approximate: __, ...job } = value;
    return job as T;
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, exact(each)])) as T;
}

/** A store that spreads files over partitions, whose jobs look like those of one that does not. */
export const exactJobs = (store: JobStore): JobStore =>
  new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => exact(await method.apply(target, args));
    },
  });
