import type { Job } from '../../core/job.ts';
import { daySeconds } from '../../core/time.ts';

/** The longest that a job may take from its making, or its retry, to its end. */
const longestRunDays = 15;

/**
 * When DynamoDB forgets jobs and files, in seconds since 1970; never without `days`. A job goes `days` after its end. A
 * file cannot know its job's end, so it goes when a job that was retried at the last moment must be gone, and a job
 * cannot be retried once its files might go first.
 */
export function jobRetention(days: number | undefined) {
  const seconds = (days ?? 0) * daySeconds;
  const runSeconds = longestRunDays * daySeconds;
  const lifeSeconds = 2 * (runSeconds + seconds);
  const secondsOf = (ms: number) => Math.floor(ms / 1000);
  return {
    ofEnded: ({ createdAt, changedAt }: Job) =>
      days === undefined ? undefined : Math.min(secondsOf(changedAt) + seconds, secondsOf(createdAt) + lifeSeconds),
    ofFile: (now: number) => (days === undefined ? undefined : secondsOf(now) + lifeSeconds),
    allowsRetry: ({ createdAt }: Job, now: number) =>
      days === undefined || secondsOf(now) <= secondsOf(createdAt) + runSeconds + seconds,
  };
}

export type JobRetention = ReturnType<typeof jobRetention>;
