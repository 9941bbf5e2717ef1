import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import { announcedOf, type Selection, selectFiles } from '../../client/upload/select-files.ts';
import type { JobView, NewJobBody } from '../../functions/contract/jobs.ts';
import type { FailureCode } from '../../functions/core/errors.ts';
import type { StoredFailure } from '../../functions/core/job.ts';
import { choicesOf, type JobChoices } from '../../functions/core/job-choices.ts';
import { jobNameOf } from '../../functions/core/paths.ts';
import { isTerminal } from '../../functions/core/transitions.ts';
import { type Connection, connect } from '../client/connect.ts';
import { type DownloadFolder, openDownloadFolder } from '../client/download-folder.ts';
import { type RememberedFile, rememberRequest } from '../client/remembered-request.ts';
import type { ServiceClient } from '../client/service-client.ts';
import { identified, submittedFiles } from '../client/submitted-files.ts';
import { uploadAll } from '../client/upload.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { collectInputs } from '../run/inputs.ts';
import { fetchResults, filesOf } from './jobs.ts';

export interface SubmitOptions extends JobChoices {
  url: string;
  output: string;
  model?: string;
  prob?: boolean;
  rois?: boolean;
  ome?: boolean;
  zarr?: boolean;
  wait: boolean;
  overwrite?: boolean;
}

/** Sends images to a service, waits, and unpacks the results. Throws when a file failed, after all results are there. */
export async function submit(args: readonly string[], options: SubmitOptions, context: CommandContext): Promise<void> {
  const { io, signal, cwd } = context;
  const startedMs = performance.now();
  const folder = resolve(cwd, options.output);
  const inputs = await collectInputs(args, { cwd, output: folder });
  const { files, unreadable } = submittedFiles(inputs);
  if (files.length === 0) throw new UserError('nothingToDo', { inputs: args.join(', ') });
  const { client, origin, config } = await connect(options.url, context);
  const { limits } = await client.call('showMe');
  const selection = inputs.kind === 'zip' ? { send: files, notSent: [] } : selectFiles(files, limits);
  if (selection.send.length === 0) throw new UserError('nothingToDo', { inputs: args.join(', ') });

  const settings = { name: jobNameOf(inputs.name), ...settingsOf(options) };
  const remembered = await identified(selection);
  const wanted: NewJobBody =
    inputs.kind === 'zip'
      ? { ...settings, source: 'zip', archiveBytes: inputs.bytes, ...archiveIdentity(remembered) }
      : { ...settings, source: 'files', announced: announcedOf(selection) };
  await using output = await openDownloadFolder(folder, options.overwrite ?? false);
  const request = await rememberRequest(folder, { origin, wanted: { ...settings, source: wanted.source } }, remembered);
  if (!request.known) await output.admit({ service: origin }); // before anything is sent
  if (request.changed.length > 0) io.emit('submit.changed', { files: request.changed });
  const warned = warnedOf(selection);
  if (warned.length > 0) io.emit('submit.notSent', { files: warned });
  await request.keep();
  try {
    const name = nameOnce(io);
    for (const { path, failure } of unreadable) name(path, failure);
    let job = await client.call('createJob', { body: wanted, key: request.key });
    await output.admit({ service: origin, job: job.id });
    const started = { files: selection.send.length, bytes: sumOf(selection.send), continued: request.known };
    io.emit('submit.started', { job: job.id, url: origin, ...started });
    if (job.state === 'uploading') {
      await send({ client, config, origin }, job.id, { ...selection, name }, context);
      job = await client.call('submitJob', { params: { id: job.id } });
    }
    if (config.machines !== undefined) io.emit('submit.machines', config.machines);
    if (!options.wait) return io.emit('jobs.changed', { job: job.id, state: job.state });
    job = await waitFor(client, job, context);
    await settle({ client, origin }, job, { output, startedMs, name, unreadable: unreadable.length }, context);
    await request.forget();
  } catch (error) {
    if (signal.aborted)
      throw new UserError('interrupted', { next: 'run the same command again: it sends only what is missing' });
    throw error;
  }
}

const settingsOf = ({ model, prob, ...options }: SubmitOptions) => ({
  ...(model !== undefined && { model }),
  ...choicesOf(options),
  ...(prob === true && { probabilities: true }),
});

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

/** What is worth a warning before anything is sent: not what the system and other programs hide. */
const warnedOf = ({ notSent }: Selection<Outgoing>) => notSent.filter(({ reason }) => reason !== 'hidden');

const sumOf = (files: readonly { bytes: number }[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

const archiveIdentity = ([file]: readonly RememberedFile[]) =>
  typeof file?.[2] === 'string' ? { archiveIdentity: file[2] } : {};

async function send(
  { client, config, origin }: Connection,
  job: string,
  { name, ...selection }: Selection<Outgoing> & { name: NameFile },
  { io, signal }: CommandContext,
): Promise<void> {
  const startedMs = performance.now();
  const [files, totalBytes] = [selection.send.length, sumOf(selection.send)];
  const known = new Set(warnedOf(selection).map(({ path }) => path));
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
        if (!known.has(path)) name(path, { code, message });
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
    const { expected, done, failed, leftOut } = job.counts;
    io.emit('submit.waiting', { job: job.id, state: job.state, expected, done, failed, leftOut });
    if (isTerminal(job)) return job;
    await sleep(pollMs, undefined, { signal });
  }
}

async function settle(
  { client, origin }: Omit<Connection, 'config'>,
  job: JobView,
  {
    output,
    startedMs,
    name,
    unreadable,
  }: { output: DownloadFolder; startedMs: number; name: NameFile; unreadable: number },
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
  await fetchResults({ client, origin }, job, output, { io, signal });
  io.emit('submit.done', {
    job: job.id,
    out: output.folder,
    files: expected + unreadable,
    done,
    failed: failed + unreadable,
    leftOut,
    seconds: (performance.now() - startedMs) / 1000,
  });
  if (failed + unreadable === 0) return;
  const total = expected - leftOut + unreadable;
  throw new UserError('filesFailed', {
    failed: failed + unreadable,
    total,
    where: join(output.folder, 'errors.csv'),
    again: 'run the same command again with --overwrite or another folder (-o): it begins a new job',
  });
}
