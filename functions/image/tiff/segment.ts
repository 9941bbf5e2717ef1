import { endianness } from 'node:os';
import { Failure } from '../../core/errors.ts';
import type { SampleArray, SampleType } from '../image.ts';
import { codecs, type Scratch } from './compression.ts';
import { decodeFax } from './fax.ts';
import { bytesPerSample, type Layout, rowBytes, samplesTogether } from './layout.ts';
import { undoDifferences, undoFloatPredictor } from './predictor.ts';
import { rowsOf } from './segments.ts';
import { reverseBits, unpackBits, widenFloat24 } from './unpack.ts';

export const hostLittle = endianness() === 'LE';

/** Node 22, which a function on AWS may still have, knows no 16-bit floats. */
const Float16 =
  globalThis.Float16Array ??
  class {
    constructor() {
      throw new Failure('imageUnsupported', { feature: '16-bit floats, on Node 22' });
    }
  };

const arrays = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float16: Float16 as typeof Float16Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<SampleType, unknown>;

/** A view of samples on bytes that start at a multiple of their width. */
export const samplesOn = (type: SampleType, buffer: ArrayBufferLike, offset: number, count: number): SampleArray =>
  new arrays[type](buffer as ArrayBuffer, offset, count);

/** Samples stored in whole bytes of the width they have in memory. */
export const isNative = (layout: Layout): boolean => layout.bits === 8 * bytesPerSample[layout.type];

/** Decompresses one strip or tile; the result has at least the bytes of its rows and may be in `scratch`. */
export async function expand(input: Uint8Array, layout: Layout, index: number, scratch: Scratch): Promise<Uint8Array> {
  if (layout.lowBitFirst) reverseBits(input);
  if (layout.fax !== undefined) return expandFax(input, layout, index);
  const codec = codecs[layout.compression];
  if (codec === undefined) return input;
  return checked(await codec.decode(input, mostBytes(layout), scratch), layout, index);
}

/** The same on this thread, at once. */
export function expandNow(
  input: Uint8Array,
  layout: Layout,
  index: number,
  scratch: Scratch,
  decoder?: (input: Uint8Array, index: number) => Uint8Array,
): Uint8Array {
  if (decoder !== undefined) return checked(decoder(input, index), layout, index);
  if (layout.lowBitFirst) reverseBits(input);
  if (layout.fax !== undefined) return expandFax(input, layout, index);
  const codec = codecs[layout.compression];
  if (codec === undefined) return input;
  return checked(codec.decodeNow(input, mostBytes(layout), scratch), layout, index);
}

const expandFax = (input: Uint8Array, layout: Layout, index: number): Uint8Array =>
  checked(decodeFax(input, layout.fax!, layout.segmentWidth, rowsOf(layout, index)), layout, index);

/** Some writers fill the last strip up. */
const mostBytes = (layout: Layout): number => layout.segmentHeight * rowBytes(layout);

function checked(stored: Uint8Array, layout: Layout, index: number): Uint8Array {
  const needed = rowsOf(layout, index) * rowBytes(layout);
  if (stored.length !== needed && stored.length !== mostBytes(layout))
    throw new Failure('imageBroken', {
      detail: `${layout.tiled ? 'tile' : 'strip'} ${index} decodes to ${stored.length} of ${needed} bytes`,
    });
  return stored;
}

/** Undoes predictor and packing of one strip or tile and puts its samples where they belong in the plane. */
export function writeSegment(stored: Uint8Array, layout: Layout, index: number, plane: Uint8Array): void {
  const { width, samples, type } = layout;
  const size = bytesPerSample[type];
  const perGrid = layout.across * layout.down;
  const sample = layout.planar ? Math.floor(index / perGrid) : 0;
  const top = Math.floor((index % perGrid) / layout.across) * layout.segmentHeight;
  const left = (index % layout.across) * layout.segmentWidth;
  const together = samplesTogether(layout);
  const rows = Math.min(layout.segmentHeight, layout.height - top);
  const rowSamples = layout.segmentWidth * together;

  if (!layout.tiled && !layout.planar) {
    const start = top * width * samples * size;
    unwrap(stored, layout, rows, rowSamples, plane.subarray(start, start + rows * rowSamples * size));
    return;
  }
  const length = rows * rowSamples * size;
  // what was decoded is ours: whole samples are turned in place
  const inPlace = isNative(layout) && layout.predictor !== 3 && stored.byteOffset % size === 0;
  const unwrapped = inPlace ? stored.subarray(0, length) : new Uint8Array(length);
  unwrap(stored, layout, rows, rowSamples, unwrapped);
  const columns = Math.min(layout.segmentWidth, width - left);
  if (!layout.planar) {
    for (let row = 0; row < rows; row++) {
      const from = row * rowSamples * size;
      plane.set(
        unwrapped.subarray(from, from + columns * samples * size),
        ((top + row) * width + left) * samples * size,
      );
    }
    return;
  }
  const raw = size === 1 ? 'uint8' : size === 2 ? 'uint16' : size === 4 ? 'uint32' : 'uint64';
  const from = samplesOn(raw, unwrapped.buffer, unwrapped.byteOffset, rows * rowSamples);
  const to = samplesOn(raw, plane.buffer, plane.byteOffset, plane.length / size);
  for (let row = 0; row < rows; row++) {
    let target = ((top + row) * width + left) * samples + sample;
    for (let column = 0, i = row * rowSamples; column < columns; column++, target += samples) to[target] = from[i++]!;
  }
}

/** From stored bytes to samples in this machine's byte order: exactly rows x rowSamples of them, in `out`. */
function unwrap(stored: Uint8Array, layout: Layout, rows: number, rowSamples: number, out: Uint8Array): void {
  const { bits, type } = layout;
  const count = rows * rowSamples;
  if (!isNative(layout)) {
    if (type === 'float32') {
      // 24 bits; predictor 3 leaves the highest byte first
      let little = layout.little;
      let bytes = stored.subarray(0, count * 3);
      if (layout.predictor === 3) {
        bytes = new Uint8Array(count * 3);
        undoFloatPredictor(stored, bytes, rows, rowSamples, samplesTogether(layout), 3);
        little = hostLittle;
      }
      (samplesOn('float32', out.buffer, out.byteOffset, count) as Float32Array).set(widenFloat24(bytes, little));
      return;
    }
    const samples = samplesOn(type, out.buffer, out.byteOffset, count);
    unpackBits(stored, samples as Uint8Array, rows, rowSamples, bits);
    return;
  }
  if (layout.predictor === 3) {
    undoFloatPredictor(stored, out, rows, rowSamples, samplesTogether(layout), bits / 8);
    return;
  }
  if (out.buffer !== stored.buffer) out.set(stored.subarray(0, out.length));
  if (layout.little !== hostLittle) swap(out, bits / 8);
  if (layout.predictor === 2) {
    const raw = bits === 8 ? 'uint8' : bits === 16 ? 'uint16' : bits === 32 ? 'uint32' : 'uint64';
    const samples = samplesOn(raw, out.buffer, out.byteOffset, count);
    undoDifferences(samples as Uint16Array, rows, rowSamples, samplesTogether(layout));
  }
}

/** Turns the bytes of each sample of `width` bytes around, in place. */
export function swap(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  if (typeof Buffer === 'undefined') {
    swapOne(bytes, width); // in a browser
    return;
  }
  const view = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  if (width === 2) view.swap16();
  else if (width === 4) view.swap32();
  else view.swap64();
}

function swapOne(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.length; start += width)
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
}
