/** How well predicted objects match true ones at one threshold of intersection over union (IoU). */
export interface Score {
  iou: number;
  /** Matched objects, predicted objects without a match, true objects without one. */
  tp: number;
  fp: number;
  fn: number;
  precision: number;
  recall: number;
  f1: number;
  /** tp over all three: what object detection papers call average precision at this IoU. */
  ap: number;
}

const scoreThresholds = [0.5, 0.6, 0.7, 0.8, 0.9] as const;

/** Labels of one plane, any whole numbers; 0 is background. */
export type LabelImage = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/**
 * Matches objects one to one where their IoU is the threshold or more. Above 0.5 an object can overlap only one other so
 * far, so the matching is the only one; at exactly 0.5 an object may have two such partners, and pairs are taken by
 * falling IoU, then by the order of labels. Precision, recall, F1 and AP are 1 where there is nothing to find and nothing found.
 */
export function scoreLabels(
  predicted: LabelImage,
  truth: LabelImage,
  thresholds: readonly number[] = scoreThresholds,
): Score[] {
  if (predicted.length !== truth.length)
    throw new RangeError(`${predicted.length} predicted pixels for ${truth.length} true ones`);
  const { pairs, predictedCount, truthCount } = overlaps(predicted, truth);
  return thresholds.map((iou) => {
    const tp = matched(pairs, iou).size;
    return ratios(iou, tp, predictedCount - tp, truthCount - tp);
  });
}

/**
 * The same labels without what cannot be scored: pixels whose true label is negative, as nobody said what is there, and
 * predicted objects that have more than half of their pixels there. Where no pixel is, the arrays are those that were given.
 */
export function knownPixels(predicted: Uint32Array, truth: LabelImage): { predicted: Uint32Array; truth: LabelImage } {
  if (truth.length !== predicted.length)
    throw new RangeError(`${predicted.length} predicted pixels for ${truth.length} true ones`);
  if (!truth.some((label) => label < 0)) return { predicted, truth };
  const balance = new Map<number, number>(); // pixels at known places less those at unknown ones
  for (let i = 0; i < truth.length; i++)
    balance.set(predicted[i]!, (balance.get(predicted[i]!) ?? 0) + (truth[i]! < 0 ? -1 : 1));
  return {
    predicted: predicted.map((label, i) => (truth[i]! < 0 || balance.get(label)! < 0 ? 0 : label)),
    truth: truth.map((label) => Math.max(0, label)),
  };
}

/** Labels of the true objects that have a match. */
export function foundObjects(predicted: LabelImage, truth: LabelImage, iou: number): Set<number> {
  return matched(overlaps(predicted, truth).pairs, iou);
}

/** One score over several planes: the counts are added, not the ratios. */
export function totalScores(scores: readonly (readonly Score[])[]): Score[] {
  const first = scores[0] ?? [];
  const sum = (at: number, of: (score: Score) => number): number =>
    scores.reduce((total, each) => total + of(each[at]!), 0);
  return first.map(({ iou }, at) =>
    ratios(
      iou,
      sum(at, ({ tp }) => tp),
      sum(at, ({ fp }) => fp),
      sum(at, ({ fn }) => fn),
    ),
  );
}

function ratios(iou: number, tp: number, fp: number, fn: number): Score {
  const share = (of: number): number => (tp + fp + fn === 0 ? 1 : of === 0 ? 0 : tp / of);
  return {
    iou,
    tp,
    fp,
    fn,
    precision: share(tp + fp),
    recall: share(tp + fn),
    f1: share(tp + (fp + fn) / 2),
    ap: share(tp + fp + fn),
  };
}

interface Pair {
  predicted: number;
  truth: number;
  iou: number;
}

function overlaps(predicted: LabelImage, truth: LabelImage) {
  const predictedAreas = new Map<number, number>();
  const truthAreas = new Map<number, number>();
  const common = new Map<number, Map<number, number>>();
  const add = (areas: Map<number, number>, label: number, pixels: number): void => {
    areas.set(label, (areas.get(label) ?? 0) + pixels);
  };
  // Runs of equal pairs: labels change rarely along a row.
  for (let start = 0; start < predicted.length; ) {
    const p = predicted[start]!;
    const t = truth[start]!;
    let end = start + 1;
    while (end < predicted.length && predicted[end] === p && truth[end] === t) end++;
    if (p !== 0) add(predictedAreas, p, end - start);
    if (t !== 0) add(truthAreas, t, end - start);
    if (p !== 0 && t !== 0) {
      const row = common.get(p) ?? new Map<number, number>();
      add(row, t, end - start);
      common.set(p, row);
    }
    start = end;
  }
  const pairs: Pair[] = [];
  for (const [p, row] of common)
    for (const [t, shared] of row)
      pairs.push({ predicted: p, truth: t, iou: shared / (predictedAreas.get(p)! + truthAreas.get(t)! - shared) });
  pairs.sort((a, b) => b.iou - a.iou || a.predicted - b.predicted || a.truth - b.truth);
  return { pairs, predictedCount: predictedAreas.size, truthCount: truthAreas.size };
}

/** True objects that are matched. */
function matched(pairs: readonly Pair[], iou: number): Set<number> {
  const usedPredicted = new Set<number>();
  const usedTruth = new Set<number>();
  for (const pair of pairs) {
    if (pair.iou < iou) break;
    if (usedPredicted.has(pair.predicted) || usedTruth.has(pair.truth)) continue;
    usedPredicted.add(pair.predicted);
    usedTruth.add(pair.truth);
  }
  return usedTruth;
}
