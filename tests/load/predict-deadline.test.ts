import { hash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { JobSettings } from '../../functions/core/job.ts';
import { inputRef } from '../../functions/core/object-keys.ts';
import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { type Engine, openEngine } from '../../functions/model/engine/engine.ts';
import type { ScaleSettings } from '../../functions/model/package/settings.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import { predict } from '../../functions/stages/predict/descriptor.ts';
import { type PredictResult, predictFile } from '../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../functions/stages/predict/services.ts';
import { Crash, crashingPorts } from '../support/crashing-ports.ts';
import { dottedEngine } from '../support/dotted-engine.ts';
import { collect, memorySource } from '../support/memory-source.ts';
import { fixtureModel, planeOf, randomNumbers } from '../support/models.ts';
import { type StageWorld, stageWorld } from '../support/stage-world.ts';
import { thresholdEngine } from '../support/threshold-engine.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

const path = 'cells/stack é.tif';
const [height, width, depths] = [150, 80, 5]; // three rows of tiles a plane
const stack: ImageInfo = {
  ...{ height, width, depths, samples: 1, type: 'uint16', positions: 1, times: 1 },
  ...{ channels: 1, channelNames: [undefined], pixelSize: { x: 0.5, y: 0.5 } },
};

let engine: Engine;
let image: Uint8Array;
beforeAll(async () => {
  engine = await openEngine(await fixtureModel('unet'), { workers: 1 });
  const random = randomNumbers(7);
  const planes = Array.from({ length: depths }, () => planeOf(height, width, () => random() * 4000, 'uint16'));
  image = await collect(writeTiff(stack, planes));
});
afterAll(() => engine[Symbol.asyncDispose]());

async function worldWith(bytes: Uint8Array, change: Partial<JobSettings> = {}): Promise<StageWorld> {
  const world = await stageWorld({ probabilities: true, ...change });
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.jobs.submit(world.job);
  await world.objects.put(inputRef(world.job, path), bytes);
  return world;
}

type Model = Pick<Engine, 'predict' | 'predictRows' | 'segment' | 'measure' | 'model' | 'memoryBytes'> & {
  scale?: ScaleSettings;
};
type Delivery = (round: number) => {
  near?: () => boolean;
  keeps?: () => boolean;
  crash?: { at: number; when: 'before' | 'after' };
};

const servicesOf = (
  world: Pick<PredictServices, 'objects' | 'jobs' | 'queue'>,
  model: Model,
  deadline?: PredictServices['deadline'],
): PredictServices => ({
  ...world,
  model: async () => ({
    engine: model as Engine,
    input: { channelCount: 1, ...(model.scale && { scale: model.scale }) },
  }),
  planesAhead: 2,
  admit: async () => () => {},
  ...(deadline && { deadline }),
});

let attempts = 0;

/** Delivers the file's message, as the queue does, until nobody sends it again. Returns what each delivery came to. */
async function deliver(
  world: StageWorld,
  delivery: Delivery,
  model: Model = engine,
  onPlane: (done: number) => void = () => {},
): Promise<(PredictResult | 'died')[]> {
  const results: (PredictResult | 'died')[] = [];
  await world.queue.send('files', [{ ...world.job, path }]);
  for (let round = 0; ; round++) {
    if (round > 200) throw new Error('it never ends');
    const [received] = await world.queue.receive('files', { max: 1, visibilitySeconds: 1 });
    if (received === undefined) return results;
    const { near, keeps, crash } = delivery(round);
    const allowed = restrict(predict, world);
    const ports = crash === undefined ? allowed : crashingPorts(allowed, crash.at, crash.when).ports;
    try {
      const deadline = near && { near, ...(keeps && { keeps }), attempt: `attempt-${++attempts}` };
      results.push(await predictFile(received.body, { ...servicesOf(ports, model, deadline), onPlane }));
    } catch (error) {
      const { cause, message } = error as Error;
      const gone = message === 'what was kept of the image is gone'; // the other of two chains has ended it
      if (!(error instanceof Crash) && !(cause instanceof Crash) && !gone) throw error;
      results.push('died');
      await world.queue.send('files', [received.body]); // as it comes again, without an end of attempts
    }
    await world.queue.acknowledge('files', [received.receipt]);
  }
}

/** sha256 of every object among the results. */
const resultsOf = async (world: StageWorld): Promise<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(await world.objectsIn('results')).map(([key, bytes]) => [key, hash('sha256', bytes)]),
  );

/** Results of a world that nothing disturbed. */
async function undisturbed(
  bytes = image,
  model: Model = engine,
  change: Partial<JobSettings> = {},
): Promise<Record<string, string>> {
  const world = await worldWith(bytes, change);
  await predictFile({ ...world.job, path }, servicesOf(world, model));
  expect(await world.outcomes()).toEqual([`${path}: done`]);
  return resultsOf(world);
}

