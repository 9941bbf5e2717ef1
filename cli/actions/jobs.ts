import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileView, JobView } from '../../functions/contract/jobs.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import { listResults, unpackResults } from '../../functions/runtime/unpack-results.ts';
import { type Connection, connect } from '../client/connect.ts';
import { fetchDownload } from '../client/download.ts';
import { type DownloadFolder, openDownloadFolder } from '../client/download-folder.ts';
import type { ServiceClient } from '../client/service-client.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OnService {
  url: string;
}

export async function listJobs(
  { url, search, shared = false }: OnService & { search?: string; shared?: boolean },
  context: CommandContext,
): Promise<void> {
  const { client } = await connect(url, context);
  const jobs: JobView[] = [];
  const list = ({ cursor }: { cursor?: string }) =>
    shared ? client.call('listShared', { query: { cursor } }) : client.call('listJobs', { query: { cursor, search } });
  for await (const job of allItems(list)) jobs.push(job);
  context.io.emit('jobs.listed', { jobs });
}

/** Files that have not ended, of which those on machines are named: a job may have a hundred thousand. */
const mostPending = 5000;

export async function showJob(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client, config } = await connect(url, context);
  const job = await client.call('showJob', { params: { id } });
  const { machines } = config;
  const [failed, leftOut, pending] = await Promise.all([
    filesOf(client, id, 'failed'),
    filesOf(client, id, 'leftOut'),
    machines === undefined || job.counts.pending === 0 ? [] : filesOf(client, id, 'pending', mostPending),
  ]);
  const onMachines = pending.filter(({ machine }) => machine !== undefined);
  context.io.emit('jobs.shown', { job, failed, leftOut, onMachines, ...(machines && { machines }) });
}

export async function downloadJob(
  id: string,
  {
    url,
    output,
    overwrite = false,
    corrected = false,
  }: OnService & { output: string; overwrite?: boolean; corrected?: boolean },
  context: CommandContext,
): Promise<void> {
  const connection = await connect(url, context);
  const job = await connection.client.call('showJob', { params: { id } });
  const folder = resolve(context.cwd, output);
  await using held = await openDownloadFolder(folder, overwrite);
  await held.admit({ service: connection.origin, job: corrected ? correctedName(id) : id });
  const files = await fetchResults(connection, corrected ? { ...job, labels: 'corrected' } : job, held, context);
  context.io.emit('jobs.fetched', { job: id, out: folder, files: files.length });
}

export async function retryJob(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const { state } = await client.call('retryJob', { params: { id } });
  context.io.emit('jobs.changed', { job: id, state });
}

/** Archived results come back by themselves; how long that takes, the job says. */
export async function restoreJob(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const { storage } = await client.call('restoreJob', { params: { id } });
  const isAway = storage !== undefined && storage.state !== 'live';
  context.io.emit('jobs.restore', { job: id, asked: isAway, ...(storage?.readyBy && { readyBy: storage.readyBy }) });
}

/** Another name or note; an empty note takes it away. */
export async function describeJob(
  id: string,
  words: { name?: string; note?: string },
  { url }: OnService,
  context: CommandContext,
): Promise<void> {
  const { client } = await connect(url, context);
  context.io.emit('jobs.described', { job: await client.call('describeJob', { params: { id }, body: words }) });
}

/** Deleting cannot be taken back: a user at a terminal must say so, or --yes. All are looked up before the first goes. */
export async function deleteJobs(ids: readonly string[], { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const jobs: JobView[] = [];
  for (const id of new Set(ids)) jobs.push(await client.call('showJob', { params: { id } }));
  const names = jobs.map(({ name, counts }) => `${name} (${counts.expected} files)`).join(', ');
  const theirs = jobs.length === 1 ? 'its' : 'their';
  if (!(await context.confirm(`Delete ${names} with ${theirs} images and results?`)))
    throw new UserError('declined', { command: 'delete' });
  for (const { id } of jobs) {
    await client.call('deleteJob', { params: { id } });
    context.io.emit('jobs.changed', { job: id, state: 'deleted' });
  }
}

/** What an output folder says it has, so that results with corrections and without never mix. */
const correctedName = (id: string): string => `${id} (corrected)`;

/**
 * Fetches the zip of a job beside the results, unpacks it, and removes it. Throws `outputTaken` where files of others
 * would be replaced; none is then.
 */
export async function fetchResults(
  { client, origin }: Pick<Connection, 'client' | 'origin'>,
  { id, generation, labels = 'original' }: Pick<JobView, 'id' | 'generation'> & { labels?: 'original' | 'corrected' },
  output: DownloadFolder,
  { io, signal }: Pick<CommandContext, 'io' | 'signal'>,
): Promise<string[]> {
  const params = { id };
  const round = labels === 'corrected' ? (await client.call('showCorrections', { params })).round?.number : undefined;
  const of = round === undefined ? `${generation}` : `corrected-${round}`;
  const zip = join(output.work, `${id}.${of}.zip`); // a retry makes another: no part of this one is continued
  await fetchDownload(
    () => client.call('signDownload', { params, ...(round !== undefined && { query: { labels } }) }),
    zip,
    signal,
  );
  try {
    await output.begin(
      { service: origin, job: labels === 'corrected' ? correctedName(id) : id },
      await listResults(zip),
      signal,
    );
  } catch (error) {
    if (error instanceof UserError) await rm(zip);
    throw error;
  }
  const files = await unpackResults(zip, output.folder, join(output.work, 'temporary'), signal);
  const removed = await output.finish();
  if (removed.length > 0)
    io.emit('run.stale', { out: output.folder, count: removed.length, files: removed.slice(0, 20), fate: 'removed' });
  await rm(zip);
  return files;
}

/** In order of their paths; `most`: whether there are more is not said. */
export async function filesOf(
  client: ServiceClient,
  id: string,
  state: FileView['state'],
  most = Number.POSITIVE_INFINITY,
): Promise<FileView[]> {
  const files: FileView[] = [];
  for await (const file of allItems((page) => client.call('listFiles', { params: { id }, query: { ...page, state } })))
    if (files.push(file) >= most) break;
  return files;
}
