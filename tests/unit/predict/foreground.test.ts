import { describe, expect, it } from '@jest/globals';
import type { JobSettings } from '../../../functions/core/job.ts';
import { foregroundRef, inputRef } from '../../../functions/core/object-keys.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { fileDigest } from '../../../functions/jobs/edit-log.ts';
import type { ForegroundMap } from '../../../functions/model/package/foreground-map.ts';
import type { Range } from '../../../functions/model/package/value-range.ts';
import { foregroundPlane } from '../../../functions/stages/predict/foreground-plane.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';
import { memorySource } from '../../support/memory-source.ts';
import { stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';
import { buildTiff } from '../../support/tiff-builder.ts';

const mapOf = (values: number[], columns = values.length) => ({
  height: values.length / columns,
  width: columns,
  names: ['foreground'],
  data: [Float32Array.from(values)],
});

describe('how near pixels are to the threshold', () => {
  it.each<[string, number, Range | undefined, number[], number[]]>([
    ['a probability', 0.5, [0, 1], [0, 0.25, 0.4999, 0.5, 0.75, 1], [0, 64, 127, 128, 192, 255]],
    ['a probability with a high threshold', 0.8, [0, 1], [0, 0.4, 0.79, 0.8, 0.9, 1], [0, 64, 125, 128, 191, 255]],
    ['a map without a range', 0.5, undefined, [-3, 0.5, 7, Number.NaN], [0, 128, 255, 0]],
    ['a logit', 0, undefined, [-30, -1, 0, 1, 30], [0, 68, 128, 187, 255]],
    ['a threshold at the end of the range', 1, [0, 1], [0.5, 1], [64, 128]],
    ['a threshold at the start of the range', 0, [0, 1], [-1, 0, 1], [0, 128, 255]],
  ])('are bytes around 128, of %s', async (...[, threshold, range, values, bytes]) => {
    const map: ForegroundMap = { index: 0, threshold, ...(range && { range }) };
    const size = { height: 1, width: values.length };
    const plane = await foregroundPlane(mapOf(values), map, undefined, size);
    expect(plane).toEqual({ ...size, samples: 1, type: 'uint8', data: Uint8Array.from(bytes) });
  });

  it('are of the threshold that was chosen', async () => {
    const map = { index: 0, threshold: 0.5, range: [0, 1] as const };
    const { data } = await foregroundPlane(mapOf([0.2, 0.25, 0.625]), map, 0.25, { height: 1, width: 3 });
    expect([...data]).toEqual([102, 128, 192]);
  });

  it('are the nearest samples of a map over a grid', async () => {
    const map = { index: 0, threshold: 0.5, range: [0, 1] as const };
    const { data } = await foregroundPlane(mapOf([0, 1, 0.5, 0], 2), map, undefined, { height: 3, width: 4 });
    expect([...data]).toEqual([0, 0, 255, 255, 0, 0, 255, 255, 128, 128, 0, 0]);
  });
});

const path = 'stack.tif';
const foreground = { index: 0, threshold: 0.5, range: [0, 1] as const };

/** What is kept of a stack of two planes, predicted plane by plane. */
async function keptOf(settings: Partial<JobSettings>, inSteps: boolean) {
  const world = await stageWorld(settings);
  const page = (data: number[]) => ({ height: 2, width: 2, data: Uint8Array.from(data) });
  const bytes = buildTiff({ pages: [page([0, 9, 0, 0]), page([9, 9, 0, 9])] });
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  for (let round = 0; round < 10; round++) {
    const result = await predictFile(
      { ...world.job, path },
      {
        ...world,
        model: async () => ({ engine: thresholdEngine(), input: { channelCount: 1, foreground } }),
        planesAhead: 1,
        admit: async () => () => {},
        ...(inSteps && { deadline: { near: () => true, attempt: `attempt-${round}` } }),
      },
    );
    if (result === 'continues') continue;
    return { result, found: await world.objectsIn('results'), ref: foregroundRef(world.job, fileDigest(path)) };
  }
  throw new Error('it does not end');
}

describe('a job whose labels can be corrected', () => {
  it.each([false, true])('keeps the map of each plane, in steps %p, and gives it to nobody', async (inSteps) => {
    const { result, found, ref } = await keptOf({ foreground: true }, inSteps);
    const image = await openImage(memorySource(found[ref.key.split('/').slice(2).join('/')]!));
    const planes = await Promise.all(
      [0, 1].map(async (plane) => [
        ...(await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0, ...planeOf(image.info, plane) })).data,
      ]),
    );
    expect(planes).toEqual([
      [0, 255, 0, 0],
      [255, 255, 0, 255],
    ]);
    expect(image.info.type).toBe('uint8');
    expect(result).toMatchObject({
      summary: { outputs: [{ kind: 'labels.tif' }, { kind: 'measurements.csv' }, { kind: 'preview.png' }] },
    });
    expect(Object.keys(found).filter((key) => key.startsWith('.tables'))).toEqual([
      ref.key.split('/').slice(2).join('/'),
    ]);
  });

  it('keeps none where it is not asked for', async () => {
    const { found } = await keptOf({}, false);
    expect(Object.keys(found).filter((key) => key.startsWith('.tables'))).toEqual([]);
  });
});

const planeOf = ({ depths }: { depths: number }, plane: number) => (depths > 1 ? { depth: plane } : { time: plane });

it('keeps no map of a model that has none', async () => {
  const world = await stageWorld({ foreground: true });
  const bytes = buildTiff({ pages: [{ height: 4, width: 9, data: new Uint8Array(36).fill(7) }] });
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  const model = async () => ({ engine: dottedEngine(() => 0), input: { channelCount: 1 } });
  await predictFile({ ...world.job, path }, { ...world, model, planesAhead: 1, admit: async () => () => {} });
  expect(Object.keys(await world.objectsIn('results')).sort()).toEqual([
    `${path}/labels.tif`,
    `${path}/measurements.csv`,
    `${path}/preview.png`,
    `${path}/summary.json`,
  ]);
});
