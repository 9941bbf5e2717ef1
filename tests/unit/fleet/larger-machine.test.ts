import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import type { PredictMessage } from '../../../functions/core/messages.ts';
import { inputRef, resultRef } from '../../../functions/core/object-keys.ts';
import type { FleetReport } from '../../../functions/ports/fleet.ts';
import { machineAdmission } from '../../../functions/runtime/fleet/machine-memory.ts';
import { type MachineWork, workOn } from '../../../functions/runtime/fleet/work-on.ts';
import { functionMemory } from '../../../functions/runtime/lambda/predict-limits.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../../functions/stages/predict/services.ts';
import { handler as sweep } from '../../../functions/stages/sweep/handler.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { buildTiff } from '../../support/tiff-builder.ts';

const path = 'slide.tif';
const started: FleetReport = { waiting: 1, running: 0, started: 1, paused: false };
const loaded = async () => ({ engine: dottedEngine((value) => value), input: { channelCount: 1 } });

interface Machine {
  stop: AbortController;
  now(): number;
  load: MachineWork['models']['load'];
  onPlane: NonNullable<MachineWork['onPlane']>;
}

/** One image of `side` x `side` pixels, and what was asked of the machines. */
async function worldWith(side: number, planes = 1) {
  const world = await stageWorld();
  const page = { height: side, width: side, data: new Uint8Array(side * side) };
  const bytes = buildTiff({ pages: Array.from({ length: planes }, () => page) });
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  const asked: unknown[] = [];
  const fleet = {
    planeMb: 73_728,
    async ensure(need: unknown) {
      asked.push(need);
      return started;
    },
  };
  return { world, asked, fleet };
}

const services = (world: StageWorld, more: Partial<PredictServices> = {}): PredictServices => ({
  ...{ ...world, model: loaded, planesAhead: 1, admit: async () => () => {} },
  ...more,
});
const received = async ({ queue }: StageWorld, name: 'files' | 'large') =>
  (await queue.receive(name, { max: 10, visibilitySeconds: 30 })).flatMap(({ body }) => ('path' in body ? [body] : []));
/** Its time is up at once. */
const noTime = { attempt: 'a', near: () => true };

describe('an image that is too large for a function', () => {
  it('goes to a machine with the memory that a plane of it takes, and stays pending', async () => {
    const { world, asked, fleet } = await worldWith(600);
    const { admit } = functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '10' }, 1, fleet.planeMb);
    expect(await predictFile({ ...world.job, path }, services(world, { admit, fleet }))).toEqual({ moved: started });
    expect(await received(world, 'large')).toEqual([{ ...world.job, path, memoryMb: 11 }]);
    expect(asked).toEqual([{ memoryMb: 11, sent: 1 }]);
    expect(await world.outcomes()).toEqual(['slide.tif: pending']);
    expect((await world.jobs.file(world.job, path))?.machine).toEqual({ state: 'waits', since: world.clock.now() });
  });

  it('fails by name where there are no machines', async () => {
    const { world } = await worldWith(600);
    const { admit } = functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '10' }, 1);
    await predictFile({ ...world.job, path }, services(world, { admit }));
    expect(await world.outcomes()).toEqual([
      'slide.tif: imageTooLarge: the image is too large: a plane takes 11 MB, and predict has 6 MB for planes (labdeploy:memory sets it)',
    ]);
  });

  it('is sent although no machine can be started now, and says why', async () => {
    const { world } = await worldWith(600);
    const trouble = new Error('Batch is busy');
    const fleet = { planeMb: 73_728, ensure: () => Promise.reject(trouble) };
    const { admit } = functionMemory({ AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '10' }, 1, fleet.planeMb);
    const result = await predictFile({ ...world.job, path }, services(world, { admit, fleet }));
    expect(result).toEqual({ moved: 'later', trouble });
    expect(await received(world, 'large')).toEqual([{ ...world.job, path, memoryMb: 11 }]);
  });
});

describe('an image that takes a function too long', () => {
  it('goes to a machine at the third time that its time is up', async () => {
    const { world, asked, fleet } = await worldWith(600);
    const outcomes: unknown[] = [];
    for (let message: PredictMessage = { ...world.job, path }, round = 0; round < 3; round++) {
      outcomes.push(await predictFile(message, services(world, { deadline: noTime, fleet })));
      const [next] = await received(world, 'files');
      if (next !== undefined) message = next;
    }
    expect(outcomes).toEqual(['continues', 'continues', { moved: started }]);
    expect(asked).toEqual([{ memoryMb: undefined, sent: 1 }]);
    expect(await received(world, 'large')).toEqual([{ ...world.job, path }]);
  });

  it('is never sent away where there are no machines', async () => {
    const { world } = await worldWith(600);
    for (let round = 0; round < 4; round++) {
      expect(await predictFile({ ...world.job, path }, services(world, { deadline: noTime }))).toBe('continues');
      expect(await received(world, 'files')).toEqual([{ ...world.job, path }]);
    }
  });
});

