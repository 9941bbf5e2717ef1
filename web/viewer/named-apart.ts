import type { JobView } from '../../functions/contract/jobs.ts';
import { inTime } from '../format.ts';
import { words } from './words.ts';

/** Two jobs whose names tell them apart: of jobs of one name with when they were begun, and within a minute with a number. */
export function namedApart(first: JobView, second: JobView): [JobView, JobView] {
  if (first.name !== second.name) return [first, second];
  const dated = (job: JobView) => words.madeAt(job.name, inTime(job.createdAt));
  const [one, two] = [dated(first), dated(second)];
  const isOne = one === two;
  return [
    { ...first, name: isOne ? `${one} (1)` : one },
    { ...second, name: isOne ? `${two} (2)` : two },
  ];
}
