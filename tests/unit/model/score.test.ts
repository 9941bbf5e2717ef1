import { describe, expect, it } from '@jest/globals';
import { knownPixels, scoreLabels, totalScores } from '../../../functions/model/score.ts';

describe('knownPixels', () => {
  const found = Uint32Array.of(1, 1, 0, 2, 2, 3, 3, 3);

  it('takes out pixels that nobody labelled, and objects that lie there for more than half', () => {
    const truth = Int32Array.of(7, 7, 0, 0, -1, 8, -1, -1);
    const known = knownPixels(found, truth);
    expect([...known.predicted]).toEqual([1, 1, 0, 2, 0, 0, 0, 0]);
    expect([...known.truth]).toEqual([7, 7, 0, 0, 0, 8, 0, 0]);
  });

  it('gives labels of a whole plane back as they are', () => {
    const truth = Float64Array.of(7, 7, 0, 0, 0, 8, 8, 8);
    const known = knownPixels(found, truth);
    expect([known.predicted === found, known.truth === truth]).toEqual([true, true]);
  });
});

const labels = (text: string): Uint16Array => Uint16Array.from(text.replaceAll(/\s/g, ''), Number);

describe('scoreLabels', () => {
  it('counts matches, false alarms and misses at each threshold', () => {
    const truth = labels('1111 0022 3330');
    const found = labels('1110 0022 0004'); // IoU 3/4, 1 and none
    expect(scoreLabels(found, truth, [0.5, 0.8])).toEqual([
      { iou: 0.5, tp: 2, fp: 1, fn: 1, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, ap: 1 / 2 },
      { iou: 0.8, tp: 1, fp: 2, fn: 2, precision: 1 / 3, recall: 1 / 3, f1: 1 / 3, ap: 1 / 5 },
    ]);
  });

  it('matches an object at most once, at exactly one half too', () => {
    const [score] = scoreLabels(labels('1111'), labels('1122'), [0.5]);
    expect(score).toMatchObject({ tp: 1, fp: 0, fn: 1 });
  });

  it('does not care how objects are numbered', () => {
    expect(scoreLabels(labels('0770 0330'), labels('0110 0220'))).toEqual(
      [0.5, 0.6, 0.7, 0.8, 0.9].map((iou) => ({ iou, tp: 2, fp: 0, fn: 0, precision: 1, recall: 1, f1: 1, ap: 1 })),
    );
  });

  it('is perfect where there is nothing and nothing is found, and nought where only one side has objects', () => {
    const [empty, one] = [labels('0000'), labels('0110')];
    expect(scoreLabels(empty, empty, [0.5])[0]).toMatchObject({ precision: 1, recall: 1, f1: 1, ap: 1 });
    expect(scoreLabels(one, empty, [0.5])[0]).toMatchObject({ fp: 1, precision: 0, recall: 0, f1: 0 });
    expect(scoreLabels(empty, one, [0.5])[0]).toMatchObject({ fn: 1, precision: 0, recall: 0, f1: 0 });
  });

  it('adds counts over planes, not ratios', () => {
    const good = scoreLabels(labels('1122'), labels('1122'), [0.5]);
    const bad = scoreLabels(labels('1000'), labels('0022'), [0.5]);
    expect(totalScores([good, bad])).toEqual([
      { iou: 0.5, tp: 2, fp: 1, fn: 1, precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, ap: 1 / 2 },
    ]);
  });

  it('refuses planes of different sizes', () => {
    expect(() => scoreLabels(labels('11'), labels('111'))).toThrow(RangeError);
  });
});
