import { join } from 'node:path';
import { countedHow, objectsPerPlane, predictedPlanes } from '../../functions/core/counted-objects.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { imageFiles } from '../../functions/core/transitions.ts';
import type { BatchListener, BatchPlan, BatchResult } from '../../functions/runtime/batch/batch.ts';
import { runBatch } from '../../functions/runtime/batch/run-batch.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { folderEntries } from './entries.ts';
import type { RunInputs } from './inputs.ts';
import type { RunOutput } from './output.ts';
import { RunProgress } from './progress.ts';
import { settleResults } from './settle-results.ts';

export interface RunPlan extends Omit<BatchPlan, 'inputs' | 'folder' | 'work' | 'version'> {
  inputs: RunInputs;
  output: RunOutput;
  failFast: boolean;
}

/** Rows of the table at the end; the rest is in summary.csv. */
const maxShownFiles = 20;

/** Runs one job on this machine and shows what it does. Throws when a file failed, after all others are done. */
export async function runJob(plan: RunPlan, { io, signal: interruption, version }: CommandContext): Promise<void> {
  const { inputs, output, engine, failFast, ...work } = plan;
  const { settings } = plan;
  const startedMs = performance.now();
  const files = inputs.kind === 'files' ? folderEntries(inputs.files) : [];
  const taken = files.filter(({ leftOut }) => leftOut === undefined);
  const bytes = inputs.kind === 'zip' ? inputs.bytes : taken.reduce((sum, file) => sum + file.bytes, 0);
  const { name: model, version: modelVersion } = engine.model;
  io.emit('run.started', {
    files: inputs.kind === 'zip' ? 1 : files.length,
    leftOut: files.length - taken.length,
    bytes,
    model,
    modelVersion,
    workers: plan.workers,
    out: output.folder,
  });
  if (inputs.kind === 'zip') io.emit('run.unpacking', { archive: inputs.file, bytes });

  const progress = new RunProgress(io);
  const results = new Set<string>();
  const stop = new AbortController();
  const onFailed = (path: string, { message }: StoredFailure) => {
    if (failFast) stop.abort(new UserError('stoppedEarly', { path, reason: message }));
  };
  const result = await runBatch(
    {
      ...work,
      engine,
      inputs: inputs.kind === 'zip' ? inputs : { kind: 'files', name: inputs.name, files },
      folder: output.folder,
      work: output.work,
      version,
    },
    {
      ...runListener(io, progress, onFailed),
      done(summary, { files: made, reused }) {
        output.written.add(made, reused);
        for (const file of made) results.add(file);
        progress.file(summary, reused);
      },
    },
    AbortSignal.any([interruption, stop.signal]),
  );
  if (result === undefined) {
    if (!interruption.aborted) throw stop.signal.reason;
    throw new UserError('interrupted', { next: 'run the same command again: it continues where it stopped' });
  }
  const completed = result.job.state === 'completed';
  const regions = progress.images.some(({ summary }) => summary.regions !== undefined);
  await settleResults(output, { results, zip: settings.archive === true && completed, regions }, io);
  showResult(plan, result, progress, { io, seconds: (performance.now() - startedMs) / 1000 });
}

const runListener = (
  io: CommandContext['io'],
  progress: RunProgress,
  onFailed: BatchListener['failed'],
): Omit<BatchListener, 'done'> => ({
  expected: (files) => progress.expect(files),
  leftOut: (path, { code, message }) => io.emit('run.leftOut', { path, code, message }),
  plane: (path, done, total) => progress.plane(path, done / total),
  failed(path, failure) {
    const { code, message } = failure;
    io.emit('run.failed', { path, code, message });
    progress.failed(path);
    onFailed(path, failure);
  },
  retried(path, attempt, error) {
    io.emit('run.retried', { path, attempt, message: error instanceof Error ? error.message : String(error) });
  },
});

/** Throws `filesFailed` or `jobFailed` where the job did not do all of its work. */
function showResult(
  { inputs, output: { folder }, settings }: RunPlan,
  { job, labelsOf }: BatchResult,
  progress: RunProgress,
  { io, seconds }: { io: CommandContext['io']; seconds: number },
): void {
  const images = progress.images
    .map(({ summary }) => ({
      path: summary.path,
      labels: labelsOf(summary.path),
      planes: predictedPlanes(summary),
      ...(summary.objects !== undefined && { objects: summary.objects }),
      objectsPerPlane: objectsPerPlane(summary),
      counted: countedHow(summary),
      bytes: summary.bytes,
      regions: summary.regions?.list.length ?? 0,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  io.emit('run.done', {
    out: folder,
    ...(images.some(({ regions }) => regions > 0) && { regions: join(folder, 'regions.csv') }),
    ...(settings.archive === true && { zip: join(folder, 'results.zip') }),
    files: job.expected,
    done: job.done,
    failed: job.failed,
    leftOut: job.leftOut,
    reused: progress.images.filter(({ reused }) => reused).length,
    objects: images.reduce((sum, { objects = 0 }) => sum + objects, 0),
    seconds,
    images,
    shown: maxShownFiles,
  });
  if (job.failed > 0)
    throw new UserError('filesFailed', {
      failed: job.failed,
      total: imageFiles(job),
      where: join(folder, 'errors.csv'),
      again: 'run the same command again: finished files are not repeated',
    });
  if (job.state === 'failed')
    throw new UserError('jobFailed', { name: inputs.name, reason: job.failure?.message ?? 'unknown' });
}
