import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { JobPage } from '../../functions/contract/jobs.ts';
import type { ColdMessage } from '../../functions/core/messages.ts';
import { downloadRef, type JobRef } from '../../functions/core/object-keys.ts';
import { archivingPlans, type Plan } from '../../functions/core/plans.ts';
import { isLive } from '../../functions/core/storage-steps.ts';
import { systemClock } from '../../functions/ports/clock.ts';
import type { ColdStorage } from '../../functions/ports/cold-storage.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { handler } from '../../functions/stages/cold/handler.ts';
import { archiveOnDisk } from '../../tests/support/archive-on-disk.ts';
import { attemptsOf } from '../../tests/support/attempts.ts';
import { startService } from '../../tests/support/local-service.ts';
import { manualClock } from '../../tests/support/manual-clock.ts';
import { memoryQueue } from '../../tests/support/memory/queue.ts';
import { serviceToken } from '../../tests/support/service-token.ts';
import { startMoto } from '../../tests/support/simulated-account/moto.ts';
import type { Traffic } from '../../tests/support/simulated-account/s3-traffic.ts';
import { s3World } from '../../tests/support/simulated-account/s3-world.ts';
import { passStoredFolder } from '../../tests/support/simulated-account/stored-folder.ts';
import type { Benchmark, Values } from '../benchmark.ts';

/** Of who has a service of one machine alone. */
const owner = 'local';
const answers = 200;

/** What crosses the function that archives and restores while S3 copies the bytes by itself, counted at its client. */
export const archive: Benchmark = {
  rows: [
    {
      name: 'archive-crossing',
      what: 'bytes through the function that archives 1 GB of results in S3',
      target: { under: 10, unit: 'MB' },
    },
    {
      name: 'restore-crossing',
      what: 'the same when they are restored',
      target: { under: 10, unit: 'MB' },
    },
  ],
  needs: ['python'],
  measure: ({ quick }) => crossing(quick),
};

/** Another plan of somebody who has much in the archive. */
export const upgrades: Benchmark = {
  rows: [
    {
      name: 'upgrade-first',
      what: 'another plan with 1,000 archived jobs: until the first is asked for',
      target: { under: 5, unit: 's' },
    },
    {
      name: 'archived-list',
      what: 'GET /v1/jobs with 1,000 archived jobs: 99th percentile',
      target: { under: 250, unit: 'ms' },
    },
  ],
  needs: [],
  measure: ({ quick, folder }) => upgrade(quick ? 30 : 1000, folder),
};

async function crossing(quick: boolean): Promise<Record<'archive-crossing' | 'restore-crossing', Values>> {
  await using moto = await startMoto();
  const images = quick ? 2 : 25;
  const imageBytes = quick ? 17 * 2 ** 20 : 40_000_000;
  const { store: objects, take, ...world } = await s3World(moto.url);
  const small = { previewBytes: 210_000, measurementsBytes: 42_000 };
  const { job, jobs, target } = await passStoredFolder(
    { store: objects, take, ...world },
    { images, imageBytes, ...small },
  );
  const clock = manualClock();
  let plan: Plan = { ...archivingPlans.free, archiveAfterSeconds: 0 };
  const queue = memoryQueue(clock, attemptsOf(5));
  const services = { objects, jobs, queue, clock, members: { planOf: async () => plan } };
  const { owner: whose, id } = job;
  const { generation } = (await jobs.get(job))!;
  const handle = (message: ColdMessage) => handler.handle(message, services);
  take();
  const archived = await handle({ kind: 'archive', owner: whose, id, generation, round: 0 });
  const away = take();
  plan = archivingPlans.premium;
  await handle({ kind: 'restore', owner: whose, id });
  for (let tries = 0; !isLive((await jobs.get(job))!); tries++) {
    if (tries > 100) throw new Error(`not restored: ${JSON.stringify(await jobs.get(job))}`);
    await handle({ kind: 'thaw', owner: whose, id });
  }
  const back = take();
  if (typeof archived !== 'object' || (await objects.head(target))?.cold !== undefined)
    throw new Error(`not archived and restored: ${JSON.stringify(archived)}`);
  const values = ({ sent, received, requests }: Traffic): Values => ({
    values: [(sent + received) / 1e6],
    commands: [
      `functions/stages/cold over a job of ${images} images whose labels have ${imageBytes / 1e6} MB each, against moto`,
    ],
    notes: [
      `${(sent / 1e6).toFixed(2)} MB to S3, ${(received / 1e6).toFixed(2)} MB from it`,
      `requests: ${Object.entries(requests)
        .map(([name, count]) => `${name} ${count}`)
        .join(', ')}`,
    ],
  });
  return { 'archive-crossing': values(away), 'restore-crossing': values(back) };
}

