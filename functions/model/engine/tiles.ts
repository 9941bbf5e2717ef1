/** Sizes a model takes along one axis: `min`, or with `step` > 0 also min + step, min + 2 step ... Pixels. */
export interface AxisRule {
  min: number;
  step: number;
}

/** One tile along one axis, in pixels of the plane; `start` may run past the end, where the plane is reflected. */
export interface Span {
  start: number;
  /** The part [from, to) whose results are kept. */
  from: number;
  to: number;
}

interface AxisPlan {
  /** Pixels of every tile along this axis. */
  tile: number;
  spans: Span[];
}

export interface TilePlan {
  height: number;
  width: number;
  y: AxisPlan;
  x: AxisPlan;
}

/** What a plan depends on beside the plane's size. */
export interface TileRules {
  y: AxisRule;
  x: AxisRule;
  square: boolean;
  halo: number;
  /** Tile size aimed at where the size is free. */
  target: number;
  /** Pixels that one sample of the maps stands for; sizes are multiples of it, and so is where tiles are cut. Absent: 1. */
  grid?: number;
}

/** Fixed-size models do not state their stride: 16 is that of a four-level U-Net, the most common kind. */
const usualStride = 16;

/**
 * Lays tiles over a plane. All have one size; starts are multiples of the model's step, so that pooling sees the same
 * grid in each and the result equals the untiled one where the halo covers the receptive field. Neighbours overlap by
 * two halos at least and are cut in the middle of the overlap; at the plane's edge nothing is cut.
 */
export function planTiles(height: number, width: number, rules: TileRules): TilePlan {
  const { halo, target } = rules;
  const overlap = { halo, grid: rules.grid ?? 1 };
  let y = planAxis(height, rules.y, overlap, target);
  let x = planAxis(width, rules.x, overlap, target);
  if (rules.square && y.tile !== x.tile) {
    const tile = Math.max(y.tile, x.tile);
    y = spread(height, tile, rules.y.step, overlap);
    x = spread(width, tile, rules.x.step, overlap);
  }
  return { height: y.tile, width: x.tile, y, x };
}

/** What neighbours have in common, px. */
interface Overlap {
  halo: number;
  grid: number;
}

const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step;

/** The smallest size the rule allows that is `length` or more. */
export const legalSize = (length: number, { min, step }: AxisRule): number =>
  length <= min || step === 0 ? min : min + roundUp(length - min, step);

function planAxis(length: number, rule: AxisRule, overlap: Overlap, target: number): AxisPlan {
  const { halo } = overlap;
  if (rule.step === 0) {
    const stride = rule.min % usualStride === 0 ? usualStride : overlap.grid;
    return spread(length, rule.min, stride, overlap);
  }
  const padded = legalSize(length, rule);
  const largest = Math.max(legalSize(target, rule), legalSize(2 * halo + rule.step, rule));
  if (padded <= largest) return { tile: padded, spans: [{ start: 0, from: 0, to: length }] };
  const count = Math.ceil((padded - 2 * halo) / (largest - 2 * halo));
  let tile = legalSize(Math.ceil((padded - 2 * halo) / count) + 2 * halo, rule);
  while ((count - 1) * advance(tile, rule.step, halo) < padded - tile) tile += rule.step;
  return spread(length, tile, rule.step, overlap);
}

/** How far the next tile may start: a multiple of the stride that leaves two halos of overlap. */
const advance = (tile: number, stride: number, halo: number): number => Math.floor((tile - 2 * halo) / stride) * stride;

/** Tiles of a given size over a length, evenly, starts on multiples of the stride. */
function spread(length: number, tile: number, stride: number, { halo, grid }: Overlap): AxisPlan {
  const last = roundUp(Math.max(0, length - tile), stride);
  const intervals = last === 0 ? 0 : Math.ceil(last / advance(tile, stride, halo));
  const starts = [0];
  for (let i = 1; i <= intervals; i++) starts.push(Math.floor((last * i) / intervals / stride) * stride);
  const cuts = starts.slice(1).map((start, i) => start + grid * Math.floor((starts[i]! + tile - start) / (2 * grid)));
  return {
    tile,
    spans: starts.map((start, i) => ({ start, from: cuts[i - 1] ?? 0, to: Math.min(cuts[i] ?? length, length) })),
  };
}

/** Whether tiles of this rule leave anything between their halos. */
export const leavesCore = ({ min, step }: AxisRule, halo: number): boolean => step > 0 || min - 2 * halo >= usualStride;
