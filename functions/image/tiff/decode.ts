import { giveWay } from '../../async/give-way.ts';
import { Failure } from '../../core/errors.ts';
import type { ByteSource, Plane } from '../image.ts';
import { isOwnMemory, type Scratch } from './compression.ts';
import { decodeElsewhere, expandElsewhere, worthThreads } from './decode-threads.ts';
import { bytesPerSample, type Layout, planeBytes, samplesTogether } from './layout.ts';
import { expand, hostLittle, isNative, samplesOn, swap, writeSegment } from './segment.ts';
import type { Ranges } from './segments.ts';
import { reverseBits } from './unpack.ts';

export interface DecodeOptions {
  /** Put the samples into shared memory, which worker threads read without a copy. */
  shared?: boolean;
  /** Refuse planes of more bytes than this as imageTooLarge; 4 GiB by default. */
  maxPlaneBytes?: number;
}

const defaultMost = 2 ** 32;
/** Neighbouring strips are read together up to this many bytes. */
const readTogether = 1 << 20;
/** A plane of so many bytes is copied from the page cache sooner than a thread is asked for it. */
const smallBytes = 1 << 16;
/** Strips in work at once: one for each of libuv's threads. */
const decoders = 4;

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
    throw new Failure('imageTooLarge', {
      detail: `a plane of ${width} x ${height} pixels, ${samples} x ${type}, takes ${largest} bytes; the limit is ${most}`,
    });
}

const allocate = (length: number, shared: boolean): Uint8Array =>
  new Uint8Array(shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length));

/** Uncompressed rows, one strip after the other: read straight into place, swapped there. */
async function readRows(source: ByteSource, layout: Layout, ranges: Ranges, total: number, shared: boolean) {
  const runs = runsOf(ranges, Number.POSITIVE_INFINITY);
  const width = bytesPerSample[layout.type];
  let bytes: Uint8Array | undefined;
  if (runs.length === 1 && total <= smallBytes && source.readIntoNow !== undefined) {
    const turn = giveWay();
    if (turn !== undefined) await turn;
    bytes = allocate(total, shared);
    source.readIntoNow(ranges.offsets[0]!, bytes);
  } else if (runs.length === 1 && !shared) {
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

/** What one lane decodes with, again and again: fresh memory has to be cleared by the system and collected. */
interface Memory extends Scratch {
  /** Of the file. */
  input: Uint8Array;
}

/** Strips `first` to `end` - 1. */
interface Run {
  first: number;
  end: number;
}

/** Strips that follow each other in the file without a gap, at most `most` bytes together. */
function runsOf({ offsets, lengths }: Ranges, most: number): Run[] {
  const runs: Run[] = [];
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
  const elsewhere = worthThreads(layout, total);
  const runs = runsOf(ranges, readTogether);
  let bytes: Uint8Array | undefined;
  let nextRun = 0;
  const read = async ({ first, end }: Run, memory?: Memory): Promise<Uint8Array> => {
    const offset = ranges.offsets[first]!;
    const length = ranges.offsets[end - 1]! + ranges.lengths[end - 1]! - offset;
    if (memory === undefined || source.readInto === undefined) return source.read(offset, length);
    if (memory.input.length < length) memory.input = Buffer.allocUnsafeSlow(length);
    const input = memory.input.subarray(0, length);
    await source.readInto(offset, input);
    return input;
  };
  const decodeHere = async (run: Run, memory: Memory): Promise<void> => {
    const input = await read(run, memory);
    for (let index = run.first, at = 0; index < run.end; at += ranges.lengths[index++]!) {
      const stored = await expand(input.subarray(at, at + ranges.lengths[index]!), layout, index, memory);
      // not before the first strip has proved that there is an image
      bytes ??= isWhole(stored, layout, shared) ? stored.subarray(0, total) : allocate(total, shared);
      writeSegment(stored, layout, index, bytes);
      if (isOwnMemory(layout.compression) && stored.buffer !== bytes.buffer) release(stored);
    }
  };
  if (elsewhere) {
    const [{ first, end }] = runs as [Run];
    const stored = await expandElsewhere(await read({ first, end: first + 1 }), layout, first);
    bytes = isWhole(stored, layout, shared)
      ? stored.subarray(0, total)
      : allocate(total, shared || ranges.offsets.length > 1);
    writeSegment(stored, layout, first, bytes);
    if (first + 1 < end) runs[0] = { first: first + 1, end };
    else runs.shift();
  }
  const lane = async (): Promise<void> => {
    const memory: Memory = { bytes: new Uint8Array(0), input: new Uint8Array(0) };
    for (let run = runs[nextRun++]; run !== undefined; run = runs[nextRun++]) {
      if (!elsewhere) await decodeHere(run, memory);
      else {
        const lengths = Array.from(ranges.lengths.slice(run.first, run.end));
        await decodeElsewhere({ layout, first: run.first, lengths, input: await read(run), plane: bytes! });
      }
    }
  };
  // after a failure the other lanes stop at their next run, and are waited for: nothing reads on in the background
  const results = await Promise.allSettled(
    Array.from({ length: Math.min(decoders, runs.length) }, () =>
      lane().catch((error: unknown) => {
        nextRun = runs.length;
        throw error;
      }),
    ),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return bytes!;
}

/**
 * Gives memory back at once: what waits for the collector makes it run, and the next strip gets memory to be cleared. Small
 * strips lie in Node's pool, which others have parts of.
 */
function release({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
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
