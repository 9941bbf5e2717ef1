import { expect, it } from '@jest/globals';
import { chosenSettings } from '../../../functions/model/instances/chosen-settings.ts';
import { watershedSettings } from '../../../functions/model/package/settings.ts';

const model = watershedSettings.parse({ threshold: 0.5, minArea: 20, minForeground: 0.7 });

it('settings of a model stay where the user chose none', () => {
  expect(chosenSettings(model, undefined)).toEqual(model);
  expect(chosenSettings(model, { threshold: undefined, minSize: undefined })).toEqual(model);
});

it('the smallest object is what the user chose, also 0', () => {
  expect(chosenSettings(model, { minSize: 0 })).toEqual({ ...model, minArea: 0 });
});

it.each([
  [0.25, 0.25 + 0.4 * 0.75],
  [0.8, 0.8 + 0.4 * 0.2],
])('with the threshold %d the least mean of an object keeps its share of the way to 1', (threshold, least) => {
  const chosen = chosenSettings(model, { threshold });
  expect(chosen.threshold).toBe(threshold);
  expect(chosen.minForeground).toBeCloseTo(least, 12);
});

it('of maps that are no probabilities the least mean keeps its distance from the threshold', () => {
  expect(chosenSettings({ ...model, threshold: 2, minForeground: 5 }, { threshold: -1 }).minForeground).toBe(2);
});

it('a model without a least mean of objects gets none', () => {
  const { minForeground: _, ...without } = model;
  expect(chosenSettings(without, { threshold: 0.2 })).toEqual({ ...without, threshold: 0.2 });
});
