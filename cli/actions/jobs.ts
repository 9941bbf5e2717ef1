import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { FileView, JobView } from '../../functions/core/contract.ts';
import { allItems } from '../../functions/ports/all-pages.ts';
import { connect } from '../client/connect.ts';
import { fetchDownload, unpackInto } from '../client/download.ts';
import type { ServiceClient } from '../client/service-client.ts';
import { UserError } from '../errors.ts';
import type { Services } from '../program.ts';

interface OnService {
  url: string;
}

export async function listJobs({ url }: OnService, services: Services): Promise<void> {
  const { client } = await connect(url, services);
  const jobs: JobView[] = [];
  for await (const job of allItems(({ cursor }) => client.jobs(cursor))) jobs.push(job);
  services.io.emit('jobs.listed', { jobs });
}

export async function showJob(id: string, { url }: OnService, services: Services): Promise<void> {
  const { client } = await connect(url, services);
  const job = await client.job(id);
  services.io.emit('jobs.shown', { job, failed: await failedFiles(client, id) });
}

export async function downloadJob(
  id: string,
  { url, output }: OnService & { output: string },
  services: Services,
): Promise<void> {
  const { client } = await connect(url, services);
  const folder = resolve(services.cwd, output);
  const files = await fetchResults(client, id, folder, services.signal);
  services.io.emit('jobs.fetched', { job: id, out: folder, files: files.length });
}

export async function retryJob(id: string, { url }: OnService, services: Services): Promise<void> {
  const { client } = await connect(url, services);
  const { state } = await client.retry(id);
  services.io.emit('jobs.changed', { job: id, state });
}

/** Deleting cannot be taken back: somebody at a terminal must say so, or --yes. */
export async function deleteJob(id: string, { url }: OnService, services: Services): Promise<void> {
  const { client } = await connect(url, services);
  const job = await client.job(id);
  if (!(await services.confirm(`Delete ${job.name} (${job.counts.expected} files) with its images and results?`)))
    throw new UserError('declined', { command: 'delete' });
  await client.deleteJob(id);
  services.io.emit('jobs.changed', { job: id, state: 'deleted' });
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
  await fetchDownload(() => client.download(id), zip, signal);
  const files = await unpackInto(zip, folder, join(work, 'temporary'), signal);
  await rm(zip);
  return files;
}

export async function failedFiles(client: ServiceClient, id: string): Promise<FileView[]> {
  const failed: FileView[] = [];
  for await (const file of allItems((page) => client.files(id, { ...page, state: 'failed' }))) failed.push(file);
  return failed;
}
