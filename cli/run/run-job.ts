import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileOverlay } from '../../functions/adapters/local/file-overlay.ts';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { batchesOf } from '../../functions/async/batches.ts';
import { Failure } from '../../functions/core/errors.ts';
import type { JobSettings, StoredFailure } from '../../functions/core/job.ts';
import { type JobRef, jobPrefix, splitKey } from '../../functions/core/object-keys.ts';
import { predictedPlanes } from '../../functions/core/summary.ts';
import { besideFile } from '../../functions/image/sibling-files.ts';
import { finishAndAdvance, sealAndAdvance, submitArchive } from '../../functions/jobs/advance.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import type { JobStore } from '../../functions/ports/job-store.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import type { Predictor, Segmenter } from '../../functions/ports/predictor.ts';
import { admitPlanes } from '../../functions/runtime/admit-planes.ts';
import { attempts, runStages } from '../../functions/runtime/run-stages.ts';
import type { ModelInput } from '../../functions/stages/predict/channel.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { type Entry, folderEntries } from './entries.ts';
import type { RunInputs } from './inputs.ts';
import type { RunOutput } from './output.ts';
import { RunProgress } from './progress.ts';
import { type ResultFiles, resultFiles } from './results.ts';

export interface RunPlan {
  inputs: RunInputs;
  output: RunOutput;
  engine: Predictor & Segmenter;
  input: ModelInput;
  settings: JobSettings;
  workers: number;
  /** Bytes that planes in flight may use together. */
  memoryLimit: number;
  failFast: boolean;
}

const ref: JobRef = { owner: 'local', id: 'run' };
const batch = 5000;
/** Rows of the table at the end; the rest is in summary.csv. */
const shown = 20;

/**
 * Runs one job through the stages of this machine. The job table lives in memory: what continues an interrupted run are
 * the results themselves, each of which says of which bytes, model and settings it is.
 */
