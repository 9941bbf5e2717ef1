import { z } from 'zod';
import { count } from './fields.ts';

/** RFC 9457, application/problem+json; problems.ts lists the codes. */
export const problemView = z.object({
  /** `urn:labdeploy:problem:` and the code. */
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** What happened, and what to do. */
  detail: z.string(),
  /** Path of the request. */
  instance: z.string(),
  code: z.string(),
  /** Also in the header X-Request-Id, and in the service's log. */
  requestId: z.string(),
  /** Of an invalid request: where, and what is wrong. */
  errors: z.array(z.object({ at: z.string(), message: z.string() })).optional(),
  /** Of a submit: files that never arrived, the first hundred. */
  missing: z.array(z.string()).optional(),
  missingCount: count.optional(),
  /** Of a quota: its name, what it allows and what is used of it. */
  quota: z.string().optional(),
  limit: count.optional(),
  used: count.optional(),
});

export type ProblemView = z.infer<typeof problemView>;
