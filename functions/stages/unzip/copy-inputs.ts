import { forEachLimit } from '../../async/for-each-limit.ts';
import { Failure } from '../../core/errors.ts';
import type { Job, JobFile, NewFile, Outcome } from '../../core/job.ts';
import { inputRef, type JobRef } from '../../core/object-keys.ts';
import { refusalCodes } from '../../core/transitions.ts';
import { finishAndAdvance, sealAndAdvance } from '../../jobs/advance.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import type { ObjectHead, ObjectStore } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';
import { copyLanes, listInputs, openJob, registerFiles } from './open-job.ts';

type CopyPorts = Pick<Ports, 'objects' | 'jobs' | 'queue'>;

export interface Copied {
  /** Images of the job, of which `written` by this delivery. */
  images: number;
  written: number;
}

/**
 * Gives a job the images of another one of its owner's, copied inside the store, and seals it. Each job owns what it
 * needs: that the other one is deleted or its images expire changes nothing afterwards. All files are registered before
 * the first object appears. What was refused or left out there is so here; an image that is no longer there fails as
 * `uploadMissing`. Throws `inputsGone` where there is none. Safe to repeat: what is there is not copied again.
 */
export async function copyInputs(
  job: Job,
  from: NonNullable<Job['settings']['from']>,
  { objects, jobs, queue }: CopyPorts,
  signal?: AbortSignal,
): Promise<Copied | 'not open'> {
  const source = { owner: job.owner, id: from.job };
  const kept = await listInputs(source, objects);
  const files = await filesOf(source, from.path, jobs);
  const images = files.filter(({ state, failure }) => state !== 'leftOut' && !isRefused(failure?.code));
  const headOf = (path: string) => kept.get(inputRef(source, path).key);
  if (!images.some(({ path }) => headOf(path) !== undefined)) throw new Failure('inputsGone', { job: from.job });

  await registerFiles(job, files.map(newFileOf), jobs);
  const finish = (path: string, outcome: Outcome) => finishAndAdvance(job, path, outcome, { jobs, queue });
  for (const { path, state, failure } of files)
    if (state === 'failed' && isRefused(failure?.code)) await finish(path, { state, failure: failure! });

  const there = await listInputs(job, objects);
  const result: Copied = { images: images.length, written: 0 };
  const still = openJob(job, jobs, signal);
  const copy = async (path: string): Promise<boolean> => {
    const head = headOf(path);
    if (!(await still.look()) || head === undefined) return head !== undefined;
    if (there.get(inputRef(job, path).key)?.bytes !== head.bytes) {
      if (!(await copied(source, job, path, { objects, head }))) return false;
      result.written++;
    }
    return true;
  };
  // words of other files come before the images that need them; one that is gone is left out, as ever
  const companions = files.filter(({ path, state }) => state === 'leftOut' && headOf(path) !== undefined);
  await forEachLimit(companions, copyLanes, async ({ path }) => void (await copy(path)));
  await forEachLimit(images, copyLanes, async ({ path }) => {
    if (!(await copy(path))) await finish(path, missing);
  });
  if (!still.isOpen) return 'not open';
  await sealAndAdvance(job, { jobs, queue });
  return result;
}

const isRefused = (code: string | undefined): boolean => code !== undefined && refusalCodes.includes(code);

const { code, message } = new Failure('uploadMissing', {});
const missing: Outcome = { state: 'failed', failure: { code, message } };

const newFileOf = ({ path, bytes, identity, state, failure }: JobFile): NewFile => ({
  path,
  bytes,
  ...(identity !== undefined && { identity }),
  ...(state === 'leftOut' && failure !== undefined && { leftOut: failure }),
});

/** Of the whole job; of one image it and what is left out of its folder. */
async function filesOf(source: JobRef, only: string | undefined, jobs: CopyPorts['jobs']): Promise<JobFile[]> {
  const folder = only?.slice(0, only.lastIndexOf('/') + 1);
  const files: JobFile[] = [];
  for await (const file of allItems((page) => jobs.files(source, page))) {
    const isBeside = file.state === 'leftOut' && file.path.slice(0, file.path.lastIndexOf('/') + 1) === folder;
    if (only === undefined || file.path === only || isBeside) files.push(file);
  }
  return files;
}

/** False where the image has gone meanwhile. */
async function copied(
  from: JobRef,
  to: JobRef,
  path: string,
  { objects, head: { crc32 } }: { objects: ObjectStore; head: ObjectHead },
): Promise<boolean> {
  try {
    await objects.compose(inputRef(to, path), [{ from: inputRef(from, path), ...(crc32 !== undefined && { crc32 }) }]);
    return true;
  } catch (error) {
    if (error instanceof Failure && error.code === 'objectMissing') return false;
    throw error;
  }
}
