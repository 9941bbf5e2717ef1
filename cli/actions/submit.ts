import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../functions/contract/schemas.ts';
import { classifyPath } from '../../functions/core/classify-path.ts';
import type { FailureCode } from '../../functions/core/errors.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { archivePath } from '../../functions/core/object-keys.ts';
import { isTerminal } from '../../functions/core/transitions.ts';
import { connect } from '../client/connect.ts';
import type { ServiceClient } from '../client/service-client.ts';
import { uploadAll } from '../client/upload.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { folderEntries } from '../run/entries.ts';
import { collectInputs, type RunInputs } from '../run/inputs.ts';
import type { InputFile } from '../run/walk-folder.ts';
import { fetchResults, filesOf } from './jobs.ts';

export interface SubmitOptions {
  url: string;
  output: string;
  model?: string;
  channel?: string;
  prob?: boolean;
  wait: boolean;
}

/** Sends images to a service, waits, and unpacks the results. Throws when a file failed, after all results are there. */
export async function submit(args: readonly string[], options: SubmitOptions, context: CommandContext): Promise<void> {
  const { io, signal, cwd } = context;
  const startedMs = performance.now();
  const folder = resolve(cwd, options.output);
  const inputs = await collectInputs(args, { cwd, output: folder });
  const files = inputsOf(inputs);
  const unreadable = unreadableOf(inputs);
  if (files.length === 0) throw new UserError('nothingToDo', { inputs: args.join(', ') });
  const { client, origin, config } = await connect(options.url, context);

  const wanted = {
    name: inputs.name,
    ...(options.model !== undefined && { model: options.model }),
    ...(options.channel !== undefined && { channel: options.channel }),
    ...(options.prob === true && { probabilities: true }),
    ...(inputs.kind === 'zip' ? { source: 'zip', archiveBytes: inputs.bytes } : { source: 'files' }),
  };
  const request = await rememberRequest(folder, {
    origin,
    wanted,
    files: files.map(({ path, bytes }) => [path, bytes]),
  });
  try {
    const name = nameOnce(io);
    for (const { path, refused } of unreadable) name(path, refused!);
    let job = await client.createJob(wanted, request.key);
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    io.emit('submit.started', { job: job.id, url: origin, files: files.length, bytes, continued: request.known });
    if (job.state === 'uploading') {
      await send(client, job.id, { files, bytes, filesPerCall: config.limits.filesPerCall, name }, context);
      job = await client.submit(job.id);
    }
    if (!options.wait) return io.emit('jobs.changed', { job: job.id, state: job.state });
    job = await waitFor(client, job, context);
    await settle(client, job, { folder, startedMs, name, unreadable: unreadable.length }, context);
    await request.forget();
  } catch (error) {
    if (signal.aborted)
      throw new UserError('interrupted', { next: 'run the same command again: it sends only what is missing' });
    throw error;
  }
}

/** What the service is asked to take: it names what is no image as left out. */
const inputsOf = (inputs: RunInputs): InputFile[] =>
  inputs.kind === 'zip'
    ? [{ file: inputs.file, path: archivePath, bytes: inputs.bytes }]
    : inputs.files.filter(({ path, trouble }) => trouble === undefined || classifyPath(path).kind === 'leftOut');

/** Images and folders that cannot be read here: the service never learns of them. */
const unreadableOf = (inputs: RunInputs): ReturnType<typeof folderEntries> =>
  inputs.kind === 'zip'
    ? []
    : folderEntries(inputs.files).filter(({ refused }) => refused?.code === ('imageUnreadable' satisfies FailureCode));

type NameFile = (path: string, failure: StoredFailure) => void;

/** Names each file that has no result once, though the upload and the job both report it. */
function nameOnce(io: CommandContext['io']): NameFile {
  const named = new Set<string>();
  return (path, { code, message }) => {
    if (named.has(path)) return;
    named.add(path);
    io.emit(code === ('imageLeftOut' satisfies FailureCode) ? 'run.leftOut' : 'run.failed', { path, code, message });
  };
}

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
  {
    files,
    bytes: totalBytes,
    filesPerCall,
    name,
  }: { files: readonly InputFile[]; bytes: number; filesPerCall: number; name: NameFile },
  { io, signal }: CommandContext,
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
      refused: ({ path }, code, message) => name(classifyPath(path).path, { code, message }),
      bytes(count) {
        bytes += count;
        tell();
      },
    },
  });
}

const pollMs = 1000;

async function waitFor(client: ServiceClient, first: JobView, { io, signal }: CommandContext): Promise<JobView> {
  for (let job = first; ; job = await client.job(first.id)) {
    const { expected, done, failed, leftOut } = job.counts;
    io.emit('submit.waiting', { job: job.id, state: job.state, expected, done, failed, leftOut });
    if (isTerminal(job)) return job;
    await sleep(pollMs, undefined, { signal });
  }
}

async function settle(
  client: ServiceClient,
  job: JobView,
  { folder, startedMs, name, unreadable }: { folder: string; startedMs: number; name: NameFile; unreadable: number },
  { io, signal }: CommandContext,
): Promise<void> {
  const { expected, done, failed, leftOut } = job.counts;
  for (const state of ['failed', 'leftOut'] as const)
    for (const { path, failure } of await filesOf(client, job.id, state))
      name(path, { code: failure?.code ?? '', message: failure?.message ?? '' });
  if (job.state === 'cancelled' || job.state === 'expired')
    throw new UserError('jobFailed', { name: job.name, reason: `it is ${job.state}` });
  if (job.failure !== undefined && failed < expected - leftOut)
    throw new UserError('jobFailed', { name: job.name, reason: job.failure.message });
  await fetchResults(client, job.id, folder, signal);
  io.emit('submit.done', {
    job: job.id,
    out: folder,
    files: expected + unreadable,
    done,
    failed: failed + unreadable,
    leftOut,
    seconds: (performance.now() - startedMs) / 1000,
  });
  if (failed + unreadable === 0) return;
  const total = expected - leftOut + unreadable;
  throw new UserError('filesFailed', { failed: failed + unreadable, total, where: join(folder, 'errors.csv') });
}
