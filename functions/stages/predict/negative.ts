import type { Plane, SampleArray } from '../../image/image.ts';

/** Planes as the model sees them: bright objects on dark. */
export const asSeen = (planes: readonly Plane[], invert: boolean | undefined): Plane[] =>
  invert === true ? planes.map(negativeOf) : [...planes];

/**
 * The plane with bright and dark changed over, for objects that are dark on bright: each finite sample x becomes
 * least + greatest - x, so that the type and the range stay. On shared memory.
 */
export function negativeOf(plane: Plane): Plane {
  const Samples = plane.data.constructor as new (buffer: ArrayBufferLike) => SampleArray;
  const data = new Samples(new SharedArrayBuffer(plane.data.byteLength));
  if (data instanceof BigUint64Array || data instanceof BigInt64Array)
    turnWhole(plane.data as BigUint64Array, data as BigUint64Array);
  else turn(plane.data as Float64Array, data as Float64Array);
  return { ...plane, data };
}

function turn(from: Float64Array, to: Float64Array): void {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!;
    if (value - value !== 0) continue;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  for (let i = 0; i < from.length; i++) {
    const value = from[i]!;
    to[i] = value - value === 0 ? least + (greatest - value) : Number.NaN;
  }
}

function turnWhole(from: BigUint64Array, to: BigUint64Array): void {
  if (from.length === 0) return;
  let [least, greatest] = [from[0]!, from[0]!];
  for (const value of from) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  for (let i = 0; i < from.length; i++) to[i] = least + (greatest - from[i]!);
}
