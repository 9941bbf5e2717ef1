import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { downloadRef, resultRef } from '../../functions/core/object-keys.ts';
import { isLive, storageOf } from '../../functions/core/storage-steps.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import { archivedJob, archiveOnDisk, digestOf } from '../support/archive-on-disk.ts';
import { completeJob } from '../support/completed-job.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const script = join(import.meta.dirname, '../support/children/archive-worker.ts');
const dayMs = 24 * 3600 * 1000;
const images = ['a.tif', 'day 1/b #2.tif'].map((path, i) => ({ path, bytes: 300_000 * (i + 1) }));
/** Of each kind; LABDEPLOY_ARCHIVE_KILLS takes more. */
const moments = Number(process.env.LABDEPLOY_ARCHIVE_KILLS ?? 3);

let folder: TemporaryFolder;
let launches = 0;
/** Calls that each kind of message makes. */
let calls: Record<'archive' | 'restore' | 'thaw', number>;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'archive'));
  await using disk = await archiveOnDisk(folder.path, systemClock);
  await completeJob(archivedJob, images, disk.ports);
  disk.setPlan('free');
  await writeFile(join(folder.path, 'digest'), await digestOf(disk.ports.objects));
  calls = await runWhole();
}, 180_000);
afterAll(() => folder[Symbol.asyncDispose]());

/** Each process has a clock far ahead of the one before, so that its leases are over. */
const launch = (...moment: object[]) => [
  script,
  folder.path,
  String(++launches * 30 * dayMs),
  ...moment.map((each) => JSON.stringify(each)),
];

/** The process looks itself whether what comes back is what was archived. */
async function runWhole(): Promise<typeof calls> {
  const { stdout } = await promisify(execFile)(process.execPath, launch());
  return JSON.parse(stdout) as typeof calls;
}

/** At no moment is a result nowhere, or does the job say that it is where it is not. */
async function checkDisk(): Promise<void> {
  await using disk = await archiveOnDisk(folder.path, systemClock);
  const { jobs, objects } = disk.ports;
  const job = (await jobs.get(archivedJob))!;
  const zip = await objects.head(downloadRef(job));
  const labels = await Promise.all(images.map(({ path }) => objects.head(resultRef(job, path, 'labels.tif'))));
  const said = { state: storageOf(job).state, cold: zip?.cold, labels: labels.map((head) => head !== undefined) };
  expect(zip).toBeDefined();
  if (isLive(job)) expect(said).toMatchObject({ labels: [true, true] });
  if (isLive(job)) expect(said.cold).toBeUndefined();
  if (storageOf(job).state === 'archived') expect(said).toMatchObject({ cold: 'frozen', labels: [false, false] });
}

it.each(['archive', 'restore', 'thaw'] as const)(
  `loses nothing, and goes on, when the process is killed at ${moments} moments of %s`,
  async (kind) => {
    let random = kind.length;
    const pick = (count: number) => {
      random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
      return (random >>> 8) % count;
    };
    for (let n = 0; n < moments; n++) {
      const moment = { kind, call: 1 + pick(calls[kind]), ...(n % 2 === 1 && { afterMs: pick(4) }) };
      const worker = spawn(process.execPath, launch(moment), { stdio: ['ignore', 'ignore', 'inherit'] });
      const [, signal] = await once(worker, 'exit');
      expect({ moment, signal }).toEqual({ moment, signal: 'SIGKILL' });
      await checkDisk();
    }
    await runWhole();
    await checkDisk();
    const [archive] = await readdir(join(folder.path, 'archive'));
    expect(await readdir(join(folder.path, 'archive', archive!))).toEqual(['README.txt']);
  },
  600_000,
);
