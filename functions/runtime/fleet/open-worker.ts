import { randomUUID } from 'node:crypto';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { dynamoSpending } from '../../adapters/aws/dynamo-spending.ts';
import type { Training } from '../../core/data-set.ts';
import { hourlyUsd, machineSizes } from '../../core/machine-sizes.ts';
import type { PredictMessage, TrainingMessage } from '../../core/messages.ts';
import { systemClock } from '../../ports/clock.ts';
import { fleetEnvironment } from '../../stack/fleet-environment.ts';
import { bucketVariable, fleetVariable } from '../../stack/resource-variables.ts';
import { large, machineStage } from '../../stages/large/descriptor.ts';
import type { TeachingSetup } from '../../teaching/train-data-set.ts';
import { machineMemory } from '../admit-planes.ts';
import type { Trouble } from '../consume.ts';
import { readJsonVariable, type Variables } from '../lambda/environment.ts';
import { openFleet } from '../lambda/open-fleet.ts';
import { openPorts } from '../lambda/ports.ts';
import { offerModels } from '../offered-models.ts';
import { packageCache } from '../package-cache.ts';
import { readingThreads } from '../reading/reading-threads.ts';
import { restrict } from '../restrict.ts';
import { chargeTime } from './charge.ts';
import { drainQueue } from './drain-queue.ts';
import { machineAdmission } from './machine-memory.ts';
import { trainOn } from './train-on.ts';
import { type MachineResult, type MachineWork, workOn } from './work-on.ts';

export interface WorkerOptions {
  /** Names of the stack's resources, and of this machine's job. */
  variables: Variables;
  /** Path of the package that the stack was deployed with. */
  model: string;
  /** ms that the queue has been empty when the worker ends. */
  idleMs: number;
  /** How it trains models; `base` is the model above. */
  teaching: Omit<TeachingSetup, 'base'>;
  /** As in MachineWork. */
  keepMs?: number | undefined;
  onPlane: NonNullable<MachineWork['onPlane']>;
  onImage(message: PredictMessage, result: MachineResult, took: MachineTime): void;
  /** Ended in that state; undefined where it was not wanted any more. */
  onTraining(message: TrainingMessage, state: Training['state'] | undefined, took: MachineTime): void;
  onTrouble(trouble: Trouble): void;
}

/** Of a machine, and what that costs at list price. */
export interface MachineTime {
  seconds: number;
  usd: number;
}

/** Why a worker ended: nothing was left; it was told to; the month's limit is reached. */
export type WorkerEnd = 'idle' | 'stopped' | 'limit';

/** MB of packages of the registry on a machine's disk, of the 20 GB that Fargate gives. */
const cachedBytes = 5e9;

/**
 * Works on the images of the queue `large` of a stack on AWS until it has stayed empty. When the signal is aborted, what
 * is in progress is kept and its message given back. Throws `variableMissing` where it is told of no stack.
 */
export async function runWorker(
  options: WorkerOptions,
  signal: AbortSignal,
): Promise<{ end: WorkerEnd; took: MachineTime }> {
  const { variables, model, idleMs, keepMs, onPlane, onImage, onTrouble } = options;
  const since = performance.now();
  const environment = readJsonVariable(fleetVariable, fleetEnvironment, variables);
  const stage = machineStage(variables[bucketVariable('datasets')] !== undefined);
  const opened = openPorts(stage);
  const { all, names, clients } = opened;
  const fleet = (await openFleet(opened, variables))!;
  const threads = Math.max(1, availableParallelism());
  const { planeMb, admit } = machineAdmission(machineMemory());
  await using reading = readingThreads();
  await using models = await offerModels([model], {
    workers: threads,
    open: reading.openModel,
    registered: packageCache({ folder: join(tmpdir(), 'labdeploy-models'), mostBytes: cachedBytes }),
  });
  const limit = new AbortController();
  const stop = AbortSignal.any([signal, limit.signal]);
  const ports = restrict(stage, { ...all, fleet });
  const work = workOn({
    ...{ ports, planeMb, stop, models, onPlane },
    ...(keepMs !== undefined && { keepMs }),
    services: { planesAhead: threads + 1, admit }, // reading threads read files of their machine, and these are in S3
  });
  const size = machineSizes.find(({ vcpus }) => vcpus >= threads) ?? machineSizes.at(-1)!;
  const hourly = hourlyUsd(size, environment.prices);
  const timeSince = (started: number): MachineTime => {
    const seconds = (performance.now() - started) / 1000;
    return { seconds, usd: (seconds / 3600) * hourly };
  };
  const attempt = randomUUID(); // a job that Batch tries again has its id
  const train = async (message: TrainingMessage) => {
    const { models: registry, dataSets, objects, clock } = ports;
    if (registry === undefined || dataSets === undefined) throw new Error('this stack teaches no models');
    return trainOn(message, {
      ...{ models: registry, dataSets, objects, clock, attempt, stop, hourlyUsd: hourly },
      setup: { ...options.teaching, base: model },
      folder: join(tmpdir(), 'labdeploy-teaching'),
      newId: randomUUID,
      onTrouble: (error) => onTrouble({ stage: large.name, attempt: 1, last: false, error }),
    });
  };
  await using _charged = chargeTime({
    spending: dynamoSpending({ client: clients.dynamodb, table: names.table!.name }),
    hourlyUsd: hourly,
    monthlyLimit: environment.monthlyLimit,
    now: () => systemClock.now(),
    onLimit: () => limit.abort(),
    onTrouble: (error) => onTrouble({ stage: large.name, attempt: 1, last: false, error }),
  });
  const end = await drainQueue(
    {
      ...{ stage: large, queue: all.queue, idleMs, onTrouble },
      now: () => performance.now(),
      async handle(message) {
        const started = performance.now();
        if ('path' in message) onImage(message, await work(message), timeSince(started));
        else options.onTraining(message, await train(message), timeSince(started));
      },
    },
    stop,
  );
  const reached = end === 'stopped' && limit.signal.aborted && !signal.aborted;
  return { end: reached ? 'limit' : end, took: timeSince(since) };
}
