import { isFed, type QueueStage, type Stage } from '../functions/stages/stage.ts';
import type { Config } from './config.ts';

/** The fewest that Lambda takes for one queue. */
const fewest = 2;
/** Of zips, which are unpacked and packed; a message of theirs is a whole job. */
const mostJobs = 5;

/** Invocations at a time of a stage that a queue feeds, where `maximumConcurrency` images are worked on at a time. */
export function concurrencyOf({ concurrency, notifies }: QueueStage, maximumConcurrency: number): number {
  if (concurrency === 'images') return maximumConcurrency;
  return notifies === true ? fewest : Math.min(maximumConcurrency, mostJobs);
}

/** Of a hundred functions that may run at once, so many are the API's and the sweep's. */
const share = 0.2;

/**
 * The most images at a time with which all `stages` together leave the API its share of the functions that an account may
 * run at once; `wanted` where that fits, or nothing is known of the account. Nothing is reserved for the API: an account of
 * 10 cannot reserve, for Lambda keeps that many unreserved.
 */
export function fittingConcurrency(wanted: number, accountLimit: number | undefined, stages: readonly Stage[]): number {
  if (accountLimit === undefined) return wanted;
  const fed = stages.filter(isFed);
  const sumOf = (images: number) => fed.reduce((sum, stage) => sum + concurrencyOf(stage, images), 0);
  const free = accountLimit - Math.max(fewest, Math.ceil(accountLimit * share));
  let fitting = wanted;
  while (fitting > fewest && sumOf(fitting) > free) fitting--;
  return fitting;
}

/** Whether anything is taken from the queue of a stage: polling for notices, which has its price, is off where none are sent. */
export const isPolled = ({ notifies }: Stage, { mailFrom, noticeTopic }: Config): boolean =>
  notifies !== true || mailFrom !== undefined || noticeTopic !== undefined;
