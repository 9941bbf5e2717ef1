import { randomFrom } from './random.ts';

/** Samples of pixels: `features` of each one after the other, and its class from 0. */
export interface Samples {
  features: Float32Array;
  classes: Uint8Array;
  featureCount: number;
  classCount: number;
}

/** A node: a branch where `feature` is 0 or more (left where its value is `threshold` or less), else a leaf with shares of classes. */
interface TreeNode {
  feature: number;
  threshold: number;
  left: number;
  right: number;
  shares: readonly number[];
}

/** Nodes, the root first. */
export type Tree = readonly TreeNode[];

export interface ForestSettings {
  trees: number;
  /** Branches from the root to a leaf at most. */
  depth: number;
  /** Samples of a leaf at least. */
  leastInLeaf: number;
  seed: number;
}

/** Values of a feature are compared by the bins they are in: so many, of equal numbers of samples. */
const binCount = 128;

/**
 * Trees that each see as many samples as there are, drawn with replacement, and at each branch the square root of the
 * number of features, of which the split with the least Gini impurity is taken. Source: Breiman, Random forests, 2001.
 */
export function trainForest(samples: Samples, settings: ForestSettings): Tree[] {
  const binned = binSamples(samples);
  return Array.from({ length: settings.trees }, (_, i) => {
    const random = randomFrom(settings.seed * 1000 + i);
    const count = samples.classes.length;
    const drawn = Uint32Array.from({ length: count }, () => Math.floor(random() * count));
    return growTree(samples, binned, { ...settings, drawn, random });
  });
}

/** Mean shares of the classes, for one sample. */
export function predictForest(trees: readonly Tree[], features: ArrayLike<number>): number[] {
  const sums: number[] = [];
  for (const tree of trees) {
    let node = tree[0]!;
    while (node.feature >= 0) node = tree[features[node.feature]! <= node.threshold ? node.left : node.right]!;
    node.shares.forEach((share, i) => {
      sums[i] = (sums[i] ?? 0) + share / trees.length;
    });
  }
  return sums;
}

interface Binned {
  /** Bin of each feature of each sample, as they are in `features`. */
  bins: Uint8Array;
  /** Upper ends of the bins of each feature, rising. */
  ends: Float32Array[];
}

function binSamples({ features, classes, featureCount }: Samples): Binned {
  const count = classes.length;
  const bins = new Uint8Array(features.length);
  const ends = Array.from({ length: featureCount }, (_, feature) => {
    const values = Float32Array.from({ length: count }, (_, i) => features[i * featureCount + feature]!).sort();
    const quantiles = Array.from({ length: binCount - 1 }, (_, i) => values[Math.floor(((i + 1) * count) / binCount)]!);
    return Float32Array.from(new Set(quantiles)); // sorted already
  });
  for (let i = 0; i < features.length; i++) bins[i] = binOf(ends[i % featureCount]!, features[i]!);
  return { bins, ends };
}

/** The first bin whose end is not below the value; one beyond the last where none is. */
function binOf(ends: Float32Array, value: number): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]! >= value) high = middle;
    else low = middle + 1;
  }
  return low;
}

interface Growing extends ForestSettings {
  drawn: Uint32Array;
  random: () => number;
}

function growTree(samples: Samples, binned: Binned, growing: Growing): Tree {
  const nodes: TreeNode[] = [];
  const grow = (members: Uint32Array, depth: number): number => {
    const at = nodes.length;
    const shares = sharesOf(members, samples);
    nodes.push({ feature: -1, threshold: 0, left: 0, right: 0, shares });
    const pure = shares.some((share) => share === 1);
    if (depth === 0 || pure || members.length < 2 * growing.leastInLeaf) return at;
    const split = bestSplit(members, samples, binned, growing);
    if (split === undefined) return at;
    const { feature, bin } = split;
    const isLeft = (i: number): boolean => binned.bins[i * samples.featureCount + feature]! <= bin;
    const left = grow(members.filter(isLeft), depth - 1);
    const right = grow(
      members.filter((i) => !isLeft(i)),
      depth - 1,
    );
    nodes[at] = { feature, threshold: binned.ends[feature]![bin]!, left, right, shares: [] };
    return at;
  };
  grow(growing.drawn, growing.depth);
  return nodes;
}

function sharesOf(members: Uint32Array, { classes, classCount }: Samples): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const i of members) counts[classes[i]!]!++;
  return counts.map((count) => count / members.length);
}

interface Split {
  feature: number;
  bin: number;
  /** Squares of the counts of classes over those of all, of both sides: the higher, the lower their Gini impurity. */
  purity: number;
}

/** Of some features at random; undefined where no split leaves enough samples on both sides and parts any classes. */
function bestSplit(members: Uint32Array, samples: Samples, binned: Binned, growing: Growing): Split | undefined {
  let best: Split | undefined;
  for (const feature of chosenFeatures(samples.featureCount, growing.random)) {
    const counts = countBins(members, samples, binned, feature);
    const split = splitBins(counts, samples.classCount, growing.leastInLeaf);
    if (split !== undefined && split.purity > (best?.purity ?? 0)) best = { feature, ...split };
  }
  return best;
}

/** Samples of each class in each bin, bin after bin. */
function countBins(
  members: Uint32Array,
  { featureCount, classCount, classes }: Samples,
  { bins }: Binned,
  feature: number,
): Uint32Array {
  const counts = new Uint32Array(binCount * classCount);
  for (const i of members) counts[bins[i * featureCount + feature]! * classCount + classes[i]!]!++;
  return counts;
}

/** The last bin of the left side where both are purest together. */
function splitBins(counts: Uint32Array, classCount: number, leastInLeaf: number): Omit<Split, 'feature'> | undefined {
  const total = new Array<number>(classCount).fill(0);
  for (const [i, count] of counts.entries()) total[i % classCount]! += count;
  const all = sumOf(total);
  const left = new Array<number>(classCount).fill(0);
  let best = { bin: -1, purity: squares(total) / all + 1e-9 }; // of no split
  for (let bin = 0; bin < binCount - 1; bin++) {
    for (let c = 0; c < classCount; c++) left[c]! += counts[bin * classCount + c]!;
    const size = sumOf(left);
    if (size < leastInLeaf || all - size < leastInLeaf) continue;
    const right = total.map((count, c) => count - left[c]!);
    const purity = squares(left) / size + squares(right) / (all - size);
    if (purity > best.purity) best = { bin, purity };
  }
  return best.bin < 0 ? undefined : best;
}

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
const squares = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count * count, 0);

/** The square root of their number, none twice. */
function chosenFeatures(count: number, random: () => number): number[] {
  const all = Array.from({ length: count }, (_, i) => i);
  const wanted = Math.max(1, Math.round(Math.sqrt(count)));
  for (let i = 0; i < wanted; i++) {
    const other = i + Math.floor(random() * (count - i));
    [all[i], all[other]] = [all[other]!, all[i]!];
  }
  return all.slice(0, wanted);
}
