import { expect, it } from '@jest/globals';
import { faintNote, normalisationOf } from '../../../functions/stages/predict/faint-values.ts';
import { fixtureModel, planeOf } from '../../support/models.ts';

const range = { kind: 'scaleRange', joint: false, low: 1, high: 99.8, eps: 1e-6 } as const;
const ramp = (highest: number, type: 'float32' | 'uint16' = 'float32') =>
  planeOf(100, 100, (y, x) => ((y * 100 + x) / 9999) * highest, type);

it.each([
  ['that span less than the eps of the model', ramp(4e-7), '4.0e-7', '1e7'],
  ['that span a few times the eps', ramp(8e-6), '0.0000079', '1e6'],
])('says of floats %s how they can be used', (_, plane, span, factor) => {
  expect(faintNote(plane, range)).toBe(
    `its values span only ${span}, and the model adds 0.000001 to that: objects may be missed; multiply the values by ${factor} and run again`,
  );
});

it.each([
  ['floats that span enough', ramp(1.1e-5)],
  ['one value everywhere', ramp(0)],
  ['whole numbers', ramp(3, 'uint16')],
])('says nothing of %s', (_, plane) => {
  expect(faintNote(plane, range)).toBeUndefined();
});

it('looks at one standard deviation where the model divides by that, and not at values that are no number', () => {
  const plane = planeOf(10, 10, (_, x) => (x === 0 ? Number.NaN : x % 2 === 0 ? 0 : 2e-6));
  expect(faintNote(plane, { kind: 'zeroMean', joint: false, eps: 1e-6 })).toMatch(/^its values span only 9\.9e-7,/);
});

it('looks at no model that normalises by nothing, or after other steps', async () => {
  expect(faintNote(ramp(1e-9), undefined)).toBeUndefined();
  expect(normalisationOf([{ kind: 'cast', dtype: 'float32' }, range])).toBe(range);
  expect(normalisationOf([{ kind: 'affine', gain: [1e6], offset: [0] }, range])).toBeUndefined();
  expect(normalisationOf((await fixtureModel('identity')).description.input.preprocessing)).toBeUndefined();
});
