import { z } from 'zod';
import { cursor, pageLimit, time } from './fields.ts';
import { jobId } from './jobs.ts';
import { apiLimits } from './limits.ts';

export const accountId = z.string().regex(/^[\w.:@|-]{1,200}$/);

/** Address of the account of the person who is to see the job. */
export const shareBody = z.strictObject({ email: z.string().regex(/^[^\s@]{1,64}@[^\s@]{1,253}$/) });

export const shareParams = z.object({ id: jobId, member: accountId });

export const sharesQuery = z.object({ cursor: cursor.optional(), limit: pageLimit(apiLimits.jobsPage) });

/** The member sees the job, its images and results, and changes nothing. */
export const shareView = z.object({
  job: z.object({ id: jobId, name: z.string() }),
  /** `email`: as it was when the job was shared. */
  member: z.object({ id: accountId, email: z.string() }),
  sharedAt: time,
});

export const shareList = z.object({ items: z.array(shareView) });
export const sharePage = shareList.extend({ cursor: z.string().optional() });

export type ShareView = z.infer<typeof shareView>;
