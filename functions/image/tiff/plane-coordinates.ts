import { type Arrangement, type AxisName, orderPages } from './arrangement.ts';

/** Where a page stands, as its own words say: an index, a position or a name an axis. */
export type Coordinates = Partial<Record<AxisName, number | string>>;

const axisNames = ['P', 'T', 'Z', 'C'] as const;

/** The pages in order and the values along each axis. */
export type Grid = Pick<Arrangement, 'positions' | 'times' | 'depths' | 'channels' | 'pages'> & {
  values: Record<AxisName, (number | string)[]>;
};

/**
 * Arranges pages by the words of each; undefined where they do not make a whole grid with one page at every point. Numbers are
 * sorted, names keep the order in which they come first.
 */
export function gridOf(coordinates: readonly Coordinates[], pages: readonly number[]): Grid | undefined {
  const values = {} as Record<AxisName, (number | string)[]>;
  for (const axis of axisNames) {
    const found = [...new Set(coordinates.map((at) => at[axis] ?? 0))];
    values[axis] = found.every((value) => typeof value === 'number') ? found.sort((a, b) => a - b) : found;
  }
  const sizes = axisNames.map((name) => ({ name, size: values[name].length }));
  if (sizes.reduce((product, { size }) => product * size, 1) !== pages.length) return undefined;
  const indices = axisNames.map((axis) => new Map(values[axis].map((value, i) => [value, i])));
  const mapInOrder = new Array<number>(pages.length).fill(-1);
  for (const [i, at] of coordinates.entries()) {
    let index = 0;
    for (const [a, { name, size }] of sizes.entries()) index = index * size + indices[a]!.get(at[name] ?? 0)!;
    if (mapInOrder[index] !== -1) return undefined;
    mapInOrder[index] = pages[i]!;
  }
  return { ...orderPages(sizes, mapInOrder), values };
}

/** What of a grid belongs into an Arrangement. */
export const arrangedBy = ({ positions, times, depths, channels, pages }: Grid): Omit<Grid, 'values'> => ({
  positions,
  times,
  depths,
  channels,
  pages,
});

/** Gives pages that share all their words a time each, in the order in which they come. */
export function withTimes(coordinates: readonly Coordinates[]): Coordinates[] {
  const seen = new Map<string, number>();
  return coordinates.map((at) => {
    const key = JSON.stringify([at.P, at.Z, at.C]);
    const time = seen.get(key) ?? 0;
    seen.set(key, time + 1);
    return { ...at, T: time };
  });
}

/** The distance of numbers that lie equally far apart, to 1 part in 100; undefined where there are fewer than two or they do not. */
export function stepOf(values: readonly (number | string | undefined)[]): number | undefined {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length < 2 || numbers.length !== values.length) return undefined;
  const step = (numbers.at(-1)! - numbers[0]!) / (numbers.length - 1);
  const even = numbers.every((value, i) => Math.abs(value - numbers[0]! - i * step) <= Math.abs(step) / 100 + 1e-9);
  return even && step !== 0 ? Number(Math.abs(step).toPrecision(9)) : undefined;
}
