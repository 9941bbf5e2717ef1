import { bestPairs } from './best-pairs.ts';
import { areasOf, type LabelRuns } from './label-runs.ts';
import { overlapShare, overlaps } from './overlap.ts';

/** When objects of two planes of a stack are one. Shares from 0 to 1. */
export interface LinkRules {
  /** Least intersection over union in neighbouring planes; Cellpose's default. */
  neighbours: number;
  /** Least intersection over union across one plane that misses the object. */
  acrossGap: number;
  /** Least share of a tip, an object of one plane only, that lies within the object that it is the end of. */
  tip: number;
}

export const linkRules: LinkRules = { neighbours: 0.25, acrossGap: 0.5, tip: 0.5 };

/** How an object goes on below: not at all, in the next plane, or in the one after that. */
const ends = 0;
const goesOn = 1;
const skips = 2;

interface LinkedPlane {
  runs: LabelRuns;
  area: Float64Array;
  /** Number in the stack of each object, 0 where it is not known yet. */
  numbers: Uint32Array;
  /** The object of the plane above that each goes on from, -1 where there is none. */
  above: Int32Array;
  below: Uint8Array;
}

/** What is known of one stack; plain values, so that it can be kept between two deliveries. */
export interface DepthLinks {
  /** Objects numbered so far. */
  count: number;
  /** The last plane that has its numbers. */
  numbered?: LinkedPlane;
  /** The one after it, whose numbers wait for the next plane. */
  waiting?: LinkedPlane;
}

/** A plane whose objects have their numbers in the stack: `numbers[label - 1]`. */
export interface NumberedPlane {
  runs: LabelRuns;
  numbers: Uint32Array;
}

export const noLinks = (): DepthLinks => ({ count: 0 });

/**
 * Takes the next plane of a stack, top to bottom, and gives the plane before it with its numbers. Objects are numbered from
 * 1 in the order in which they begin, those of one plane in the order of their labels. In this order:
 *
 * 1. neighbours: objects of two neighbouring planes that overlap are one (best pairs, see best-pairs.ts);
 * 2. gaps: what ends in one plane and begins two planes later with nearly the same outline is one;
 * 3. tips: an object of one plane that lies mostly within an object of a neighbouring plane, which ends or begins there, is
 *    its tip: the last section of a round cell is too small for rule 1. An object has one tip at each end.
 */
export function linkPlane(links: DepthLinks, runs: LabelRuns, rules: LinkRules = linkRules): NumberedPlane | undefined {
  const { numbered, waiting } = links;
  const next: LinkedPlane = {
    runs,
    area: areasOf(runs),
    numbers: new Uint32Array(runs.count),
    above: new Int32Array(runs.count).fill(-1),
    below: new Uint8Array(runs.count),
  };
  if (waiting !== undefined) linkNeighbours(waiting, next, rules);
  if (numbered !== undefined) linkAcrossGap(numbered, next, rules);
  if (waiting !== undefined) linkTips(waiting, numbered, next, rules);
  return advance(links, next);
}

/** The last plane of the stack, after which there is none. */
export function endLinks(links: DepthLinks, rules: LinkRules = linkRules): NumberedPlane | undefined {
  const { numbered, waiting } = links;
  if (waiting !== undefined) linkTips(waiting, numbered, undefined, rules);
  return advance(links, undefined);
}

function advance(links: DepthLinks, next: LinkedPlane | undefined): NumberedPlane | undefined {
  const { numbered, waiting } = links;
  if (waiting !== undefined) {
    for (let i = 0; i < waiting.numbers.length; i++) {
      if (waiting.numbers[i] !== 0) continue;
      const above = waiting.above[i]!;
      waiting.numbers[i] = above === -1 ? ++links.count : numbered!.numbers[above]!;
    }
    links.numbered = waiting;
  }
  if (next === undefined) delete links.waiting;
  else links.waiting = next;
  return waiting && { runs: waiting.runs, numbers: waiting.numbers };
}

function linkNeighbours(upper: LinkedPlane, lower: LinkedPlane, { neighbours }: LinkRules): void {
  const candidates = overlaps(upper.runs, lower.runs).map(({ one, two, pixels }) => ({
    one,
    two,
    score: overlapShare(pixels, upper.area[one]!, lower.area[two]!),
  }));
  for (const { one, two } of bestPairs(candidates.filter(({ score }) => score >= neighbours))) {
    lower.above[two] = one;
    upper.below[one] = goesOn;
  }
}

function linkAcrossGap(upper: LinkedPlane, lower: LinkedPlane, { acrossGap }: LinkRules): void {
  const candidates = overlaps(upper.runs, lower.runs)
    .filter(({ one, two }) => upper.below[one] === ends && lower.above[two] === -1)
    .map(({ one, two, pixels }) => ({
      one,
      two,
      score: overlapShare(pixels, upper.area[one]!, lower.area[two]!),
    }));
  for (const { one, two } of bestPairs(candidates.filter(({ score }) => score >= acrossGap))) {
    lower.numbers[two] = upper.numbers[one]!;
    upper.below[one] = skips;
  }
}

/** Of the plane in the middle; the other two may be missing. */
function linkTips(
  plane: LinkedPlane,
  upper: LinkedPlane | undefined,
  lower: LinkedPlane | undefined,
  { tip }: LinkRules,
): void {
  const isAlone = (i: number) => plane.above[i] === -1 && plane.numbers[i] === 0 && plane.below[i] === ends;
  const fromUpper = upper?.runs.count ?? 0; // below it `two` is an object of the upper plane, from it on of the lower
  const share = (pixels: number, i: number) => pixels / plane.area[i]!;
  const candidates = [
    ...(upper === undefined ? [] : overlaps(plane.runs, upper.runs))
      .filter(({ one, two }) => isAlone(one) && upper!.below[two] !== goesOn)
      .map(({ one, two, pixels }) => ({ one, two, score: share(pixels, one) })),
    ...(lower === undefined ? [] : overlaps(plane.runs, lower.runs))
      .filter(({ one, two }) => isAlone(one) && lower!.above[two] === -1)
      .map(({ one, two, pixels }) => ({ one, two: fromUpper + two, score: share(pixels, one) })),
  ];
  for (const { one, two } of bestPairs(candidates.filter(({ score }) => score >= tip))) {
    if (two < fromUpper) {
      plane.numbers[one] = upper!.numbers[two]!;
      upper!.below[two] = goesOn;
      continue;
    }
    const end = two - fromUpper;
    plane.numbers[one] = lower!.numbers[end]!; // 0 unless it came across a gap
    lower!.above[end] = one;
    plane.below[one] = goesOn;
  }
}