export async function runJob(plan: RunPlan, { io, signal: interruption, version }: CommandContext): Promise<void> {
  const { inputs, output, settings, engine } = plan;
  const startedMs = performance.now();
  const entries = inputs.kind === 'files' ? folderEntries(inputs.files) : [];
  const bytes = inputs.kind === 'zip' ? inputs.bytes : entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const { name: model, version: modelVersion } = engine.model;
  io.emit('run.started', {
    files: Math.max(entries.length, 1),
    bytes,
    model,
    modelVersion,
    workers: plan.workers,
    out: output.folder,
  });

  const results = resultFiles(output.folder);
  using database = openLocalDatabase(':memory:');
  const progress = new RunProgress(io);
  const jobs = announcing(localJobStore(database, systemClock), (files) => {
    results.register(files.map(({ path }) => path));
    progress.expect(files);
  });
  const queue = localQueue(database, systemClock, attempts);
  const files = new Map(entries.flatMap(({ path, file }) => (file === undefined ? [] : [[path, file] as const])));
  await using objects = await openObjects(plan, files, results);
  const ports = { objects, jobs, queue, clock: systemClock };

  const stop = new AbortController();
  const named = new Set<string>();
  const nameFailed = (path: string, { code, message }: StoredFailure) => {
    if (named.has(path)) return;
    named.add(path);
    io.emit('run.failed', { path, code, message });
    progress.failed(path);
    if (plan.failFast) stop.abort(new UserError('stoppedEarly', { path, reason: message }));
  };

  await jobs.create({ ...ref, name: inputs.name, settings });
  if (inputs.kind === 'zip') {
    await objects.removeAll('inputs', jobPrefix(ref)); // of a killed run: unzip would not announce them again
    io.emit('run.unpacking', { archive: inputs.file, bytes });
    await submitArchive(ref, basename(inputs.file), ports);
  } else {
    await register(entries, ports, nameFailed);
    await sealAndAdvance(ref, ports);
  }
  await runStages(
    {
      ports,
      model: async () => ({ engine, input: plan.input }),
      version,
      files: plan.workers + 1, // one more than is worked on, so that the next image is read meanwhile
      planesAhead: plan.workers + 1,
      admit: admitPlanes(plan.memoryLimit),
      async sibling({ path }, name) {
        const file = files.get(path);
        return file === undefined ? undefined : besideFile(file).sibling?.(name);
      },
      onPlane: ({ path }, done, total) => progress.plane(path, done / total),
      onFile(message, outcome) {
        if (typeof outcome === 'string') return;
        if ('summary' in outcome) progress.file(outcome.summary, outcome.reused);
        else nameFailed(message.path, outcome.failed);
      },
      onUnpacked(result) {
        if (typeof result === 'object' && 'skipped' in result)
          for (const path of result.skipped) io.emit('run.ignored', { path, reason: 'left by Finder or Explorer' });
      },
      onTrouble({ stage, attempt, error, body }) {
        if (error instanceof Failure && error.code === 'noSpace') return stop.abort(error);
        const path = body !== undefined && 'path' in body ? body.path : stage;
        io.emit('run.retried', { path, attempt, message: error instanceof Error ? error.message : String(error) });
      },
    },
    { signal: AbortSignal.any([interruption, stop.signal]), until: ref },
  );
  if (interruption.aborted)
    throw new UserError('interrupted', { next: 'run the same command again: it continues where it stopped' });
  if (stop.signal.aborted) throw stop.signal.reason;
  const failed = allItems((page) => jobs.files(ref, { ...page, state: 'failed' }));
  for await (const file of failed) nameFailed(file.path, file.failure!);
  if (inputs.kind === 'zip') await objects.removeAll('inputs', jobPrefix(ref)); // unpacked copies: their results are whole

  const job = (await jobs.get(ref))!;
  const images = progress.images
    .map(({ summary }) => ({
      path: summary.path,
      labels: results.nameOf(summary.path, 'labels.tif'),
      planes: predictedPlanes(summary),
      objects: summary.objects,
      bytes: summary.bytes,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  io.emit('run.done', {
    out: output.folder,
    ...(settings.archive === true && { zip: join(output.folder, 'results.zip') }),
    files: job.expected,
    done: job.done,
    failed: job.failed,
    reused: progress.images.filter(({ reused }) => reused).length,
    objects: images.reduce((sum, image) => sum + image.objects, 0),
    seconds: (performance.now() - startedMs) / 1000,
    images,
    shown,
  });
  if (job.failed > 0)
    throw new UserError('filesFailed', {
      failed: job.failed,
      total: job.expected,
      where: join(output.folder, 'errors.csv'),
    });
  if (job.state === 'failed')
    throw new UserError('jobFailed', { name: inputs.name, reason: job.failure?.message ?? 'unknown' });
}

/** The same job table, which tells which files it is given. */
const announcing = (
  jobs: JobStore,
  announce: (files: readonly { path: string; bytes: number }[]) => void,
): JobStore => ({
  ...jobs,
  expect(job, files) {
    announce(files);
    return jobs.expect(job, files);
  },
});

/** Images are read where they lie, results written where they are wanted; the rest lies in the work folder. */
async function openObjects({ inputs, output }: RunPlan, images: ReadonlyMap<string, string>, results: ResultFiles) {
  const temporary = join(output.work, 'temporary');
  await rm(temporary, { recursive: true, force: true }); // left by a killed run
  const base = await openLocalObjectStore({ root: join(output.work, 'store') });
  return fileOverlay(base, {
    temporary,
    fileOf({ bucket, key }) {
      const { path } = splitKey(key);
      if (bucket === 'uploads' && inputs.kind === 'zip') return { path: inputs.file, writable: false };
      const image = bucket === 'inputs' ? images.get(path) : undefined;
      if (image !== undefined) return { path: image, writable: false };
      const result = results.fileOf(bucket, path);
      return result === undefined ? undefined : { path: result, writable: true };
    },
  });
}

/** Registers every input, then sends the images to predict and finishes the others with their reason. */
async function register(
  entries: readonly Entry[],
  ports: Ports,
  nameFailed: (path: string, failure: StoredFailure) => void,
): Promise<void> {
  for (const some of batchesOf(entries, batch)) await ports.jobs.expect(ref, some);
  const images = entries.filter(({ refused }) => refused === undefined);
  for (const some of batchesOf(images, batch))
    await ports.queue.send(
      'files',
      some.map(({ path }) => ({ ...ref, path })),
    );
  for (const entry of entries) {
    if (entry.refused === undefined) continue;
    await finishAndAdvance(ref, entry.path, { state: 'failed', failure: entry.refused }, ports);
    nameFailed(entry.path, entry.refused);
  }
}
