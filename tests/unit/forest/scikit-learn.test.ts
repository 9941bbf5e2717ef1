import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { randomFrom } from '../../../functions/forest/random.ts';
import { predictForest, type Samples, type Tree, trainForest } from '../../../functions/forest/random-forest.ts';

type Node = [feature: number, threshold: number, left: number, right: number, shares: number[]];
/** As tests/support/python/forest.py writes it. */
interface Reference {
  small: { trees: Node[][]; probabilities: number[][] };
  large: { accuracy: number; logLoss: number };
}

const count = 1500;

/** The points of forest.py: rings around the middle in three of four features, a fifth of the classes noise. */
function points(seed: number): Samples {
  const random = randomFrom(seed);
  const features = new Float32Array(4 * count);
  const classes = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const [x, y, z, noise, other, anyClass] = Array.from({ length: 6 }, random) as [
      ...[number, number, number],
      ...[number, number, number],
    ];
    const distance = (x - 0.5) ** 2 + (y - 0.5) ** 2 + (z - 0.5) ** 2;
    const own = distance < 0.1 ? 0 : distance < 0.25 ? 1 : 2;
    features.set([x, y, z, noise], 4 * i);
    classes[i] = other < 0.2 ? Math.floor(3 * anyClass) : own;
  }
  return { features, classes, featureCount: 4, classCount: 3 };
}

const file = join(import.meta.dirname, '../../fixtures/forest.json');
const { small, large } = JSON.parse(await readFile(file, 'utf8')) as Reference;

describe('the random forest beside that of scikit-learn', () => {
  const { features, classes } = points(2);
  const featuresOf = (i: number) => features.subarray(4 * i, 4 * i + 4);

  it('says of its trees the probabilities that it says', () => {
    const trees: Tree[] = small.trees.map((nodes) =>
      nodes.map(([feature, threshold, left, right, shares]) => ({
        ...{ feature: left < 0 ? -1 : feature, threshold, left, right, shares },
      })),
    );
    for (const [i, wanted] of small.probabilities.entries())
      for (const [c, share] of predictForest(trees, featuresOf(i)).entries()) expect(share).toBeCloseTo(wanted[c]!, 12);
  });

  it('learns the same points about as well, with the settings of a pixel classifier', () => {
    const trees = trainForest(points(1), { trees: 50, depth: 12, leastInLeaf: 3, seed: 1 });
    let [right, loss] = [0, 0];
    for (let i = 0; i < count; i++) {
      const shares = predictForest(trees, featuresOf(i));
      if (shares.indexOf(Math.max(...shares)) === classes[i]) right++;
      loss -= Math.log(Math.max(1e-6, shares[classes[i]!]!)) / count;
    }
    expect(Math.abs(right / count - large.accuracy)).toBeLessThan(0.015);
    expect(Math.abs(loss - large.logLoss)).toBeLessThan(0.03);
  }, 180_000);
});
