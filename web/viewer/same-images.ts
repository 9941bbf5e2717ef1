import type { JobView } from '../../functions/contract/jobs.ts';

type Source = Pick<JobView, 'id' | 'from'>;

/** Jobs that have the images of another one, directly or by way of others, without trials and without the job itself. */
export function ofSameImages<Job extends Source & Pick<JobView, 'trial' | 'counts'>>(
  first: Source,
  jobs: readonly Job[],
): Job[] {
  const from = new Map<string, string | undefined>([...jobs, first].map((job) => [job.id, job.from?.job]));
  const rootOf = (id: string): string => {
    const seen = new Set<string>();
    for (let at = id; ; ) {
      const next = from.get(at);
      if (next === undefined || seen.has(at)) return at; // a job that is deleted, or of an older page, is a root too
      seen.add(at);
      at = next;
    }
  };
  const root = rootOf(first.id);
  return jobs.filter(
    ({ id, trial, counts }) => id !== first.id && trial !== true && counts.done > 0 && rootOf(id) === root,
  );
}
