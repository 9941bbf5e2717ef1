import { hash } from 'node:crypto';
import { inputRef, type JobRef, jobPrefix } from '../../functions/core/object-keys.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import { offerModels } from '../../functions/runtime/offered-models.ts';
import { fleetVariable } from '../../functions/stack/resource-variables.ts';
import { visibilitySeconds } from '../../functions/stages/large/descriptor.ts';
import { attempts } from '../../functions/stages/stages.ts';
import { bytesOf } from './bytes.ts';
import { type Finished, jsonLines, startCli } from './cli.ts';
import { type FunctionAccount, functionAccount } from './function-account.ts';
import { collect } from './memory-source.ts';
import { modelFolder, planeOf, randomNumbers } from './models.ts';
import type { Moto } from './simulated-account/moto.ts';

export interface MachineTrial {
  images: number;
  /** Planes of each. */
  depths: number;
  /** At a time. */
  machines: number;
  /** SIGKILL and SIGTERM in turn. */
  kills: number;
  seed: number;
}

export interface MachineFigures {
  /** Machines that a signal ended. */
  ends: { SIGKILL: number; SIGTERM: number };
  /** Planes that one machine told of after another had, for each machine that a signal ended. */
  again: { SIGKILL: number[]; SIGTERM: number[] };
  /** Lines that say an image is done. */
  done: string[];
  /** sha256 of all that is stored of the results, by key below the job: of a job that nothing disturbed, and of the other. */
  calm: Record<string, string>;
  disturbed: Record<string, string>;
  job: JobRef;
}

const [height, width] = [96, 80];

async function stackOf(seed: number, depths: number): Promise<Uint8Array> {
  const random = randomNumbers(seed);
  const planes = Array.from({ length: depths }, () => planeOf(height, width, () => random() * 4000, 'uint16'));
  const info = { height, width, depths, samples: 1, type: 'uint16', positions: 1, times: 1, channels: 1 } as const;
  return collect(writeTiff({ ...info, channelNames: [undefined] }, planes));
}

/** `labdeploy worker` against an account in moto, which stores every plane: those of tests take no seconds. */
function machineIn({ variables }: FunctionAccount, most: number) {
  const fleet = {
    ...{ jobQueue: 'jobs', jobDefinition: 'worker', most, monthlyLimit: 20 },
    prices: { vcpuHour: 0.04, gigabyteHour: 0.0044, addressHour: 0.005 },
  };
  const env = { ...variables, [fleetVariable]: JSON.stringify(fleet), LABDEPLOY_MODEL: modelFolder('unet') };
  return () => startCli(['worker', '--idle', '1', '--keep', '0.001', '--json'], { env });
}

/** A job whose images all wait for a machine. */
async function jobOf(id: string, { images, depths }: MachineTrial, account: FunctionAccount): Promise<JobRef> {
  const { jobs, objects, queue } = account;
  await using offered = await offerModels([modelFolder('unet')], { workers: 1 });
  const { name, sha256 } = offered.views[0]!;
  const job = { owner: 'olga', id };
  await jobs.create({ ...job, name: id, settings: { model: { name, sha256 } } });
  const paths = Array.from({ length: images }, (_, i) => `plate/${i}.tif`);
  for (const [i, path] of paths.entries()) {
    const { bytes } = await objects.put(inputRef(job, path), await stackOf(i, depths));
    await jobs.expect(job, [{ path, bytes }]);
  }
  await jobs.seal(job);
  await jobs.submit(job);
  await queue.send(
    'large',
    paths.map((path) => ({ ...job, path })),
  );
  return job;
}

async function resultsOf(job: JobRef, { objects }: FunctionAccount): Promise<Record<string, string>> {
  const prefix = jobPrefix(job);
  const found: Record<string, string> = {};
  for await (const { key } of allObjects(objects, 'results', prefix)) {
    const bytes = await bytesOf(await objects.get({ bucket: 'results', key }));
    found[key.slice(prefix.length)] = hash('sha256', bytes);
  }
  return found;
}

