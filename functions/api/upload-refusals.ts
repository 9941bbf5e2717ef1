import type { UploadRefusal, UploadsBody } from '../contract/uploads.ts';
import { Failure } from '../core/errors.ts';
import type { Plan } from '../core/plans.ts';

/** Why a file is not taken, as its answer and the job say it. */
export interface Refusal {
  code: UploadRefusal;
  message: string;
}

/** A reason that only the client knows. */
export type NotSent = NonNullable<UploadsBody['files'][number]['notSent']>;

export function notSent(reason: NotSent, { filesPerJob }: Pick<Plan, 'filesPerJob'>): Refusal {
  const failure = reason === 'overFileLimit' ? new Failure(reason, { limit: filesPerJob }) : new Failure(reason, {});
  return { code: reason, message: failure.message };
}

export const changed = (how: string): Refusal & { code: 'fileChanged' } => ({
  code: 'fileChanged',
  message: `the file has changed: ${how}; send it in a new job`,
});
