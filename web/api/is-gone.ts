import { ServiceError } from '../../client/service-error.ts';

/** The service says that it is not there: it was deleted, or is not shared any more. What a proxy answers is no such word. */
export const isGone = (error: unknown): boolean =>
  error instanceof ServiceError && error.status === 404 && error.problem !== undefined;
