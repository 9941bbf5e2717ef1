import { endianness } from 'node:os';
import { Failure } from '../../core/errors.ts';
import type { ByteSource, Plane, SampleArray, SampleType } from '../image.ts';
import { codecs, type Scratch } from './compression.ts';
import { bytesPerSample, type Layout, planeBytes, rowBytes, samplesTogether } from './layout.ts';
import { undoDifferences, undoFloatPredictor } from './predictor.ts';
import { type Ranges, rowsOf } from './segments.ts';
import { reverseBits, unpackBits, widenFloat24 } from './unpack.ts';

export interface DecodeOptions {
  /** Put the samples into shared memory, which worker threads read without a copy. */
  shared?: boolean;
  /** Refuse planes of more bytes than this as imageTooLarge; 4 GiB unless told. */
  maxPlaneBytes?: number;
}

const hostLittle = endianness() === 'LE';
const defaultMost = 2 ** 32;
/** Neighbouring strips are read together up to this many bytes. */
const readTogether = 1 << 20;
/** Strips in work at once: one for each of libuv's threads. */
const lanes = 4;

const arrays = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float16: Float16Array,
  float32: Float32Array,
  float64: Float64Array,
} satisfies Record<SampleType, unknown>;

/** A view of samples on bytes that start at a multiple of their width. */
export const samplesOn = (type: SampleType, buffer: ArrayBufferLike, offset: number, count: number): SampleArray =>
  new arrays[type](buffer as ArrayBuffer, offset, count);

/** Samples stored in whole bytes of the width they have in memory. */
const isNative = (layout: Layout): boolean => layout.bits === 8 * bytesPerSample[layout.type];

/** Reads the samples of one page as stored: rows x columns x samples, interleaved; no inversion, no palette. */
export async function decodePlane(
  source: ByteSource,
  layout: Layout,
  ranges: Ranges,
  { shared = false, maxPlaneBytes = defaultMost }: DecodeOptions = {},
): Promise<Plane> {
  checkSize(layout, maxPlaneBytes);
  const { height, width, samples, type } = layout;
  const total = planeBytes(layout);
  const plain =
    layout.compression === 1 && isNative(layout) && !layout.tiled && !layout.planar && layout.predictor === 1;
  let bytes: Uint8Array;
  if (plain) bytes = await readRows(source, layout, ranges, total, shared);
  else bytes = await decodeSegments(source, layout, ranges, total, shared);
  return {
    height,
    width,
    samples,
    type,
    data: samplesOn(type, bytes.buffer, bytes.byteOffset, height * width * samples),
  };
}

/** Refuses a page whose samples, or one of whose strips or tiles, would take more memory than allowed. */
export function checkSize(layout: Layout, most = defaultMost): void {
  const { height, width, samples, type } = layout;
  const segment = layout.segmentHeight * layout.segmentWidth * samplesTogether(layout) * bytesPerSample[type];
  const largest = Math.max(planeBytes(layout), segment);
  if (largest > most)
    throw new Failure('imageTooLarge', [
      `a plane of ${width} x ${height} pixels, ${samples} x ${type}, takes ${largest} bytes; the limit is ${most}`,
    ]);
}

const allocate = (length: number, shared: boolean): Uint8Array =>
  new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));

/** Uncompressed rows, one strip after the other: read straight into place, swapped there. */
async function readRows(source: ByteSource, layout: Layout, ranges: Ranges, total: number, shared: boolean) {
  const runs = runsOf(ranges, Number.POSITIVE_INFINITY);
  const width = bytesPerSample[layout.type];
  let bytes: Uint8Array | undefined;
  if (runs.length === 1 && !shared) {
    const read = await source.read(ranges.offsets[0]!, total);
    if (read.byteOffset % width === 0) bytes = read;
    else bytes = read.slice();
  } else {
    bytes = allocate(total, shared);
    let to = 0;
    for (const { first, end } of runs) {
      const offset = ranges.offsets[first]!;
      const length = ranges.offsets[end - 1]! + ranges.lengths[end - 1]! - offset;
      const target = bytes.subarray(to, to + length);
      if (source.readInto !== undefined) await source.readInto(offset, target);
      else target.set(await source.read(offset, length));
      to += length;
    }
  }
  if (layout.lowBitFirst) reverseBits(bytes);
  if (layout.little !== hostLittle) swap(bytes, width);
  return bytes;
}

