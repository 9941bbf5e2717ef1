import { describe, expect, it } from '@jest/globals';
import { type ImageScores, judge, signTest } from '../../../cli/train/gate.ts';
import type { Score } from '../../../functions/model/score.ts';

const score = (tp: number, fp: number, fn: number): Score => ({
  iou: 0.5,
  tp,
  fp,
  fn,
  precision: tp / (tp + fp),
  recall: tp / (tp + fn),
  f1: tp / (tp + (fp + fn) / 2),
  ap: tp / (tp + fp + fn),
});
const own = { before: score(90, 10, 10), after: score(90, 10, 10) };
const image = (before: Score, after: Score, gained: number, lost = 0): ImageScores[] => [
  { image: 'a.tif', before, after, gained, lost },
];

describe('the verdict on a trained model', () => {
  it('is better where it finds far more of 100 objects', () => {
    const verdict = judge(image(score(50, 50, 50), score(80, 20, 20), 32, 2), own);
    expect(verdict).toMatchObject({ better: true, reasons: [], before: 0.5, after: 0.8 });
  });

  it('is better where it has fewer false objects only', () => {
    expect(judge(image(score(80, 20, 20), score(80, 5, 20), 0), own)).toMatchObject({ better: true, reasons: [] });
  });

  it('is not better without any change', () => {
    expect(judge(image(score(80, 20, 20), score(80, 20, 20), 0), own).reasons).toEqual([
      'F1 on the images kept aside went from 0.800 to 0.800; 0.01 more is needed',
    ]);
  });

  it('is not better where the gain may be chance', () => {
    expect(judge(image(score(7, 3, 3), score(8, 3, 2), 2, 1), own).reasons).toEqual([
      'F1 on the images kept aside went from 0.700 to 0.762, which may be chance: 2 objects are right that were wrong, 1 the other way round',
    ]);
  });

  it('is not better where it is useless still', () => {
    expect(judge(image(score(1, 99, 99), score(20, 80, 80), 19), own).reasons).toEqual([
      'F1 of 0.200 is below 0.3: check that labels belong to their images',
    ]);
  });

  it('is not better where the base forgot what it was made for', () => {
    const gain = image(score(50, 50, 50), score(80, 20, 20), 30);
    const verdict = judge(gain, { before: score(90, 10, 10), after: score(83, 17, 17) });
    expect(verdict.reasons).toEqual(['F1 on what the base was made for fell by 0.070']);
  });

  it.each([
    [0.6, 80, []], // a fifth of it is 0.12
    [0.6, 77, ['F1 on what the base was made for fell by 0.130']],
    [0.9, 74, ['F1 on what the base was made for fell by 0.160']],
    [0.02, 86, []],
  ])('may forget a fifth of a gain of %d, 0.05 always and 0.15 at most', (gain, kept, reasons) => {
    const right = 8 + Math.round(1000 * gain);
    const gained = image(score(8, 992, 992), score(right, 1000 - right, 1000 - right), right - 8);
    const useful = gain < 0.3 ? image(score(800, 200, 200), score(820, 180, 180), 20) : gained;
    const verdict = judge(useful, { before: own.before, after: score(kept, 100 - kept, 100 - kept) });
    expect(verdict.reasons).toEqual(reasons);
  });

  it('names the images that are worst with it first', () => {
    const at = (name: string, tp: number) => ({
      ...image(score(1, 9, 9), score(tp, 10 - tp, 10 - tp), 0)[0]!,
      image: name,
    });
    expect(judge([at('c', 5), at('b', 2), at('a', 5)], own).worst).toEqual(['b', 'a', 'c']);
  });
});

describe('the sign test', () => {
  it.each([
    [0, 0, 1],
    [1, 0, 0.5],
    [3, 0, 0.125],
    [3, 1, 0.3125], // (4 + 1) / 16
    [7, 2, 46 / 512], // (36 + 9 + 1) / 512
    [0, 5, 1],
  ])('of %i gains and %i losses is %d', (gains, losses, probability) => {
    expect(signTest(gains, losses)).toBeCloseTo(probability, 12);
  });

  it('holds for thousands of changes', () => {
    expect(signTest(5000, 5000)).toBeCloseTo(0.504, 3); // half, and half of P(5000) = 1 / sqrt(5000 pi)
  });
});
