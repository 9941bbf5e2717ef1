import { type Score, totalScores } from '../../functions/model/score.ts';

/** Counts at IoU 0.5 of one image kept aside, by the model before and by the one that was trained. */
export interface ImageScores {
  image: string;
  before: Score;
  after: Score;
  /** Labelled objects that only the trained model finds, and those that only the one before found. */
  gained: number;
  lost: number;
}

export interface Verdict {
  better: boolean;
  /** Why not; empty where it is better. */
  reasons: string[];
  /** F1 at IoU 0.5 on the images kept aside. */
  before: number;
  after: number;
  /** The same on what the base was made for. */
  own?: { before: number; after: number };
  /** Images kept aside, worst first: what to label more of. */
  worst: string[];
}

const leastGain = 0.01;
/** F1 that a model may lose on what its base was made for: always so much, and up to the second number a fifth of what it gains. */
const forgettable = [0.05, 0.15] as const;
const allowedLoss = (gain: number): number => Math.min(forgettable[1], Math.max(forgettable[0], gain / 5));
/** Below it a model finds too little for anybody to use, and labels that are not those of their images give such scores. */
const leastF1 = 0.3;
/** Largest probability that a model that is no better does as well: what lies beyond one standard deviation, since few objects are kept aside. */
const largestChance = 0.16;

/**
 * Whether a trained model is offered: better on the images kept aside, by more than chance gives with so few objects, and
 * not much worse on what the base was made for (`own`: before are the scores of the base, whatever came after it).
 */
export function judge(aside: readonly ImageScores[], own?: { before: Score; after: Score }): Verdict {
  const [before, after] = [pooledF1(aside.map((each) => each.before)), pooledF1(aside.map((each) => each.after))];
  const [gains, losses] = changes(aside);
  const chance = signTest(gains, losses);
  const forgotten = own === undefined ? 0 : own.before.f1 - own.after.f1;
  const went = `F1 on the images kept aside went from ${shown(before)} to ${shown(after)}`;
  const reasons = [
    ...(after - before >= leastGain ? [] : [`${went}; ${leastGain} more is needed`]),
    ...(after - before < leastGain || chance <= largestChance
      ? []
      : [`${went}, which may be chance: ${gains} objects are right that were wrong, ${losses} the other way round`]),
    ...(after >= leastF1
      ? []
      : [`F1 of ${shown(after)} is below ${leastF1}: check that labels belong to their images`]),
    ...(forgotten <= allowedLoss(after - before)
      ? []
      : [`F1 on what the base was made for fell by ${shown(forgotten)}`]),
  ];
  const worst = [...aside].sort((a, b) => a.after.f1 - b.after.f1 || (a.image < b.image ? -1 : 1));
  return {
    better: reasons.length === 0,
    reasons,
    before,
    after,
    ...(own !== undefined && { own: { before: own.before.f1, after: own.after.f1 } }),
    worst: worst.map(({ image }) => image),
  };
}

const shown = (value: number): string => value.toFixed(3);

/** Counts are added, not ratios. */
const pooledF1 = (scores: readonly Score[]): number => totalScores(scores.map((score) => [score]))[0]!.f1;

/** Objects that became right and that became wrong: labelled ones found or not, and false ones by their number in each image. */
function changes(aside: readonly ImageScores[]): [number, number] {
  return aside.reduce(
    ([gains, losses], { before, after, gained, lost }) => {
      const fewerFalse = before.fp - after.fp;
      return [gains + gained + Math.max(0, fewerFalse), losses + lost + Math.max(0, -fewerFalse)];
    },
    [0, 0],
  );
}

/** One-sided sign test: how probable so many gains, or more, are among all changes where each is as probable as a loss. */
export function signTest(gains: number, losses: number): number {
  const changed = gains + losses;
  let logChoose = 0; // of `changed` over k, natural
  let total = 0;
  for (let k = 0; k <= changed; k++) {
    if (k > 0) logChoose += Math.log((changed - k + 1) / k);
    if (k >= gains) total += Math.exp(logChoose - changed * Math.LN2);
  }
  return Math.min(1, total);
}