describe('a machine', () => {
  const machine = (
    world: StageWorld,
    fleet: NonNullable<PredictServices['fleet']>,
    { stop = new AbortController(), now = (): number => 0, ...more }: Partial<Machine> = {},
  ) =>
    workOn({
      ports: { ...world, fleet },
      models: { load: more.load ?? loaded },
      ...(more.onPlane && { onPlane: more.onPlane }),
      services: { planesAhead: 1, admit: async () => () => {} },
      ...{ planeMb: 100, stop: stop.signal, now },
    });

  it('does the work of predict', async () => {
    const { world, fleet } = await worldWith(20);
    expect(await machine(world, fleet)({ ...world.job, path })).toMatchObject({ reused: false });
    expect(await world.outcomes()).toEqual(['slide.tif: done']);
  });

  it('says of its image since when it is on it, and nothing once that is done', async () => {
    const { world, fleet } = await worldWith(20);
    await world.jobs.placeFile(world.job, path, 'waits');
    world.clock.advance(120);
    let seen: unknown;
    const load = async () => {
      seen = (await world.jobs.file(world.job, path))?.machine;
      return loaded();
    };
    await machine(world, fleet, { load })({ ...world.job, path });
    expect(seen).toEqual({ state: 'works', since: world.clock.now() });
    expect(await world.jobs.file(world.job, path)).not.toHaveProperty('machine');
  });

  it('that goes gives back what it has begun, to its own queue', async () => {
    const { world, fleet } = await worldWith(600);
    const stop = new AbortController();
    stop.abort();
    expect(await machine(world, fleet, { stop })({ ...world.job, path })).toBe('continues');
    expect(await received(world, 'large')).toEqual([{ ...world.job, path }]);
    expect((await world.jobs.file(world.job, path))?.machine?.state).toBe('waits');
    expect(await machine(world, fleet)({ ...world.job, path })).toMatchObject({ reused: false });
  });

  it('that dies without notice loses no plane of more than half a minute before', async () => {
    const { world, fleet } = await worldWith(20, 5);
    let seconds = 0;
    const now = () => 1000 * seconds;
    const died = new Error('the machine is gone');
    const model = dottedEngine((value) => value);
    let predicted = 0;
    const load = async () => ({
      ...(await loaded()),
      engine: {
        ...model,
        predictRows: (...args: Parameters<typeof model.predictRows>) => {
          if (++predicted === 4) throw died;
          return model.predictRows(...args);
        },
      },
    });
    let planes: number[] = [];
    const onPlane = (_: unknown, done: number) => {
      planes.push(done);
      seconds += 20;
    };
    await expect(machine(world, fleet, { now, load, onPlane })({ ...world.job, path })).rejects.toBe(died);
    expect(planes).toEqual([1, 2, 3]);
    planes = [];
    expect(await machine(world, fleet, { now, load, onPlane })({ ...world.job, path })).toMatchObject({
      reused: false,
    });
    expect(planes).toEqual([3, 4, 5]); // two were stored after 40 s, the third was not
    const undisturbed = await worldWith(20, 5);
    await machine(undisturbed.world, fleet)({ ...undisturbed.world.job, path });
    const labels = async ({ objects, job }: StageWorld) =>
      buffer(await objects.get(resultRef(job, path, 'labels.tif')));
    expect(await labels(world)).toEqual(await labels(undisturbed.world));
  });

  it('keeps what it has done of an image every twenty minutes, and goes on with it', async () => {
    const { world, fleet } = await worldWith(600);
    let minutes = 0;
    const now = () => {
      minutes += 7; // at each look at the clock, which is before each step
      return 60_000 * minutes;
    };
    expect(await machine(world, fleet, { now })({ ...world.job, path })).toBe('continues');
    expect(await received(world, 'large')).toEqual([{ ...world.job, path }]);
    const kept = Object.keys(await world.objectsIn('results'));
    expect(kept.filter((key) => key.endsWith('/state.json'))).toHaveLength(1);
    expect(await machine(world, fleet)({ ...world.job, path })).toMatchObject({ reused: false });
    expect(await world.outcomes()).toEqual(['slide.tif: done']);
  });

  it('leaves what needs a larger one to that, and has it started', async () => {
    const { world, asked, fleet } = await worldWith(20);
    const message = { ...world.job, path, memoryMb: 101 };
    expect(await machine(world, fleet)(message)).toEqual({ moved: started });
    expect(asked).toEqual([{ memoryMb: 101, sent: 1 }]);
    expect(await received(world, 'large')).toEqual([]); // not at once: it would get it again
    world.clock.advance(31);
    expect(await received(world, 'large')).toEqual([message]);
  });

  it('has no larger one started for a job that is gone', async () => {
    const { world, asked, fleet } = await worldWith(20);
    await world.jobs.remove(world.job);
    expect(await machine(world, fleet)({ ...world.job, path, memoryMb: 101 })).toBe('not pending');
    expect(asked).toEqual([]);
  });

  it('lets in what fits, sends on what a larger one takes, and refuses what none does', async () => {
    const { planeMb, admit } = machineAdmission(1000 * 2 ** 20);
    expect(planeMb).toBe(600);
    (await admit(600 * 2 ** 20))();
    await expect(admit(601 * 2 ** 20)).rejects.toMatchObject({ memoryMb: 601 });
    await expect(admit(80_000 * 2 ** 20)).rejects.toMatchObject({ code: 'imageTooLarge' });
  });
});

describe('sweep', () => {
  it('starts machines for what waits, and ends images that were delivered too often', async () => {
    const { world, asked, fleet } = await worldWith(20);
    await world.queue.send('large', [{ ...world.job, path }]);
    for (let n = 0; n < 6; n++) {
      await world.queue.receive('large', { max: 1, visibilitySeconds: 1 });
      world.clock.advance(2);
    }
    const report = await sweep.handle({ ...world, fleet });
    expect(report).toMatchObject({ dead: 1, fleet: started });
    expect(asked).toEqual([undefined]);
    expect(await world.outcomes()).toEqual([
      'slide.tif: gaveUp: processing was given up: the image could not be processed',
    ]);
  });
});
