import { Failure } from '../../core/errors.ts';
import type { Job, StoredFailure } from '../../core/job.ts';

/** Why a file or a job failed that was begun too often. */
export const gaveUp = (detail: string): StoredFailure => {
  const { code, message } = new Failure('gaveUp', { detail });
  return { code, message };
};

/** Of another job's images, instead of a zip. */
export const isCopy = ({ settings }: Job): boolean => settings.from !== undefined;
