import { setTimeout as sleep } from 'node:timers/promises';
import { classifyPath } from '../../core/classify-path.ts';
import { isCompanion, isNamedCompanion } from '../../core/companion-files.ts';
import type { Job, JobFile } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { inputRef, type ObjectRef, splitKey } from '../../core/object-keys.ts';
import { isOpen, isTerminal } from '../../core/transitions.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import type { PredictServices } from './services.ts';

/** Where another file of an image's folder is among the inputs of its job; undefined for what no input can be called. */
function siblingRef(image: PredictMessage, name: string): ObjectRef | undefined {
  if (!/^[^/\\]+$/.test(name)) return undefined;
  const { kind, path } = classifyPath(image.path.slice(0, image.path.lastIndexOf('/') + 1) + name);
  return kind === 'refused' ? undefined : inputRef(image, path);
}

/** An upload sends the files of a folder together: what is on its way comes soon, or its network is gone. */
const longestWaitMs = 30_000;
const lookAgainMs = 250;

/**
 * Opens files of the same job and folder, as they lie beside each other on the user's disk. One that the job knows and that is
 * still on its way is waited for; undefined where there is none, or it does not come. `job`: as it was when the image's turn
 * came. Names that only files left out have are not asked for where it has none: each would be several requests an image.
 */
export function siblingInJob(
  { objects, jobs, signal }: Pick<PredictServices, 'objects' | 'jobs' | 'signal'>,
  job: Pick<Job, 'leftOut'>,
  waitMs = longestWaitMs,
): NonNullable<PredictServices['sibling']> {
  return async (image: PredictMessage, name: string) => {
    const ref = siblingRef(image, name);
    if (ref === undefined || (job.leftOut === 0 && isNamedCompanion(name))) return undefined;
    const { path } = splitKey(ref.key);
    for (const end = performance.now() + waitMs; (await objects.head(ref)) === undefined; ) {
      const file = await jobs.file(image, path);
      const now = file && (await jobs.get(image));
      if (file === undefined || now === undefined || performance.now() >= end || !isComing(file, now)) return undefined;
      await sleep(lookAgainMs, undefined, signal && { signal });
    }
    return objectSource(objects, ref);
  };
}

/** A companion is no image: it is sent before the job is submitted, and never pending. */
function isComing({ path, bytes, state }: JobFile, job: Job): boolean {
  if (state === 'pending') return !isTerminal(job);
  return state === 'leftOut' && isCompanion(path, bytes) && isOpen(job);
}

/** Opens files of the same job and folder that are there by now; `onMissing` gets the name of what is not. */
export const siblingPresent =
  (objects: PredictServices['objects'], onMissing: (name: string) => void): NonNullable<PredictServices['sibling']> =>
  async (image, name) => {
    const ref = siblingRef(image, name);
    if (ref === undefined) return undefined;
    if ((await objects.head(ref)) !== undefined) return objectSource(objects, ref);
    onMissing(name);
    return undefined;
  };
