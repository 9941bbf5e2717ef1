import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { shippedModels } from '../../../cli/run/find-model.ts';
import type { JobSettings } from '../../../functions/core/job.ts';
import type { Plane } from '../../../functions/image/image.ts';
import { type Engine, openEngine } from '../../../functions/model/engine/engine.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { type ModelInput, modelInput } from '../../../functions/stages/predict/channel.ts';
import { polarityNote } from '../../../functions/stages/predict/polarity.ts';
import { discs } from '../../support/labelled-folder.ts';

const settings: JobSettings = { model: { name: 'Nuclei', sha256: 'ab' } };
let engine: Engine;
let input: ModelInput;
let predictions = 0;

beforeAll(async () => {
  const model = await openModel(`${shippedModels}/nuclei`);
  const opened = await openEngine(model, { workers: 1 });
  engine = {
    ...opened,
    predict: (...words) => {
      predictions++;
      return opened.predict(...words);
    },
  };
  input = modelInput(model.description);
}, 180_000);
afterAll(async () => engine[Symbol.asyncDispose]());

const bright = discs(25, 0).image;
const planeOf = (data: Uint16Array<ArrayBuffer>): Plane => ({
  ...{ height: 128, width: 128, samples: 1, type: 'uint16', data },
});
const dark = planeOf(bright.map((value) => 5000 - value));
const noteOf = (plane: Plane, chosen: Partial<JobSettings> = {}, known = input) =>
  polarityNote(plane, { input: known, settings: { ...settings, ...chosen }, engine });

it('objects that are dark on bright are noticed, with what the model finds either way', async () => {
  expect(await noteOf(dark)).toMatch(
    /^it looks unlike what this model knows, objects dark on bright: the model finds \d in its middle, and 25 inverted; try --invert$/,
  );
});

it('bright objects cost no prediction, and nothing is said where the user chose to invert or there is one value', async () => {
  predictions = 0;
  expect(await noteOf(planeOf(bright))).toBeUndefined();
  expect(await noteOf(dark, { invert: true })).toBeUndefined();
  expect(await noteOf(planeOf(bright.map(() => 7)))).toBeUndefined();
  const { instances: _, ...others } = input;
  expect(await noteOf(dark, {}, others)).toBeUndefined();
  expect(predictions).toBe(0);
});

it('a plane that is bright for another reason is tried, and nothing is said where inverted fewer are found', async () => {
  predictions = 0;
  const lit = planeOf(bright.map((value, i) => (value < 300 && i >= 64 * 128 ? 4000 : value)));
  expect(await noteOf(lit)).toBeUndefined();
});
