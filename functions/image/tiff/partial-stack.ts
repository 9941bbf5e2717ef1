import { type Axis, type AxisName, planesOfAxes } from './arrangement.ts';
import { arrangedBy, type Coordinates, type Grid, gridOf } from './plane-coordinates.ts';

/** Planes of a stack that is not whole, as far as they make one, and in clauses what was assumed or left out. */
export interface PartialStack extends Grid {
  notes: string[];
}

/**
 * Arranges what is there of a stack that has fewer planes than it was to have (a recording that was stopped, a file of a set).
 * Positions, times and depths that lack a channel are left out, or the channels that most of them lack. Where the rest is no
 * whole stack, its positions and times are taken as positions, or its times and depths as times. Undefined where two planes
 * stand at one point.
 */
export function partialStack(coordinates: readonly Coordinates[], pages: readonly number[]): PartialStack | undefined {
  const kept = wholePoints(coordinates);
  if (kept === undefined) return undefined;
  const keptPages = kept.map((i) => pages[i]!);
  const own = kept.map((i) => coordinates[i]!);
  const isKept = new Set(kept);
  const missing = pages.filter((_, i) => !isKept.has(i));
  const notes = missing.length === 0 ? [] : [withoutChannels(missing)];
  const whole = gridOf(own, keptPages);
  if (whole !== undefined) return { ...whole, notes };
  for (const { taken, at } of merges) {
    const grid = gridOf(at(own), keptPages);
    if (grid !== undefined) return { ...grid, notes: [...notes, `its planes make no whole stack, ${taken}`] };
  }
  return undefined;
}

const merges: { taken: string; at(own: readonly Coordinates[]): Coordinates[] }[] = [
  {
    taken: 'positions and times taken as positions',
    at: (own) => own.map(({ P, T, Z, C }) => point({ P: JSON.stringify([P ?? 0, T ?? 0]), Z, C })),
  },
  { taken: 'times and depths taken as times', at: (own) => own.map(placesAsTimes()) },
  {
    taken: 'positions, times and depths taken as positions',
    at: (own) => own.map(({ P, T, Z, C }) => point({ P: JSON.stringify([P ?? 0, T ?? 0, Z ?? 0]), C })),
  },
];

const point = (at: Partial<Record<AxisName, number | string | undefined>>): Coordinates =>
  Object.fromEntries(Object.entries(at).filter(([, value]) => value !== undefined));

/** Numbers the times and depths of each position in the order in which they come. */
function placesAsTimes(): (at: Coordinates) => Coordinates {
  const known = new Map<number | string, Map<string, number>>();
  return ({ P = 0, T = 0, Z = 0, C }) => {
    const places = known.get(P) ?? new Map<string, number>();
    known.set(P, places);
    const key = JSON.stringify([T, Z]);
    const time = places.get(key) ?? places.size;
    places.set(key, time);
    return point({ P, T: time, C });
  };
}

/**
 * Which planes are kept so that each position, time and depth has the same channels: as many as there can be. Undefined where
 * two planes stand at one point.
 */
function wholePoints(coordinates: readonly Coordinates[]): number[] | undefined {
  const places = new Map<string, Map<number | string, number>>();
  const counts = new Map<number | string, number>();
  for (const [i, { P = 0, T = 0, Z = 0, C = 0 }] of coordinates.entries()) {
    const key = JSON.stringify([P, T, Z]);
    const place = places.get(key) ?? new Map<number | string, number>();
    if (place.has(C)) return undefined;
    places.set(key, place.set(C, i));
    counts.set(C, (counts.get(C) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a).map(([channel]) => channel);
  let whole = [...places.values()];
  let best: { channels: (number | string)[]; places: typeof whole } = { channels: [], places: [] };
  for (const [i, channel] of byCount.entries()) {
    whole = whole.filter((place) => place.has(channel));
    const channels = byCount.slice(0, i + 1);
    if (channels.length * whole.length >= best.channels.length * best.places.length) best = { channels, places: whole };
  }
  return best.places.flatMap((place) => best.channels.map((channel) => place.get(channel)!)).sort((a, b) => a - b);
}

/** Where each of the first `count` planes along `axes` (slowest first) stands. */
function coordinatesAlong(axes: readonly Axis[], count: number): Coordinates[] {
  return Array.from({ length: count }, (_, i) => {
    const at: Coordinates = {};
    for (const [a, { name, size }] of axes.entries()) at[name] = Math.floor(i / planesOfAxes(axes.slice(a + 1))) % size;
    return at;
  });
}

/** Of pages that are left out as other channels of their position, time and depth are missing. */
export const withoutChannels = (pages: readonly number[]): string =>
  `${pagesInWords(pages)} left out: other channels are not there`;

/** `page 3`, or `pages 1, 5`: the first few of many. */
export const pagesInWords = (pages: readonly number[]): string => {
  const shown = pages.length > 6 ? `${pages.slice(0, 5).join(', ')} and ${pages.length - 5} more` : pages.join(', ');
  return pages.length === 1 ? `page ${shown}` : `pages ${shown}`;
};

/** The same of planes that run along `axes` (slowest first) and end before the last; `words` claims them. */
export function partialAlong(
  axes: readonly Axis[],
  pages: readonly number[],
  words: string,
): (Omit<Grid, 'values'> & { notes: string[] }) | undefined {
  const claimed = planesOfAxes(axes);
  if (pages.length >= claimed) return undefined;
  const part = partialStack(coordinatesAlong(axes, pages.length), pages);
  return part && { ...arrangedBy(part), notes: [shortInWords(pages.length, claimed, words), ...part.notes] };
}

/** `2 of the 50 planes that its OME-XML claims are there`. */
export const shortInWords = (planes: number, claimed: number, words: string): string =>
  `${planes} of the ${claimed} planes that ${words} claims ${planes === 1 ? 'is' : 'are'} there`;
