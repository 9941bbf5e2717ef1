import { z } from 'zod';
import { count, cursor } from './fields.ts';

export const exportQuery = z.object({ cursor: cursor.optional() });

/** A page of what the service keeps of the caller: of one store, whose records are as it has them. */
export const exportView = z.object({
  /** `account`, `jobs`, `shares`, `figures`, `usage`, `pictures`, `agreements`, `planRequests` or `models`. */
  store: z.string(),
  items: z.array(z.record(z.string(), z.unknown())),
  /** Absent on the last page of the last store. */
  cursor: z.string().optional(),
});

/** Not `.`, `..` or anything else that is no `sub`: all below a folder of this name is removed. */
export const personParams = z.object({ person: z.string().regex(/^\w[\w.:@|-]{0,199}$/) });

export const forgottenView = z.object({
  /** By store, how many jobs, objects and shares went with this call. */
  forgotten: z.record(z.string(), count),
  /** False: there is more than one call can do; ask again. */
  done: z.boolean(),
});

export type ForgottenView = z.infer<typeof forgottenView>;
export type ExportView = z.infer<typeof exportView>;
