import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { downloadJob } from '../../../cli/actions/jobs.ts';
import { openDownloadFolder } from '../../../cli/client/download-folder.ts';
import type { CommandContext } from '../../../cli/context.ts';
import { openOutput, type RunIdentity } from '../../../cli/run/output.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import type { Download } from '../../../functions/contract/results.ts';
import type { PublicConfig } from '../../../functions/contract/service.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';
import { buildZip } from '../../support/zip-builder.ts';

const [day1, day2] = ['11111111-day1', '22222222-day2'] as const;
const time = '2026-01-01T00:00:00.000Z';

interface Job {
  generation: number;
  results: Record<string, string>;
}

/** A service with finished jobs: answers what `jobs download` asks it. */
async function serviceWith(jobs: Record<string, Job>) {
  const zipOf = ({ results }: Job) =>
    buildZip({ entries: Object.entries(results).map(([name, text]) => ({ name, data: Buffer.from(text) })) });
  const server = createServer((request, response) => {
    const [, version, , id = '', rest] = request.url!.split('/');
    const job = jobs[id]!;
    if (version === 'zip') return response.end(zipOf(jobs[request.url!.split('/')[2]!]!));
    const answer =
      request.url === '/v1/config' ? configOf(origin) : rest === 'download' ? downloadOf(id, job) : viewOf(id, job);
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const downloadOf = (id: string, job: Job): Download => ({
    fileName: 'images.zip',
    bytes: zipOf(job).length,
    request: { method: 'GET', url: `${origin}/zip/${id}`, headers: {}, expiresAt: time },
  });
  return {
    origin,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const configOf = (issuer: string): PublicConfig => ({
  version: '1',
  signIn: 'accounts',
  signUp: 'closed',
  issuer,
  clientId: 'page',
  scopes: [],
  publicLinks: false,
  gallery: 'off',
  sharing: false,
  limits: { filesPerCall: 1, partsPerCall: 1, singlePutBytes: 1, filesPage: 1, jobsPage: 1 },
});

const viewOf = (id: string, { generation }: Job): JobView => ({
  id,
  name: 'images',
  source: 'files',
  settings: { model: { name: 'nuclei', sha256: 'a'.repeat(64) }, probabilities: false },
  state: 'completed',
  sealed: true,
  counts: { expected: 1, done: 1, failed: 0, leftOut: 0, pending: 0 },
  bytes: 1,
  generation,
  retryable: false,
  createdAt: time,
  changedAt: time,
});

let folder: TemporaryFolder;
let service: Awaited<ReturnType<typeof serviceWith>>;
let jobs: Record<string, Job>;
beforeEach(async () => {
  folder = await temporaryFolder();
  jobs = {
    [day1]: { generation: 1, results: { 'summary.csv': 'day 1', 'a_labels.tif': 'labels of day 1' } },
    [day2]: { generation: 1, results: { 'summary.csv': 'day 2', 'a_labels.tif': 'labels of day 2' } },
  };
  service = await serviceWith(jobs);
});
afterEach(async () => {
  await service[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

const out = () => join(folder.path, 'out');
const read = (name: string) => readFile(join(out(), name), 'utf8');
const put = async (name: string, text: string) => {
  await mkdir(out(), { recursive: true });
  await writeFile(join(out(), name), text);
};

/** `labdeploy jobs download`; gives the number of files that it says it fetched. */
async function download(id: string, { overwrite = false, url = service.origin } = {}): Promise<unknown> {
  let files: unknown;
  const context = {
    io: { emit: (_: string, data: { files: unknown }) => ({ files } = data), fail() {}, close() {} },
    signal: new AbortController().signal,
    cwd: folder.path,
    env: { LABDEPLOY_TOKEN: 'x.y.z' },
  } as unknown as CommandContext;
  await downloadJob(id, { url, output: 'out', overwrite }, context);
  return files;
}

const taken = (holds: string) => ({
  code: 'outputTaken',
  message: `${out()} holds something else`,
  advice: { exit: 3, why: holds, next: expect.stringContaining('--overwrite') },
});
const others = (id: string, names: string) =>
  taken(
    `it has other files of the same names, or changed ones, which the results of job ${id} would replace: ${names}`,
  );

const identity: RunIdentity = {
  root: '/lab/day1',
  model: { name: 'nuclei', version: '1', sha256: 'a'.repeat(64), definition: 'b'.repeat(64) },
  settings: { model: { name: 'nuclei', sha256: 'a'.repeat(64) }, probabilities: false },
};
const openRun = async (overwrite = false) => (await openOutput(out(), identity, overwrite))[Symbol.asyncDispose]();

it('fetches a job again into its folder: what a retry changed is replaced, the rest and other files stay', async () => {
  expect(await download(day1)).toBe(2);
  await put('notes.txt', 'mine');
  jobs[day1] = { generation: 2, results: { 'summary.csv': 'day 1, after a retry', 'b_labels.tif': 'labels of b' } };
  expect(await download(day1)).toBe(2);
  expect((await readdir(out())).sort()).toEqual([
    '.labdeploy',
    'a_labels.tif',
    'b_labels.tif',
    'notes.txt',
    'summary.csv',
  ]);
  expect([await read('summary.csv'), await read('a_labels.tif')]).toEqual(['day 1, after a retry', 'labels of day 1']);
  expect(await read('notes.txt')).toBe('mine');
});

it('refuses results of another job, changes nothing, and takes them with --overwrite', async () => {
  await download(day1);
  const why = `its results are of job ${day1} of ${service.origin}, not of job ${day2}`;
  await expect(download(day2)).rejects.toMatchObject(taken(why));
  expect([await read('summary.csv'), await read('a_labels.tif')]).toEqual(['day 1', 'labels of day 1']);
  await download(day2, { overwrite: true });
  expect([await read('summary.csv'), await read('a_labels.tif')]).toEqual(['day 2', 'labels of day 2']);
  await download(day2);
  await expect(download(day1)).rejects.toMatchObject({ code: 'outputTaken' });
});

it('removes results of the job before with --overwrite, but for those that the user has changed', async () => {
  jobs[day1]!.results = { ...jobs[day1]!.results, 'b_labels.tif': 'labels of b', 'c_labels.tif': 'labels of c' };
  await download(day1);
  await put('c_labels.tif', 'corrected c');
  await download(day2, { overwrite: true });
  expect((await readdir(out())).sort()).toEqual(['.labdeploy', 'a_labels.tif', 'c_labels.tif', 'summary.csv']);
  expect(await read('c_labels.tif')).toBe('corrected c');
});

it('refuses results of a job of the same id of another service', async () => {
  await download(day1);
  await using other = await serviceWith(jobs);
  const why = `its results are of job ${day1} of ${service.origin}, not of job ${day1} of ${other.origin}`;
  await expect(download(day1, { url: other.origin })).rejects.toMatchObject(taken(why));
});

it('refuses the output folder of a run until --overwrite, and then the run begins anew', async () => {
  await openRun();
  await put('a_labels.tif', 'labels of the run');
  await mkdir(join(out(), '.labdeploy/store/results'), { recursive: true });
  await expect(download(day1)).rejects.toMatchObject(taken('its results are of labdeploy run'));
  expect(await read('a_labels.tif')).toBe('labels of the run');
  await download(day1, { overwrite: true });
  expect(await read('a_labels.tif')).toBe('labels of day 1');
  expect((await readdir(join(out(), '.labdeploy'))).sort()).toEqual(['download.json', 'lock.db']);
});

it('keeps a run out of a folder of downloads until --overwrite, and is then kept out itself', async () => {
  await download(day1);
  await expect(openRun()).rejects.toMatchObject(taken(`its results are of job ${day1} of ${service.origin}`));
  await openRun(true);
  await openRun();
  await expect(download(day1)).rejects.toMatchObject(taken('its results are of labdeploy run'));
});

it.each([
  ['in a folder that no labdeploy made', false],
  ['among the results of this very job', true],
])('never replaces a file of the user that has the name of a result, %s', async (_, fetched) => {
  if (fetched) await download(day1);
  jobs[day1]!.results['notes.csv'] = 'measurements of an image called notes';
  await put('notes.csv', 'three years of notes');
  const was = await readdir(out());
  await expect(download(day1)).rejects.toMatchObject(others(day1, 'notes.csv'));
  expect(await read('notes.csv')).toBe('three years of notes');
  expect((await readdir(out())).filter((name) => name !== '.labdeploy')).toEqual(
    was.filter((name) => name !== '.labdeploy'),
  );
  expect((await readdir(join(out(), '.labdeploy'))).filter((name) => name.endsWith('.zip'))).toEqual([]);
  await download(day1, { overwrite: true });
  expect(await read('notes.csv')).toBe('measurements of an image called notes');
});

it('names a result that the user has changed since instead of replacing it', async () => {
  await download(day1);
  await put('a_labels.tif', 'labels of day 7'); // as long as it was
  await expect(download(day1)).rejects.toMatchObject(others(day1, 'a_labels.tif'));
  expect(await read('a_labels.tif')).toBe('labels of day 7');
});

it('takes a folder of an older version where every file is as it comes, else names the first three', async () => {
  await put('summary.csv', 'day 1');
  expect(await download(day1)).toBe(2);
  await using older = await temporaryFolder();
  await mkdir(join(older.path, 'out'));
  jobs[day2]!.results = Object.fromEntries(['e', 'd', 'c', 'b', 'a'].map((name) => [name, 'new']));
  for (const name of ['a', 'b', 'c', 'd', 'e']) await writeFile(join(older.path, 'out', name), 'old');
  const held = await openDownloadFolder(join(older.path, 'out'), false);
  const results = Object.keys(jobs[day2]!.results).map((path) => ({ path, bytes: 3, crc32: 1 }));
  const begun = held.begin({ service: service.origin, job: day2 }, results, new AbortController().signal);
  await expect(begun).rejects.toMatchObject({ advice: { why: expect.stringMatching(/replace: a, b, c and 2 more$/) } });
  await held[Symbol.asyncDispose]();
});

it('goes on where it was stopped between two files', async () => {
  await download(day1);
  const second = { 'summary.csv': 'second round', 'a_labels.tif': 'labels of the second round' };
  const stopped = await openDownloadFolder(out(), false);
  const files = Object.entries(second).map(([path, text]) => ({ path, bytes: text.length, crc32: crc32(text) }));
  await stopped.begin({ service: service.origin, job: day1 }, files, new AbortController().signal);
  await put('summary.csv', second['summary.csv']); // the second file is not there yet
  await stopped[Symbol.asyncDispose]();
  jobs[day1] = { generation: 3, results: { 'summary.csv': 'third round', 'a_labels.tif': 'third labels' } };
  await download(day1);
  expect([await read('summary.csv'), await read('a_labels.tif')]).toEqual(['third round', 'third labels']);
});

it('is held by one command at a time', async () => {
  await using _held = await openDownloadFolder(out(), false);
  await expect(download(day1)).rejects.toMatchObject({ code: 'outputLocked', advice: { exit: 6 } });
  await expect(openRun(true)).rejects.toMatchObject({ code: 'outputLocked' });
});
