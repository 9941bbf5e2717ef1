import { bestPairs, type Candidate } from './best-pairs.ts';
import type { NumberedPlane } from './link-depth.ts';
import { overlapShare, overlaps } from './overlap.ts';

/** When objects of two time points are one. Shares from 0 to 1. */
export interface TrackRules {
  /** Least intersection over union in neighbouring time points. */
  neighbours: number;
  /** Farthest move from one time point to the next, in diameters of the object. */
  diameters: number;
  /** Least intersection over union across one time point that misses the object. */
  acrossGap: number;
}

const trackRules: TrackRules = { neighbours: 0.25, diameters: 1, acrossGap: 0.5 };

/** The objects of one time point, by number less 1. */
export interface Frame {
  /** All its planes from the top. */
  planes: NumberedPlane[];
  /** Pixels, or voxels of a stack. */
  size: Float64Array;
  /** Centroid along x, y and z: micrometres where the pixel size is known, else pixels; z 0 where there is no spacing. */
  centres: Float64Array[];
  /** Of the circle as large as the widest section, in the same unit. */
  diameters: Float64Array;
}

interface TrackedFrame extends Frame {
  tracks: Uint32Array;
  /** 1 where the track goes on later. */
  goesOn: Uint8Array;
}

/** What is known of one position; plain values, so that it can be kept between two deliveries. */
export interface Tracks {
  count: number;
  /** The last two time points, the newer one first. */
  frames: TrackedFrame[];
}

export const noTracks = (): Tracks => ({ count: 0, frames: [] });

/**
 * Takes the next time point and gives the track of each of its objects, from 1 in the order in which tracks begin. In
 * this order:
 *
 * 1. overlap: best pairs of the objects that overlap those of the time point before;
 * 2. distance: of what is left, the nearest pairs whose centroids are at most one diameter apart, again until none is left;
 * 3. gaps: what the time point before misses, where it lies nearly as it did two time points ago.
 *
 * Of a cell that divides one daughter keeps the track, the one that overlaps more; the other begins one.
 */
export function trackFrame(tracks: Tracks, frame: Frame, rules: TrackRules = trackRules): Uint32Array {
  const count = frame.size.length;
  const next: TrackedFrame = { ...frame, tracks: new Uint32Array(count), goesOn: new Uint8Array(count) };
  const [before, earlier] = tracks.frames;
  if (before !== undefined) {
    join(before, next, overlapping(before, next, rules.neighbours));
    for (let found = near(before, next, rules); found.length > 0; found = near(before, next, rules))
      join(before, next, found);
  }
  if (earlier !== undefined) join(earlier, next, overlapping(earlier, next, rules.acrossGap));
  for (let i = 0; i < count; i++) if (next.tracks[i] === 0) next.tracks[i] = ++tracks.count;
  tracks.frames = [next, ...tracks.frames.slice(0, 1)];
  return next.tracks;
}

function join(before: TrackedFrame, next: TrackedFrame, candidates: readonly Candidate[]): void {
  for (const { one, two } of bestPairs(candidates)) {
    next.tracks[two] = before.tracks[one]!;
    before.goesOn[one] = 1;
  }
}

const isFree = (before: TrackedFrame, next: TrackedFrame, one: number, two: number): boolean =>
  before.goesOn[one] === 0 && next.tracks[two] === 0;

/** Pairs that overlap by at least `least`, in all planes together. */
function overlapping(before: TrackedFrame, next: TrackedFrame, least: number): Candidate[] {
  const shared = new Map<number, number>();
  const columns = next.size.length;
  for (const [depth, plane] of before.planes.entries()) {
    const other = next.planes[depth]!;
    for (const { one, two, pixels } of overlaps(plane.runs, other.runs)) {
      const pair = (plane.numbers[one]! - 1) * columns + other.numbers[two]! - 1;
      shared.set(pair, (shared.get(pair) ?? 0) + pixels);
    }
  }
  return [...shared]
    .map(([pair, pixels]) => {
      const [one, two] = [Math.floor(pair / columns), pair % columns];
      return { one, two, score: overlapShare(pixels, before.size[one]!, next.size[two]!) };
    })
    .filter(({ one, two, score }) => score >= least && isFree(before, next, one, two));
}

function near(before: TrackedFrame, next: TrackedFrame, { diameters }: TrackRules): Candidate[] {
  const free = (flags: ArrayLike<number>) =>
    Array.from(flags, (flag, i) => (flag === 0 ? i : -1)).filter((i) => i >= 0);
  const later = free(next.tracks);
  return free(before.goesOn).flatMap((one) =>
    later
      .map((two) => ({ one, two, score: -distance(before, next, one, two) }))
      .filter(({ score }) => -score <= diameters * before.diameters[one]!),
  );
}

const distance = (before: Frame, next: Frame, one: number, two: number): number =>
  Math.hypot(...before.centres.map((axis, i) => axis[one]! - next.centres[i]![two]!));
