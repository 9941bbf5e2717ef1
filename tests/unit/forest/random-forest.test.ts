import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../functions/forest/random.ts';
import { predictForest, type Samples, trainForest } from '../../../functions/forest/random-forest.ts';

const settings = { trees: 20, depth: 6, leastInLeaf: 2, seed: 1 };

/** Points of a square and one feature without meaning; class 1 where exactly one of the two coordinates is above a half. */
function chessboard(count: number): Samples {
  const random = randomFrom(7);
  const features = Float32Array.from({ length: 3 * count }, random);
  const classes = Uint8Array.from({ length: count }, (_, i) =>
    features[3 * i]! > 0.5 === features[3 * i + 1]! > 0.5 ? 0 : 1,
  );
  return { features, classes, featureCount: 3, classCount: 2 };
}

describe('a random forest', () => {
  it('learns classes that no single feature tells apart', () => {
    const forest = trainForest(chessboard(800), settings);
    const said = [
      [0.2, 0.2, 0.5],
      [0.8, 0.8, 0.5],
      [0.2, 0.8, 0.5],
      [0.8, 0.2, 0.5],
    ].map((point) => Math.round(predictForest(forest, point)[1]!));
    expect(said).toEqual([0, 0, 1, 1]);
  });

  it('is the same for the same seed and another for another', () => {
    const samples = chessboard(200);
    expect(trainForest(samples, settings)).toEqual(trainForest(samples, settings));
    expect(trainForest(samples, { ...settings, seed: 2 })).not.toEqual(trainForest(samples, settings));
  });

  it('has as many trees as wanted, none deeper than allowed', () => {
    const depthOf = (tree: ReturnType<typeof trainForest>[number], at = 0): number =>
      tree[at]!.feature < 0 ? 0 : 1 + Math.max(depthOf(tree, tree[at]!.left), depthOf(tree, tree[at]!.right));
    const depths = trainForest(chessboard(400), { ...settings, depth: 3 }).map((tree) => depthOf(tree));
    expect(depths).toHaveLength(20);
    expect(Math.max(...depths)).toBe(3);
  });

  it('gives shares that add up to one, and those of the classes where nothing tells them apart', () => {
    const samples = { features: new Float32Array(100), classes: new Uint8Array(100), featureCount: 1, classCount: 2 };
    samples.classes.fill(1, 0, 25);
    const forest = trainForest(samples, { ...settings, trees: 200 });
    const [none, one] = predictForest(forest, [0]);
    expect(none! + one!).toBeCloseTo(1, 12);
    expect(one).toBeCloseTo(0.25, 1); // of samples drawn with replacement
  });
});
