import { z } from 'zod';
import { jobStates } from '../core/job.ts';
import { storageStates } from '../core/job-storage.ts';
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

export const archiveQuery = z.object({ cursor: cursor.optional(), limit: pageLimit(apiLimits.archivePage) });

const usd = z.number().nonnegative();
const retrieval = z.object({ request: usd, gb: usd });

/** What is archived, in no order. A page may have fewer than were asked for, or none, and still a cursor. */
export const labArchive = z.object({
  items: z.array(
    z.object({
      owner: accountId,
      id: jobId,
      name: z.string(),
      state: z.enum(storageStates).extract(['archiving', 'archived', 'restoring', 'thawing']),
      since: time,
      /** Of the zip; 0 while it is on its way there. */
      bytes: count,
      /** Then it is deleted; absent: with its job. */
      keptUntil: time.optional(),
    }),
  ),
  /** List prices of where it is, in US dollars; absent where it is a disk of the lab. */
  prices: z
    .object({
      ...{ of: z.string(), date: z.string(), archivedGb: usd, liveGb: usd },
      ...{ expedited: retrieval, standard: retrieval },
    })
    .optional(),
  cursor: z.string().optional(),
});

export type LabArchive = z.infer<typeof labArchive>;
export type LabView = z.infer<typeof labView>;
export type LabJobs = z.infer<typeof labJobs>;