describe('predict before a deadline', () => {
  let expected: Record<string, string>;
  beforeAll(async () => {
    expected = await undisturbed();
  });

  it('that is far writes the same as without one, each result once', async () => {
    const world = await worldWith(image);
    const { ports, calls } = crashingPorts(world);
    await predictFile({ ...world.job, path }, servicesOf(ports, engine, { near: () => false, attempt: 'a' }));
    expect(await resultsOf(world)).toEqual(expected);
    expect(calls.filter((call) => call === 'objects.put')).toHaveLength(5);
    expect(calls).not.toContain('objects.compose');
  });

  it.each([
    ['reduced', 95, 2.5],
    ['enlarged', 12, 0.5],
  ])(
    'that comes within planes that are predicted %s ends with the same bytes, labels as large as the image',
    async (_how, diameter, factor) => {
      const scaled: Model = { ...engine, scale: { diameter: 30, narrowest: 24, widest: 60, enlarged: 2 } };
      const choice = { diameter };
      const world = await worldWith(image, choice);
      const results = await deliver(world, () => ({ near: () => true }), scaled);
      expect(results.filter((result) => result === 'continues').length).toBeGreaterThan(depths); // in the middle of planes too
      const found = await resultsOf(world);
      expect(found).toEqual(await undisturbed(image, scaled, choice));
      expect(found).not.toEqual(expected);
      const { [`${path}/summary.json`]: summary, [`${path}/labels.tif`]: labels } = await world.objectsIn('results');
      expect(JSON.parse(summary!.toString())).toMatchObject({
        scale: { factor, diameterPx: diameter, from: 'option' },
        settings: { diameter },
      });
      const { info } = await openImage(memorySource(labels!));
      expect([info.height, info.width, info.depths]).toEqual([height, width, depths]);
    },
  );

  it('that comes between planes of several channels ends with the same measurements and counts', async () => {
    const random = randomNumbers(11);
    const dapi = () => planeOf(height, width, () => (random() < 0.1 ? 1 + random() * 4000 : 0), 'uint16');
    const gfp = () => planeOf(height, width, () => random() * 4000, 'uint16');
    const planes = Array.from({ length: depths }, () => [dapi(), gfp()]).flat();
    const model = thresholdEngine();
    const bytes = await collect(writeTiff({ ...stack, channels: 2, channelNames: ['DAPI', 'GFP'] }, planes));
    const change: Partial<JobSettings> = {
      ring: 2,
      positive: [
        { channel: 'GFP', threshold: 'bg+0.1' },
        { channel: 'DAPI', threshold: 'otsu' },
      ],
    };
    const world = await worldWith(bytes, change);
    const results = await deliver(world, () => ({ near: () => true }), model);
    expect(results.filter((result) => result === 'continues').length).toBeGreaterThan(depths);
    expect(await resultsOf(world)).toEqual(await undisturbed(bytes, model, change));
    const { [`${path}/summary.json`]: json } = await world.objectsIn('results');
    const summary = JSON.parse(json!.toString());
    expect(summary.objects).toBeGreaterThan(depths);
    expect(summary.positive).toEqual({
      rules: [
        { mean: 'GFP_mean', column: 'GFP_positive', threshold: expect.any(Number) },
        { mean: 'DAPI_mean', column: 'DAPI_positive', ends: [expect.any(Number), expect.any(Number)] },
      ],
    });
  });

  it('that is always near takes one row of tiles a delivery, and ends with the same bytes', async () => {
    const world = await worldWith(image);
    const results = await deliver(world, () => ({ near: () => true }));
    expect(await resultsOf(world)).toEqual(expected);
    expect(results.slice(0, -1)).toEqual(Array(results.length - 1).fill('continues'));
    expect(results.at(-1)).toMatchObject({ reused: false, summary: { depths } });
    expect(results.length).toBeGreaterThan(2 * depths); // rows of a plane, and then its objects
  });

  it('that is far stores each plane where that is asked for: a death loses one that was through, at most', async () => {
    const world = await worldWith(image);
    const through: number[] = [];
    const deaths = 6;
    const results = await deliver(
      world,
      (round) => ({
        ...{ near: () => false, keeps: () => true },
        ...(round < deaths && { crash: { at: 9 + 3 * round, when: 'after' as const } }),
      }),
      engine,
      (done) => through.push(done),
    );
    expect(results.filter((result) => result === 'died')).toHaveLength(deaths);
    expect(await resultsOf(world)).toEqual(expected);
    expect(new Set(through).size).toBe(depths);
    expect(through.length - depths).toBeLessThanOrEqual(deaths);
    expect(through.every((done, i) => i === 0 || done >= through[i - 1]!)).toBe(true); // never further back
  });

  it('at random moments, killed at random calls, writes the same bytes and leaves nothing else', async () => {
    const moment = fc.record({
      checks: fc.integer({ min: 0, max: 12 }),
      keep: fc.integer({ min: 1, max: 6 }),
      crash: fc.option(fc.record({ at: fc.integer({ min: 1, max: 35 }), when: fc.constantFrom('before', 'after') }), {
        nil: undefined,
        freq: 3,
      }),
    });
    let [cut, died] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(moment, { maxLength: 12 }), async (moments) => {
        const world = await worldWith(image);
        const results = await deliver(world, (round) => {
          const { checks, keep, crash } = moments[round] ?? { checks: Number.POSITIVE_INFINITY, keep: 2 };
          let left = checks;
          let planes = 0;
          return {
            near: () => left-- <= 0,
            keeps: () => ++planes % keep === 0,
            ...(crash && { crash: crash as { at: number; when: 'before' | 'after' } }),
          };
        });
        cut += results.filter((result) => result === 'continues').length;
        died += results.filter((result) => result === 'died').length;
        expect(await world.outcomes()).toEqual([`${path}: done`]);
        expect(await resultsOf(world)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
    expect(cut).toBeGreaterThan(50);
    expect(died).toBeGreaterThan(20);
  });

  it('two chains of deliveries at once, each cut short, make the same bytes', async () => {
    for (const seed of [3, 4, 5]) {
      const world = await worldWith(image);
      const random = randomNumbers(seed);
      const chain = () => deliver(world, () => ({ near: () => random() < 0.3 }));
      const results = (await Promise.all([chain(), chain()])).flat();
      expect(results.filter((result) => result === 'continues').length).toBeGreaterThan(3);
      expect(await world.outcomes()).toEqual([`${path}: done`]);
      const found = await resultsOf(world);
      for (const key of Object.keys(found)) if (key.startsWith('.tables')) delete found[key]; // of the slower chain
      expect(found).toEqual(expected);
    }
  });

  it('ignores what was kept of another input, another model and another round', async () => {
    for (const change of ['nothing', 'input', 'model', 'generation'] as const) {
      const world = await worldWith(image);
      for (let i = 0; i < 8; i++) {
        const cutShort = servicesOf(world, engine, { near: () => true, attempt: `first-${i}` });
        expect(await predictFile({ ...world.job, path }, cutShort)).toBe('continues');
      }
      let model: Model = engine;
      world.clock.advance(5);
      if (change === 'input') await world.objects.put(inputRef(world.job, path), image);
      if (change === 'model') model = { ...engine, model: { ...engine.model, definition: 'c'.repeat(64) } };
      if (change === 'generation') {
        await world.jobs.seal(world.job);
        await world.jobs.finishFile(world.job, path, { state: 'failed', failure: { code: 'gaveUp', message: '' } });
        await world.jobs.startPackaging(world.job);
        await world.jobs.complete(world.job, 1);
        await world.jobs.reopen(world.job);
        await world.jobs.resetFailed(world.job, 10);
        await world.jobs.resume(world.job, 2);
      }
      const planes: number[] = [];
      const services = servicesOf(world, model, { near: () => false, attempt: 'second' });
      await predictFile({ ...world.job, path }, { ...services, onPlane: (done) => planes.push(done) });
      expect([change, planes[0]]).toEqual([change, change === 'nothing' ? 3 : 1]);
      expect(Object.keys(await resultsOf(world)).filter((key) => key.startsWith('.tables'))).toEqual([]);
    }
  });

  it('goes on where the last delivery ended', async () => {
    const world = await worldWith(image);
    let segmented = 0;
    const model: Model = {
      ...engine,
      segment: (...args) => {
        segmented++;
        return engine.segment(...args);
      },
    };
    await deliver(world, () => ({ near: () => true }), model);
    expect(segmented).toBe(depths); // each once
  });

  it('keeps what is large in pieces, and makes the result of them', async () => {
    const random = randomNumbers(9);
    const many = { ...stack, depths: 4, height: 1200, width: 1200 };
    const planes: Plane[] = Array.from({ length: 4 }, () => planeOf(1200, 1200, () => 1 + random() * 60_000, 'uint16'));
    const bytes = await collect(writeTiff(many, planes));
    const model = dottedEngine(Math.sin, 10); // hardly compressible
    const world = await worldWith(bytes);
    const { ports, calls } = crashingPorts(world);
    await predictFile({ ...world.job, path }, servicesOf(ports, model, { near: () => false, attempt: 'a' }));
    expect(calls.filter((call) => call === 'objects.compose')).toHaveLength(1); // 20 MB of maps do not wait in memory
    expect(await resultsOf(world)).toEqual(await undisturbed(bytes, model));
  });

  it('that comes after labels outgrew uint16 stays with uint32', async () => {
    const random = randomNumbers(5);
    const wide = { ...stack, depths: 2, height: 260, width: 260 };
    const planes = Array.from({ length: 2 }, (_, i) => planeOf(260, 260, () => (i === 0 ? random() * 2 : 9), 'uint16'));
    const bytes = await collect(writeTiff(wide, planes));
    const model = dottedEngine((value) => (value > 0 ? 1 : 0)); // 67,600 objects in the second plane
    const expectedWide = await undisturbed(bytes, model);
    const world = await worldWith(bytes);
    await deliver(world, () => ({ near: () => true }), model);
    expect(await resultsOf(world)).toEqual(expectedWide);
  });
});
