import { ServiceError } from '../../client/service-error.ts';
import type { ProblemCode } from '../../functions/contract/problems.ts';

/** The service says that the results are not there yet. */
export const isComing = (error: unknown): boolean =>
  error instanceof ServiceError && error.problem?.code === ('resultsMissing' satisfies ProblemCode);
