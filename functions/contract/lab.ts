import { z } from 'zod';
import { jobStates } from '../core/job.ts';
import { count, cursor, pageLimit, time } from './fields.ts';
import { jobId } from './jobs.ts';
import { apiLimits } from './limits.ts';
import { accountId } from './shares.ts';

/** What a person used in a month (UTC). A zip is one file. */
const usage = z.object({ jobs: count, files: count, bytes: count });

export const labView = z.object({
  /** The month that is shown: `2026-08`. */
  month: z.string(),
  /** Everybody with an account, oldest first; then who used something this month and has none any more. */
  people: z.array(
    z.object({
      id: accountId,
      email: z.string().optional(),
      name: z.string().optional(),
      /** `waiting`: signed up, but not let in yet. */
      state: z.enum(['active', 'waiting', 'disabled', 'removed']),
      admin: z.boolean(),
      /** The plan that counts for them. */
      plan: z.string(),
      createdAt: time.optional(),
      lastSignInAt: time.optional(),
      usage,
    }),
  ),
  /** Bytes of images and results, where they lie on the disk of one machine. */
  storage: z
    .object({
      used: count,
      /** Set aside for uploads on their way. */
      reserved: count,
      /** What the disk has left for the service. */
      free: count,
      /** What the service may keep together; absent: what the disk has. */
      budget: count.optional(),
    })
    .optional(),
});

export const labJobsQuery = z.object({
  owner: accountId,
  cursor: cursor.optional(),
  limit: pageLimit(apiLimits.jobsPage),
});

/** What an administrator sees of the jobs of others: that they are there. */
export const labJobs = z.object({
  items: z.array(
    z.object({
      id: jobId,
      name: z.string(),
      state: z.enum(jobStates),
      files: count,
      bytes: count,
      createdAt: time,
    }),
  ),
  cursor: z.string().optional(),
});

export type LabView = z.infer<typeof labView>;
export type LabJobs = z.infer<typeof labJobs>;
