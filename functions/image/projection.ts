import type { Image, Plane, PlaneIndex } from './image.ts';

export type Projection = 'max' | 'mean';

/**
 * The same image with one plane for all depths of a channel, position and time: of each pixel the greatest sample, or the
 * mean as float32. Samples that are not finite are left out; a pixel without a finite one is NaN. Planes are read one after
 * the other: one plane and one sum (float64 of the mean) are in memory. The last plane made is kept, as it is often read twice.
 */
export function projected(image: Image, projection: Projection): Image {
  const { depths } = image.info;
  const { z: _, ...pixel } = image.info.pixelSize ?? { x: 0, y: 0 };
  let last: { key: string; plane: Promise<Plane> } | undefined;
  return {
    ...image,
    info: {
      ...image.info,
      depths: 1,
      ...(projection === 'mean' && { type: 'float32' as const }),
      ...(image.info.pixelSize && { pixelSize: pixel }),
    },
    readPlane({ position, time, channel }) {
      const key = `${position} ${time} ${channel}`;
      if (last?.key !== key) {
        const all = Array.from({ length: depths }, (_, depth) => ({ position, time, channel, depth }));
        last = { key, plane: projection === 'max' ? greatest(image, all) : mean(image, all) };
        last.plane.catch(() => {}); // whoever reads it is told
      }
      return last.plane;
    },
  };
}

async function greatest(image: Image, [first, ...others]: readonly PlaneIndex[]): Promise<Plane> {
  const plane = await image.readPlane(first!);
  const data = plane.data as Float32Array; // or another type: compared and stored as they are
  if (!plane.type.startsWith('float')) {
    for (const index of others) raise(data, (await image.readPlane(index)).data as Float32Array);
    return plane;
  }
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) data[i] = Number.NaN;
  for (const index of others) raiseFinite(data, (await image.readPlane(index)).data as Float32Array);
  return plane;
}

function raise(data: Float32Array, next: Float32Array): void {
  for (let i = 0; i < data.length; i++) if (next[i]! > data[i]!) data[i] = next[i]!;
}

function raiseFinite(data: Float32Array, next: Float32Array): void {
  for (let i = 0; i < data.length; i++) {
    const value = next[i]!;
    if (Number.isFinite(value) && !(value <= data[i]!)) data[i] = value; // NaN is below everything
  }
}

async function mean(image: Image, indices: readonly PlaneIndex[]): Promise<Plane> {
  let shape: Plane | undefined;
  let sum = new Float64Array(0);
  let missing: Uint32Array | undefined; // of each pixel: planes without a finite sample
  for (const index of indices) {
    const plane = await image.readPlane(index);
    shape ??= plane;
    if (sum.length === 0) sum = new Float64Array(plane.data.length);
    const { data } = plane;
    for (let i = 0; i < sum.length; i++) {
      const value = Number(data[i]);
      if (value - value === 0) sum[i]! += value;
      else {
        missing ??= new Uint32Array(sum.length);
        missing[i]!++;
      }
    }
  }
  const { height, width, samples } = shape!;
  const out = new Float32Array(new SharedArrayBuffer(4 * sum.length));
  for (let i = 0; i < out.length; i++) out[i] = sum[i]! / (indices.length - (missing?.[i] ?? 0));
  return { height, width, samples, type: 'float32', data: out };
}
