import { notify } from '../functions/stages/notify/descriptor.ts';
import { predict } from '../functions/stages/predict/descriptor.ts';

/** The fewest that Lambda takes for one queue. */
const fewest = 2;
/** Of zips, which are unpacked and packed; a message of theirs is a whole job. */
const mostJobs = 5;

/** Invocations at a time of a stage that a queue feeds, where `maximumConcurrency` images are worked on at a time. */
export function concurrencyOf(stage: string, maximumConcurrency: number): number {
  if (stage === predict.name) return maximumConcurrency;
  return stage === notify.name ? fewest : Math.min(maximumConcurrency, mostJobs);
}

const sumOf = (maximumConcurrency: number, stages: readonly string[]): number =>
  stages.reduce((sum, stage) => sum + concurrencyOf(stage, maximumConcurrency), 0);

/** Of a hundred functions that may run at once, so many are the API's and the sweep's. */
const share = 0.2;

/**
 * The most images at a time with which all `stages` together leave the API its share of the functions that an account may
 * run at once; `wanted` where that fits, or nothing is known of the account. Nothing is reserved for the API: an account of 10 cannot reserve, for Lambda keeps
 * that many unreserved.
 */
export function fittingConcurrency(
  wanted: number,
  accountLimit: number | undefined,
  stages: readonly string[],
): number {
  const free = accountLimit === undefined ? Infinity : accountLimit - Math.max(fewest, Math.ceil(accountLimit * share));
  let fitting = wanted;
  while (fitting > fewest && sumOf(fitting, stages) > free) fitting--;
  return fitting;
}
