import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileError } from '../../client/upload/file-error.ts';
import { identityOf } from '../../client/upload/identity.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import { type Selection, selectFiles } from '../../client/upload/select-files.ts';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import type { JobView, NewJobBody } from '../../functions/contract/schemas.ts';
import { archivePath } from '../../functions/core/object-keys.ts';
import { isNoise } from '../../functions/core/paths.ts';
import { isTerminal } from '../../functions/core/transitions.ts';
import { type Connection, connect } from '../client/connect.ts';
import { type RememberedFile, rememberRequest } from '../client/remembered-request.ts';
import type { ServiceClient } from '../client/service-client.ts';
import { outgoing, uploadAll } from '../client/upload.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { collectInputs, type RunInputs } from '../run/inputs.ts';
import { failedFiles, fetchResults } from './jobs.ts';

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
  const files = filesOf(inputs);
  if (files.length === 0) throw new UserError('nothingToDo', { inputs: args.join(', ') });
  const { client, origin, config } = await connect(options.url, context);
  const { limits } = await client.call('showMe');
  const selection = inputs.kind === 'zip' ? { send: files, notSent: [] } : selectFiles(files, limits);
  if (selection.send.length === 0) throw new UserError('nothingToDo', { inputs: args.join(', ') });

  const settings = {
    name: inputs.name,
    ...(options.model !== undefined && { model: options.model }),
    ...(options.channel !== undefined && { channel: options.channel }),
    ...(options.prob === true && { probabilities: true }),
  };
  const remembered = await identified(files);
  const wanted: NewJobBody =
    inputs.kind === 'zip'
      ? { ...settings, source: 'zip', archiveBytes: inputs.bytes, ...archiveIdentity(remembered) }
      : { ...settings, source: 'files', announced: files.length };
  const request = await rememberRequest(folder, { origin, wanted: { ...settings, source: wanted.source } }, remembered);
  if (request.changed.length > 0) io.emit('submit.changed', { files: request.changed });
  if (selection.notSent.length > 0) io.emit('submit.notSent', { files: selection.notSent });
  try {
    let job = await client.call('createJob', { body: wanted, key: request.key });
    const started = { files: selection.send.length, bytes: sumOf(selection.send), continued: request.known };
    io.emit('submit.started', { job: job.id, url: origin, ...started });
    if (job.state === 'uploading') {
      await send({ client, config, origin }, job.id, selection, context);
      job = await client.call('submitJob', { params: { id: job.id } });
    }
    if (!options.wait) return io.emit('jobs.changed', { job: job.id, state: job.state });
    job = await waitFor(client, job, context);
    await settle(client, job, { folder, startedMs }, context);
    await request.forget();
  } catch (error) {
    if (signal.aborted)
      throw new UserError('interrupted', { next: 'run the same command again: it sends only what is missing' });
    throw error;
  }
}

const filesOf = (inputs: RunInputs): Outgoing[] =>
  inputs.kind === 'zip'
    ? [outgoing({ file: inputs.file, path: archivePath, bytes: inputs.bytes })]
    : inputs.files.filter(({ path }) => !isNoise(path)).map(outgoing);

const sumOf = (files: readonly { bytes: number }[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

const archiveIdentity = ([file]: readonly RememberedFile[]) =>
  typeof file?.[2] === 'string' ? { archiveIdentity: file[2] } : {};

/** Files read at once. */
const readsAtOnce = 8;

async function identified(files: readonly Outgoing[]): Promise<RememberedFile[]> {
  const found: RememberedFile[] = [];
  await forEachLimit(files.entries(), readsAtOnce, async ([i, file]) => {
    const identity = await identityOf(file).catch((error: unknown) => {
      if (error instanceof FileError) return null; // said when it is to be sent
      throw error;
    });
    found[i] = [file.path, file.bytes, identity];
  });
  return found;
}

async function send(
  { client, config, origin }: Connection,
  job: string,
  selection: Selection<Outgoing>,
  { io, signal }: CommandContext,
): Promise<void> {
  const startedMs = performance.now();
  const [files, totalBytes] = [selection.send.length, sumOf(selection.send)];
  const known = new Set(selection.notSent.map(({ path }) => path));
  let sent = 0;
  let bytes = 0;
  const tell = () => {
    const seconds = (performance.now() - startedMs) / 1000;
    io.emit('submit.uploading', { files, sent, bytes, totalBytes, seconds });
  };
  await uploadAll(client, job, selection, {
    filesPerCall: config.limits.filesPerCall,
    origin,
    signal,
    report: {
      sent() {
        sent++;
        tell();
      },
      refused(path, code, message) {
        if (!known.has(path)) io.emit('run.failed', { path, code, message });
      },
      bytes(count) {
        bytes += count;
        tell();
      },
    },
  });
}

const pollMs = 1000;

async function waitFor(client: ServiceClient, first: JobView, { io, signal }: CommandContext): Promise<JobView> {
  for (let job = first; ; job = await client.call('showJob', { params: { id: first.id } })) {
    const { expected, done, failed } = job.counts;
    io.emit('submit.waiting', { job: job.id, state: job.state, expected, done, failed });
    if (isTerminal(job)) return job;
    await sleep(pollMs, undefined, { signal });
  }
}

async function settle(
  client: ServiceClient,
  job: JobView,
  { folder, startedMs }: { folder: string; startedMs: number },
  { io, signal }: CommandContext,
): Promise<void> {
  const { expected, done, failed } = job.counts;
  for (const { path, failure } of await failedFiles(client, job.id))
    io.emit('run.failed', { path, code: failure?.code ?? '', message: failure?.message ?? '' });
  if (job.state === 'cancelled' || job.state === 'expired')
    throw new UserError('jobFailed', { name: job.name, reason: `it is ${job.state}` });
  if (job.failure !== undefined && failed < expected)
    throw new UserError('jobFailed', { name: job.name, reason: job.failure.message });
  await fetchResults(client, job.id, folder, signal);
  io.emit('submit.done', {
    job: job.id,
    out: folder,
    files: expected,
    done,
    failed,
    seconds: (performance.now() - startedMs) / 1000,
  });
  if (failed > 0) throw new UserError('filesFailed', { failed, total: expected, where: join(folder, 'errors.csv') });
}