/** On the stores of `labdeploy local --archive-to`, in a folder. */
async function upgrade(count: number, folder: string): Promise<Record<'upgrade-first' | 'archived-list', Values>> {
  await mkdir(join(folder, 'archive'));
  {
    await using disk = await archiveOnDisk(folder, systemClock);
    for (let n = 0; n < count; n++) await archiveOne({ owner, id: `plate-${n}` }, disk.ports);
  }
  const list = (await listed(folder)).toSorted((a, b) => a - b);

  await using disk = await archiveOnDisk(folder, systemClock);
  disk.setPlan('premium');
  const { ports } = disk;
  const asked: number[] = [];
  const coldStorage: ColdStorage = {
    ...ports.objects.coldStorage!,
    requestThaw(...request) {
      asked.push(performance.now());
      return ports.objects.coldStorage!.requestThaw(...request);
    },
  };
  const services = { ...ports, objects: { ...ports.objects, coldStorage } };
  const before = performance.now();
  await ports.queue.send('cold', [{ kind: 'restoreAll', owner }]);
  while (asked.length < count) {
    const [message] = await ports.queue.receive('cold', { max: 1, visibilitySeconds: 60 });
    if (message === undefined) throw new Error(`${asked.length} of ${count} jobs were asked for`);
    if (message.body.kind !== 'thaw') await handler.handle(message.body, services);
    await ports.queue.acknowledge('cold', [message.receipt]);
  }
  return {
    'upgrade-first': {
      values: [(asked[0]! - before) / 1000],
      commands: [`functions/stages/cold over the stores of one machine, ${count} archived jobs of one person`],
      notes: [`all were asked for after ${((asked.at(-1)! - before) / 1000).toFixed(2)} s, one after the other`],
    },
    'archived-list': {
      values: [list[Math.ceil(list.length * 0.99) - 1]!],
      commands: [`GET /v1/jobs of labdeploy local, ${answers} times: the first page of ${count} archived jobs`],
    },
  };
}

/** Milliseconds of each answer of the service. */
async function listed(folder: string): Promise<number[]> {
  const archiving = ['--archive-to', join(folder, 'archive'), '--archive-after', '86400'];
  const service = await startService(['--data', folder, '--workers', '1', ...archiving]);
  try {
    const headers = { Authorization: `Bearer ${await serviceToken(service.origin, service.url)}` };
    const took: number[] = [];
    for (let n = 0; n < answers; n++) {
      const before = performance.now();
      const response = await fetch(`${service.origin}/v1/jobs`, { headers });
      const { items } = (await response.json()) as JobPage;
      if (items[0]?.storage?.state !== 'archived') throw new Error(`GET /v1/jobs answers ${response.status}`);
      took.push(performance.now() - before);
    }
    return took;
  } finally {
    await service.stop();
  }
}

/** Its zip has a few bytes, and nothing else is there. */
async function archiveOne(ref: JobRef, { jobs, objects }: Pick<Ports, 'jobs' | 'objects'>): Promise<void> {
  await jobs.create({ ...ref, name: `plate ${ref.id}`, settings: { model: { name: 'nuclei', sha256: '0' } } });
  await jobs.expect(ref, [{ path: 'a.tif', bytes: 1 }]);
  await jobs.submit(ref);
  await jobs.seal(ref);
  await jobs.finishFile(ref, 'a.tif', { state: 'done' });
  await jobs.startPackaging(ref);
  const zip = downloadRef({ ...ref, generation: 1 });
  await objects.put(zip, Buffer.from('zip'));
  await jobs.complete(ref, 1);
  await jobs.moveStorage(ref, { to: 'archiving', generation: 1, round: 0 });
  await objects.coldStorage!.freeze(zip);
  await jobs.moveStorage(ref, { to: 'archived', round: 1, bytes: 3 });
}
