import { expect, it } from '@jest/globals';
import { inputRef } from '../../../functions/core/object-keys.ts';
import { retryAndAdvance, sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../../functions/stages/predict/services.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { dottedEngine } from '../../support/dotted-engine.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { buildTiff } from '../../support/tiff-builder.ts';

/** Nothing here comes as far as the model. */
const services = (world: StageWorld): PredictServices => ({
  ...world,
  model: async () => ({ engine: {} as never, input: { channelCount: 1 } }),
  planesAhead: 1,
  admit: async () => () => {},
});

it('gives a file that never arrived the same reason again when it is retried without it', async () => {
  const world = await stageWorld();
  const path = 'a.tif';
  await world.jobs.expect(world.job, [{ path, bytes: 100 }]);
  const failure = {
    code: 'uploadMissing',
    message: 'the image is not there: it never arrived, or was sent so long ago that it is no longer kept',
  };
  await world.jobs.finishFile(world.job, path, { state: 'failed', failure });
  await sealAndAdvance(world.job, world);
  await packageResults({ ...world.job, generation: 1 }, { ...world, version: '0.1.0' });
  await retryAndAdvance(world.job, world);
  expect(await world.files()).toEqual([{ path, bytes: 100, state: 'pending' }]);
  expect(await predictFile({ ...world.job, path }, services(world))).toMatchObject({
    failed: { code: 'uploadMissing' },
  });
  expect(await world.files()).toEqual([{ path, bytes: 100, state: 'failed', failure, generation: 2 }]);
});

it.each([
  [9, 'fits the longer side', { reused: false }],
  [
    9.5,
    'is longer than the image',
    {
      failed: {
        code: 'diameterTooLarge',
        message: 'no object of diameter 9.5 px fits: the image has 4 rows and 9 columns',
      },
    },
  ],
])('with a diameter of %p px, which %s, gives what fits', async (diameter, _, outcome) => {
  const world = await stageWorld({ diameter });
  const path = 'a.tif';
  const bytes = buildTiff({ pages: [{ height: 4, width: 9, data: new Uint8Array(36).fill(7) }] });
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.objects.put(inputRef(world.job, path), bytes);
  const input = { channelCount: 1, scale: { diameter: 30, widest: 60 } };
  const model = async () => ({ engine: dottedEngine(() => 0), input });
  expect(await predictFile({ ...world.job, path }, { ...services(world), model })).toMatchObject(outcome);
});
