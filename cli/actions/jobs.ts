import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileView, JobView } from '../../functions/contract/schemas.ts';
import { allItems } from '../../functions/object-streams/all-pages.ts';
import { unpackResults } from '../../functions/runtime/unpack-results.ts';
import { connect } from '../client/connect.ts';
import { fetchDownload } from '../client/download.ts';
import type { ServiceClient } from '../client/service-client.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';

interface OnService {
  url: string;
}

export async function listJobs({ url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const jobs: JobView[] = [];
  for await (const job of allItems(({ cursor }) => client.call('listJobs', { query: { cursor } }))) jobs.push(job);
  context.io.emit('jobs.listed', { jobs });
}

export async function showJob(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const job = await client.call('showJob', { params: { id } });
  const [failed, leftOut] = await Promise.all([filesOf(client, id, 'failed'), filesOf(client, id, 'leftOut')]);
  context.io.emit('jobs.shown', { job, failed, leftOut });
}

export async function downloadJob(
  id: string,
  { url, output }: OnService & { output: string },
  context: CommandContext,
): Promise<void> {
  const { client } = await connect(url, context);
  const folder = resolve(context.cwd, output);
  const files = await fetchResults(client, id, folder, context.signal);
  context.io.emit('jobs.fetched', { job: id, out: folder, files: files.length });
}

export async function retryJob(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const { state } = await client.call('retryJob', { params: { id } });
  context.io.emit('jobs.changed', { job: id, state });
}

/** Deleting cannot be taken back: a user at a terminal must say so, or --yes. */
export async function deleteJob(id: string, { url }: OnService, context: CommandContext): Promise<void> {
  const { client } = await connect(url, context);
  const job = await client.call('showJob', { params: { id } });
  if (!(await context.confirm(`Delete ${job.name} (${job.counts.expected} files) with its images and results?`)))
    throw new UserError('declined', { command: 'delete' });
  await client.call('deleteJob', { params: { id } });
  context.io.emit('jobs.changed', { job: id, state: 'deleted' });
}

/** Fetches the zip of a job beside the results, unpacks it, and removes it. */
export async function fetchResults(
  client: ServiceClient,
  id: string,
  folder: string,
  signal: AbortSignal,
): Promise<string[]> {
  const work = join(folder, '.labdeploy');
  const zip = join(work, `${id}.zip`);
  await fetchDownload(() => client.call('signDownload', { params: { id } }), zip, signal);
  const files = await unpackResults(zip, folder, join(work, 'temporary'), signal);
  await rm(zip);
  return files;
}

export async function filesOf(client: ServiceClient, id: string, state: FileView['state']): Promise<FileView[]> {
  const files: FileView[] = [];
  for await (const file of allItems((page) => client.call('listFiles', { params: { id }, query: { ...page, state } })))
    files.push(file);
  return files;
}
