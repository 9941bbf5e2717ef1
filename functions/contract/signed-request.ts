import { z } from 'zod';
import { time } from './fields.ts';

/** A request that the client sends as it is; its headers are part of the signature. 412 answers that the object is there already. */
export const signedRequest = z.object({
  method: z.enum(['GET', 'PUT']),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Afterwards the store answers 403: ask again. */
  expiresAt: time,
});

export type SignedRequestView = z.infer<typeof signedRequest>;
