import type { Ports } from '../../functions/ports/ports.ts';

/** What a dead process throws at every further call. */
export class Crash extends Error {}

export interface CrashingPorts {
  ports: Pick<Ports, 'objects' | 'jobs' | 'queue'>;
  /** Calls of ports so far, by name: `jobs.seal`. */
  calls: string[];
}

/**
 * Ports of a process that dies at its call number `at` (from 1): before the call has its effect, or just after, when the
 * caller does not learn of it. All later calls die too.
 */
export function crashingPorts(
  { objects, jobs, queue }: Pick<Ports, 'objects' | 'jobs' | 'queue'>,
  at = Number.POSITIVE_INFINITY,
  when: 'before' | 'after' = 'before',
): CrashingPorts {
  const calls: string[] = [];
  const wrap = <T extends object>(name: string, port: T): T =>
    new Proxy(port, {
      get(target, key) {
        const method = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          const call = calls.push(`${name}.${String(key)}`);
          if (call > at || (call === at && when === 'before')) throw new Crash();
          const result = await method.apply(target, args);
          if (call === at) throw new Crash();
          return result;
        };
      },
    });
  return {
    ports: { objects: wrap('objects', objects), jobs: wrap('jobs', jobs), queue: wrap('queue', queue) },
    calls,
  };
}
