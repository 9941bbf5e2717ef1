import { basename } from 'node:path';
import { localJobStore } from '../../adapters/local/job-store.ts';
import { openLocalDatabase } from '../../adapters/local/local-database.ts';
import { localQueue } from '../../adapters/local/queue.ts';
import { batchesOf } from '../../async/batches.ts';
import { isDiskTrouble } from '../../core/errors.ts';
import type { NewFile, StoredFailure } from '../../core/job.ts';
import { type JobRef, jobPrefix } from '../../core/object-keys.ts';
import { besideFile } from '../../image/sibling-files.ts';
import { finishAndAdvance, sealAndAdvance, submitArchive } from '../../jobs/advance.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import { steadyClock } from '../../ports/clock.ts';
import type { JobStore } from '../../ports/job-store.ts';
import type { Ports } from '../../ports/ports.ts';
import type { StageListener } from '../../stages/handler.ts';
import { attempts } from '../../stages/stages.ts';
import { admitPlanes } from '../admit-planes.ts';
import { imageGuard } from '../image-guard.ts';
import { type LocalStages, runStages } from '../run-stages.ts';
import type { BatchFile, BatchListener, BatchPlan, BatchResult } from './batch.ts';
import { batchLocations, openBatchObjects } from './batch-objects.ts';
import { batchSuspects } from './batch-suspects.ts';
import { type ResultFiles, resultFiles } from './result-files.ts';

const ref: JobRef = { owner: 'local', id: 'run' };
const filesPerCall = 5000;

/**
 * Runs one job through the stages of this machine. The job table is in memory: what continues an interrupted run are the
 * results themselves, each of which says of which bytes, model and settings it is. Resolves when the job has ended, with
 * undefined when the signal was aborted before and the work in progress has stopped. Throws `noSpace` for a full disk and
 * `storeUnwritable` for one that is read-only.
 */
export async function runBatch(
  plan: BatchPlan,
  listener: BatchListener,
  signal: AbortSignal,
): Promise<BatchResult | undefined> {
  const { inputs } = plan;
  const clock = steadyClock();
  const results = resultFiles(plan.folder);
  using database = openLocalDatabase(':memory:');
  const named = new Set<string>();
  const nameOnce = (path: string, name: () => void) => {
    if (named.has(path)) return;
    named.add(path);
    name();
  };
  const nameFailed = (path: string, failure: StoredFailure) => nameOnce(path, () => listener.failed(path, failure));
  const jobs = announcing(localJobStore(database, clock), (files) => {
    results.register(files.map(({ path }) => path));
    listener.expected(files);
    for (const { path, leftOut } of files)
      if (leftOut !== undefined) nameOnce(path, () => listener.leftOut(path, leftOut));
  });
  const queue = localQueue(database, clock, attempts);
  const locations = batchLocations(plan, results);
  await using objects = await openBatchObjects(locations);
  const ports = { objects, jobs, queue, clock };

  await jobs.create({ ...ref, name: inputs.name, settings: plan.settings });
  if (inputs.kind === 'zip') {
    await objects.removeAll('inputs', jobPrefix(ref)); // of a killed run: unzip would not announce them again
    await submitArchive(ref, basename(inputs.file), ports);
  } else {
    await register(inputs.files, ports, nameFailed);
    await sealAndAdvance(ref, ports);
  }
  const full = new AbortController(); // or read-only
  await runStages(
    {
      ...workOf(plan),
      ...(inputs.kind === 'files' && { sibling: siblingsOf(inputs.files) }),
      ports,
      guard: imageGuard(batchSuspects(plan, locations)),
      listener: stageListener(listener, results, nameOnce),
      onTrouble({ stage, attempt, error, body }) {
        if (isDiskTrouble(error)) return full.abort(error);
        listener.retried(body !== undefined && 'path' in body ? body.path : stage, attempt, error);
      },
    },
    { signal: AbortSignal.any([signal, full.signal]), until: ref },
  );
  if (signal.aborted) return undefined;
  full.signal.throwIfAborted();
  const failed = allItems((page) => jobs.files(ref, { ...page, state: 'failed' }));
  for await (const file of failed) nameFailed(file.path, file.failure!);
  if (inputs.kind === 'zip') await objects.removeAll('inputs', jobPrefix(ref)); // unpacked copies: their results are whole
  return { job: (await jobs.get(ref))!, labelsOf: (path) => results.nameOf(path, 'labels.tif') };
}

/** What the stages work with, one image more than is worked on, so that the next is read meanwhile. */
const workOf = ({
  engine,
  input,
  reading,
  version,
  workers,
  memoryLimit,
}: BatchPlan): Pick<LocalStages, 'model' | 'reading' | 'version' | 'files' | 'planesAhead' | 'admit'> => ({
  model: async () => ({ engine, input }),
  reading,
  version,
  files: workers + 1,
  planesAhead: workers + 1,
  admit: admitPlanes(memoryLimit),
});

/** Opens files that lie beside an image of the folder: others of its set may have its words. */
function siblingsOf(files: readonly BatchFile[]): NonNullable<LocalStages['sibling']> {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  return async ({ path }, name) => {
    const file = byPath.get(path);
    return typeof file === 'string' ? besideFile(file).sibling?.(name) : undefined;
  };
}

const stageListener = (
  listener: BatchListener,
  results: ResultFiles,
  nameOnce: (path: string, name: () => void) => void,
): StageListener => ({
  onPlane: ({ path }, done, total) => listener.plane(path, done, total),
  onFile({ path }, outcome) {
    if (typeof outcome === 'string') return;
    // Once: a message whose job could not be brought on comes again, and finds its results.
    nameOnce(path, () => {
      if ('summary' in outcome)
        listener.done(outcome.summary, { files: results.filesOf(outcome.summary), reused: outcome.reused });
      else if ('failed' in outcome) listener.failed(path, outcome.failed);
    });
  },
});

/** The same job table, which announces the files that it is given. */
const announcing = (jobs: JobStore, announce: (files: readonly NewFile[]) => void): JobStore => ({
  ...jobs,
  expect(job, files) {
    announce(files);
    return jobs.expect(job, files);
  },
});

/** Registers every input, then sends the images to predict and finishes the others with their reason. */
async function register(
  files: readonly BatchFile[],
  ports: Ports,
  nameFailed: (path: string, failure: StoredFailure) => void,
): Promise<void> {
  const named = files.map(({ path, bytes, leftOut }): NewFile => ({ path, bytes, ...(leftOut && { leftOut }) }));
  for (const some of batchesOf(named, filesPerCall)) await ports.jobs.expect(ref, some);
  const images = files.filter(({ refused, leftOut }) => refused === undefined && leftOut === undefined);
  for (const some of batchesOf(images, filesPerCall))
    await ports.queue.send(
      'files',
      some.map(({ path }) => ({ ...ref, path })),
    );
  for (const { path, refused } of files) {
    if (refused === undefined) continue;
    await finishAndAdvance(ref, path, { state: 'failed', failure: refused }, ports);
    nameFailed(path, refused);
  }
}
