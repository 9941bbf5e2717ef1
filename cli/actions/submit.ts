import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../functions/core/contract.ts';
import { archivePath } from '../../functions/core/keys.ts';
import { isNoise } from '../../functions/core/paths.ts';
import { isTerminal } from '../../functions/core/transitions.ts';
import { connect } from '../client/connect.ts';
import type { ServiceClient } from '../client/service-client.ts';
import { uploadAll } from '../client/upload.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';
import { failedFiles, fetchResults } from './jobs.ts';
import { collectInputs, type InputFile, type RunInputs } from './run-inputs.ts';

export interface SubmitOptions {
  url: string;
  output: string;
  model?: string;
  channel?: string;
  diameter?: number;
  prob?: boolean;
  wait: boolean;
}

/** Sends images to a service, waits, and unpacks the results. Throws when a file failed, after all results are there. */
export async function submit(args: readonly string[], options: SubmitOptions, services: Services): Promise<void> {
  const { io, signal, cwd } = services;
  const startedMs = performance.now();
  const folder = resolve(cwd, options.output);
  const inputs = await collectInputs(args, { cwd, output: folder });
  const files = filesOf(inputs);
  if (files.length === 0) throw new UserError('nothingToDo', [args.join(', ')]);
  const { client, origin, config } = await connect(options.url, services);

  const wanted = {
    name: inputs.name,
    ...(options.model !== undefined && { model: options.model }),
    ...(options.channel !== undefined && { channel: options.channel }),
    ...(options.diameter !== undefined && { diameter: options.diameter }),
    ...(options.prob === true && { probabilities: true }),
    ...(inputs.kind === 'zip' ? { source: 'zip', archiveBytes: inputs.bytes } : { source: 'files' }),
  };
  const request = await rememberRequest(folder, {
    origin,
    wanted,
    files: files.map(({ path, bytes }) => [path, bytes]),
  });
  try {
    let job = await client.createJob(wanted, request.key);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    io.emit('submit.started', { job: job.id, url: origin, files: files.length, bytes, continued: request.known });
    if (job.state === 'uploading') {
      await send(client, job.id, files, bytes, config.limits.filesPerCall, services);
      job = await client.submit(job.id);
    }
    if (!options.wait) return io.emit('jobs.changed', { job: job.id, state: job.state });
    job = await waitFor(client, job, services);
    await settle(client, job, folder, services, startedMs);
    await request.forget();
  } catch (error) {
    if (signal.aborted)
      throw new UserError('interrupted', ['run the same command again: it sends only what is missing']);
    throw error;
  }
}

const filesOf = (inputs: RunInputs): InputFile[] =>
  inputs.kind === 'zip'
    ? [{ file: inputs.file, path: archivePath, bytes: inputs.bytes }]
    : inputs.files.filter(({ path }) => !isNoise(path));

/**
 * The key under which the job is made, kept in the output folder: the same command finds its job again, even one whose
 * answer was lost. Other inputs or settings are another job.
 */
async function rememberRequest(folder: string, request: object) {
  const file = join(folder, '.labdeploy', 'submit.json');
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex');
  const kept = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as { digest: string; key: string },
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    },
  );
  const known = kept?.digest === digest;
  const key = known ? kept.key : randomUUID();
  if (!known) {
    await mkdir(join(folder, '.labdeploy'), { recursive: true });
    await writeFile(`${file}.new`, JSON.stringify({ digest, key }));
    await rename(`${file}.new`, file);
  }
  return { key, known, forget: () => rm(file, { force: true }) };
}

async function send(
  client: ServiceClient,
  job: string,
  files: readonly InputFile[],
  totalBytes: number,
  filesPerCall: number,
  { io, signal }: Services,
): Promise<void> {
  const startedMs = performance.now();
  let sent = 0;
  let bytes = 0;
  const tell = () =>
    io.emit('submit.uploading', {
      files: files.length,
      sent,
      bytes,
      totalBytes,
      seconds: (performance.now() - startedMs) / 1000,
    });
  await uploadAll(client, job, files, {
    filesPerCall,
    signal,
    report: {
      sent() {
        sent++;
        tell();
      },
      refused: ({ path }, code, message) => io.emit('run.failed', { path, code, message }),
      bytes(count) {
        bytes += count;
        tell();
      },
    },
  });
}

const pollMs = 1000;

async function waitFor(client: ServiceClient, first: JobView, { io, signal }: Services): Promise<JobView> {
  for (let job = first; ; job = await client.job(first.id)) {
    const { expected, done, failed } = job.counts;
    io.emit('submit.waiting', { job: job.id, state: job.state, expected, done, failed });
    if (isTerminal(job)) return job;
    await sleep(pollMs, undefined, { signal });
  }
}

async function settle(
  client: ServiceClient,
  job: JobView,
  folder: string,
  { io, signal }: Services,
  startedMs: number,
): Promise<void> {
  const { expected, done, failed } = job.counts;
  for (const { path, failure } of await failedFiles(client, job.id))
    io.emit('run.failed', { path, code: failure?.code ?? '', message: failure?.message ?? '' });
  if (job.state === 'cancelled' || job.state === 'expired')
    throw new UserError('jobFailed', [job.name, `it is ${job.state}`]);
  if (job.failure !== undefined && failed < expected) throw new UserError('jobFailed', [job.name, job.failure.message]);
  await fetchResults(client, job.id, folder, signal);
  io.emit('submit.done', {
    job: job.id,
    out: folder,
    files: expected,
    done,
    failed,
    seconds: (performance.now() - startedMs) / 1000,
  });
  if (failed > 0) throw new UserError('filesFailed', [String(failed), String(expected), join(folder, 'errors.csv')]);
}
