import type { Samples } from '../../functions/image/blocks.ts';
import type { SampleArray } from '../../functions/image/image.ts';

/** Samples of a plane in which each pixel has `samples` of them. */
interface Interleaved {
  width: number;
  height: number;
  samples: number;
  data: SampleArray;
}

/** One of the samples of each pixel. Whole numbers of 64 bits become the nearest number that there is. */
export function oneSample({ width, height, samples, data }: Interleaved, sample: number): Samples {
  if (data instanceof BigUint64Array || data instanceof BigInt64Array)
    return oneSample({ width, height, samples, data: Float64Array.from(data, Number) }, sample);
  if (samples === 1) return { width, height, data };
  const picked = data.slice(0, width * height);
  for (let i = 0, from = sample; i < picked.length; i++, from += samples) picked[i] = data[from]!;
  return { width, height, data: picked };
}
