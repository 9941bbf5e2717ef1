import type { RegionSamples } from '../ports/predictor.ts';

type Values = RegionSamples['values'];

/** Least value of a type, and how many it has. */
interface Range {
  least: number;
  size: number;
}

/** Samples of an object that may go on in the next plane: as they came or, of very many, how often each value is there. */
interface OpenObject {
  /** The last plane that shows it. */
  last: number;
  parts: Values[];
  /** Finite samples. */
  count: number;
  /** Of a type of few values. */
  range?: Range;
  /** Of the range's least value, of the next one, and so on. */
  often?: Uint32Array;
}

/**
 * Medians of the objects of a stack, exact. Samples are kept until their object has ended: of integers of up to 16 bits at
 * most 256 KiB an object. By number less 1; plain values, so that they can be kept between two deliveries.
 */
export interface LinkedMedians {
  /** Of objects that have ended; NaN where there is no finite sample. */
  ended: Map<number, number>;
  open: Map<number, OpenObject>;
}

export const noMedians = (): LinkedMedians => ({ ended: new Map(), open: new Map() });

/** An object that two planes in a row do not show has ended: see linkPlane. */
const mostMissed = 1;

/** Adds plane `depth` (zero-based), whose objects have these numbers. */
export function addSamplesOf(linked: LinkedMedians, samples: RegionSamples, numbers: Uint32Array, depth: number): void {
  const { open } = linked;
  for (let i = 0; i < numbers.length; i++) {
    const object = numbers[i]! - 1;
    const values = partOf(samples, i);
    const before = open.get(object);
    const all = before ?? begun(values);
    all.last = depth;
    all.count += values.length;
    all.parts.push(values);
    compact(all);
    if (before === undefined) open.set(object, all);
  }
  for (const [object, { last }] of open) if (depth - last > mostMissed) end(linked, object);
}

/** Of the first `count` objects of a stack without a further plane. */
export function mediansOf(linked: LinkedMedians, count: number): Float64Array {
  for (const object of linked.open.keys()) end(linked, object);
  return Float64Array.from({ length: count }, (_, object) => linked.ended.get(object) ?? Number.NaN);
}

function end({ open, ended }: LinkedMedians, object: number): void {
  ended.set(object, medianOf(open.get(object)!));
  open.delete(object);
}

/** A copy, so that it does not hold those of the whole plane. Floats of 16 bits cannot be stored as such. */
function partOf({ values, from, to }: RegionSamples, i: number): Values {
  const part = values.subarray(from[i]!, to[i]!);
  return part instanceof Float16Array ? Float32Array.from(part) : part.slice();
}

function begun(values: Values): OpenObject {
  const range = rangeOf(values);
  return { last: 0, parts: [], count: 0, ...(range && { range }) };
}

/** Undefined where counting values cannot take less memory than they do. */
function rangeOf(values: Values): Range | undefined {
  if (values instanceof Uint8Array) return { least: 0, size: 1 << 8 };
  if (values instanceof Int8Array) return { least: -(1 << 7), size: 1 << 8 };
  if (values instanceof Uint16Array) return { least: 0, size: 1 << 16 };
  if (values instanceof Int16Array) return { least: -(1 << 15), size: 1 << 16 };
  return undefined;
}

/** Counts values where that takes less memory than to keep them. */
function compact(object: OpenObject): void {
  const { parts, count, range } = object;
  if (range === undefined || count * parts[0]!.BYTES_PER_ELEMENT <= 4 * range.size) return;
  object.often ??= new Uint32Array(range.size);
  const { often } = object;
  for (const part of parts) for (let i = 0; i < part.length; i++) often[part[i]! - range.least]!++;
  object.parts = [];
}

/** As numpy defines it: of an even number of samples the mean of the two in the middle. */
function medianOf({ parts, count, often, range }: OpenObject): number {
  if (count === 0) return Number.NaN;
  const half = count >> 1;
  const at = often === undefined ? sortedPlaces(parts, count) : countedPlaces(often, range!.least);
  return count % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
}

/** The value at each index of the sorted samples. */
function sortedPlaces(parts: readonly Values[], count: number): (index: number) => number {
  const Type = parts[0]!.constructor as new (length: number) => Values;
  const sorted = new Type(count);
  let to = 0;
  for (const part of parts) {
    sorted.set(part, to);
    to += part.length;
  }
  sorted.sort();
  return (index) => sorted[index]!;
}

function countedPlaces(often: Uint32Array, least: number): (index: number) => number {
  return (index) => {
    let value = 0;
    for (let before = often[0]!; before <= index; before += often[++value]!);
    return least + value;
  };
}
