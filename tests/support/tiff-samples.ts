import type { SampleArray, SampleType } from '../../functions/image/image.ts';
import { bytesPerSample } from '../../functions/image/tiff/layout.ts';
import { samplesOn } from '../../functions/image/tiff/segment.ts';

/** The type that samples of these bits are read into. */
export function typeOf(bits: number, format: 'uint' | 'int' | 'float'): SampleType {
  if (format === 'float') return bits === 16 ? 'float16' : bits === 64 ? 'float64' : 'float32';
  return `${format}${bits <= 8 ? 8 : bits <= 16 ? 16 : bits <= 32 ? 32 : 64}`;
}

/** Samples over the whole range of `bits`, in runs so that compression has something to do; the same each time. */
export function samplesFor(count: number, bits: number, format: 'uint' | 'int' | 'float'): SampleArray {
  const type = typeOf(bits, format);
  const data = samplesOn(type, new ArrayBuffer(count * bytesPerSample[type]), 0, count);
  let state = 12_345n + BigInt(bits);
  let value = 0n;
  for (let i = 0; i < count; i++) {
    state = (state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) & 0xffffffffffffffffn;
    if ((state >> 60n) % 3n !== 0n) value = state >> 3n;
    if (format === 'float')
      data[i] = Number(BigInt.asIntN(11, value)) / 16; // exact in 16 bits too
    else {
      const wide = format === 'int' ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
      if (data instanceof BigUint64Array || data instanceof BigInt64Array) data[i] = wide;
      else data[i] = Number(wide);
    }
  }
  return data;
}