/** Strips that follow each other in the file without a gap, at most `most` bytes together. */
function runsOf({ offsets, lengths }: Ranges, most: number): { first: number; end: number }[] {
  const runs: { first: number; end: number }[] = [];
  for (let first = 0; first < offsets.length; ) {
    let end = first + 1;
    while (
      end < offsets.length &&
      offsets[end] === offsets[end - 1]! + lengths[end - 1]! &&
      offsets[end]! + lengths[end]! - offsets[first]! <= most
    )
      end++;
    runs.push({ first, end });
    first = end;
  }
  return runs;
}

async function decodeSegments(source: ByteSource, layout: Layout, ranges: Ranges, total: number, shared: boolean) {
  const runs = runsOf(ranges, readTogether);
  let bytes: Uint8Array | undefined;
  let nextRun = 0;
  const lane = async (): Promise<void> => {
    const scratch: Scratch = { bytes: new Uint8Array(0) };
    for (let run = runs[nextRun++]; run !== undefined; run = runs[nextRun++]) {
      const offset = ranges.offsets[run.first]!;
      const read = await source.read(offset, ranges.offsets[run.end - 1]! + ranges.lengths[run.end - 1]! - offset);
      for (let index = run.first, at = 0; index < run.end; at += ranges.lengths[index++]!) {
        const stored = await expand(read.subarray(at, at + ranges.lengths[index]!), layout, index, scratch);
        // not before the first strip has proved that there is an image
        bytes ??= isWhole(stored, layout, shared) ? stored.subarray(0, total) : allocate(total, shared);
        place(stored, layout, index, bytes);
      }
    }
  };
  // after a failure the other lanes stop at their next run, and are waited for: nothing reads on in the background
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(lanes, runs.length) }, () =>
      lane().catch((error: unknown) => {
        nextRun = runs.length;
        throw error;
      }),
    ),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return bytes!;
}

/** Whether what a strip decodes to can be the plane itself, without a copy. */
const isWhole = (stored: Uint8Array, layout: Layout, shared: boolean): boolean =>
  !shared &&
  !layout.tiled &&
  !layout.planar &&
  layout.down === 1 &&
  isNative(layout) &&
  layout.predictor !== 3 &&
  stored.byteOffset % bytesPerSample[layout.type] === 0;

/** Decompresses one strip or tile; the result has at least the bytes of its rows. */
async function expand(input: Uint8Array, layout: Layout, index: number, scratch: Scratch): Promise<Uint8Array> {
  if (layout.lowBitFirst) reverseBits(input);
  const codec = codecs[layout.compression];
  if (codec === undefined) return input;
  const needed = rowsOf(layout, index) * rowBytes(layout);
  const full = layout.segmentHeight * rowBytes(layout); // some writers fill the last strip up
  const stored = await codec.decode(input, full, scratch);
  if (stored.length !== needed && stored.length !== full)
    throw new Failure('imageBroken', [
      `${layout.tiled ? 'tile' : 'strip'} ${index} decodes to ${stored.length} of ${needed} bytes`,
    ]);
  return stored;
}

/** Undoes predictor and packing of one strip or tile and puts its samples where they belong in the plane. */
function place(stored: Uint8Array, layout: Layout, index: number, plane: Uint8Array): void {
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

function swap(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  const view = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  if (width === 2) view.swap16();
  else if (width === 4) view.swap32();
  else view.swap64();
}