/** What a machine said, without a last line that was cut short. */
const linesOf = ({ stdout }: Finished) => jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1));

/** Paths of images that a machine says it has done. */
const doneOf = (end: Finished): string[] =>
  linesOf(end).flatMap(({ event, outcome, path }) =>
    event === 'worker.image' && outcome === 'done' ? [path as string] : [],
  );

/** Planes that a machine says are through. */
const planesOf = (end: Finished): string[] =>
  linesOf(end).flatMap(({ event, path, done }) => (event === 'worker.plane' ? [`${path} ${done}`] : []));

/**
 * Has machines work on one job undisturbed, and on the same again while they are ended at random moments, each between its
 * first word and the time that its share of the work takes. Machines come one after the other, as Batch starts them again.
 */
export async function machineTrial(trial: MachineTrial, moto: Moto, account: FunctionAccount): Promise<MachineFigures> {
  const { images, machines, kills, seed } = trial;
  const machine = machineIn(account, machines);
  const calmJob = await jobOf('calm', trial, account);
  const calm = machine();
  const firstWord = new Promise<number>((resolve) => calm.child.stdout!.once('data', () => resolve(performance.now())));
  const calmEnd = await calm.finished;
  if (calmEnd.code !== 0)
    throw new Error(`a machine that nobody disturbed ended with ${calmEnd.code}: ${calmEnd.stderr}`);
  const workingMs = performance.now() - (await firstWord);
  const span = (2 * workingMs) / (kills + machines);

  const job = await jobOf('disturbed', trial, account);
  const uniform = randomNumbers(seed);
  const signals = Array.from({ length: kills }, (_, i) => (i % 2 === 0 ? 'SIGKILL' : 'SIGTERM'));
  const ended: { signal?: 'SIGKILL' | 'SIGTERM'; end: Finished }[] = [];
  /** Machines one after the other, until one ends by itself. */
  const keepMachine = async (): Promise<void> => {
    const { child, finished } = machine();
    let signal: 'SIGKILL' | 'SIGTERM' | undefined;
    let late: NodeJS.Timeout | undefined;
    child.stdout!.once('data', () => {
      signal = signals.pop() as typeof signal;
      if (signal !== undefined) late = setTimeout(() => child.kill(signal), uniform() * span);
    });
    const end = await finished;
    clearTimeout(late);
    if (end.code === 0) {
      ended.push({ end });
      if (signal !== undefined) signals.push(signal); // it was through before
      return;
    }
    if (signal === undefined || ![130, signal].includes(end.code ?? end.signal!))
      throw new Error(`a machine ended with ${end.code ?? end.signal}: ${end.stdout}${end.stderr}`);
    ended.push({ signal, end });
    return keepMachine();
  };
  for (;;) {
    await Promise.all(Array.from({ length: machines }, keepMachine));
    const pending = await account.jobs.files(job, { state: 'pending', limit: images });
    if (pending.items.length === 0) break;
    await moto.queuesAhead(visibilitySeconds + 1); // messages of machines that were killed come again
  }
  return {
    ...summed(ended),
    calm: await resultsOf(calmJob, account),
    disturbed: await resultsOf(job, account),
    job,
  };
}

function summed(ended: { signal?: 'SIGKILL' | 'SIGTERM'; end: Finished }[]) {
  const ends = { SIGKILL: 0, SIGTERM: 0 };
  const again: MachineFigures['again'] = { SIGKILL: [], SIGTERM: [] };
  for (const [i, { signal, end }] of ended.entries()) {
    if (signal === undefined) continue;
    ends[signal]++;
    const others = new Set(ended.filter((_, other) => other !== i).flatMap((other) => planesOf(other.end)));
    again[signal].push(planesOf(end).filter((plane) => others.has(plane)).length);
  }
  return { ends, again, done: ended.flatMap(({ end }) => doneOf(end)) };
}

/** The account that a trial runs in. */
export const trialAccount = (moto: Moto): Promise<FunctionAccount> => functionAccount(moto.url, attempts);
