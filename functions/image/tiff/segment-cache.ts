import type { ByteSource, SampleArray } from '../image.ts';
import type { Scratch } from './compression.ts';
import { isJpeg, isJpeg2000 } from './compression.ts';
import { bytesPerSample, type Layout, samplesTogether } from './layout.ts';
import { expand, isNative, samplesOn, writeSegment } from './segment.ts';
import type { SegmentGrid } from './segment-grid.ts';
import { rowsOf } from './segments.ts';

/** Decompresses one strip or tile of JPEG or JPEG 2000; the result is the caller's. */
type ExpandElsewhere = (input: Uint8Array, layout: Layout, index: number) => Promise<Uint8Array>;

export interface SegmentCacheOptions {
  expandElsewhere: ExpandElsewhere;
  /** Bytes of samples that are kept for the next read. */
  keptBytes: number;
}

/** Decoded strips and tiles by their place in the file: what is asked for again soon is not read again. */
export interface SegmentCache {
  /** Samples of each, rows x columns x samples that lie together, in the order of `indices`. */
  read(grid: SegmentGrid, indices: readonly number[]): Promise<SampleArray[]>;
  /** Keeps nothing of what was read so far. */
  clear(): void;
}

/** Segments that lie this near to each other are read by one request, which has at most `mostAtOnce` bytes. */
const nearBytes = 1 << 15;
const mostAtOnce = 1 << 21;

export function segmentCache(source: ByteSource, { expandElsewhere, keptBytes }: SegmentCacheOptions): SegmentCache {
  const kept = new Map<number, SampleArray>();
  const coming = new Map<number, Promise<SampleArray>>();
  let bytes = 0;

  const keep = (at: number, samples: SampleArray) => {
    kept.set(at, samples);
    bytes += samples.byteLength;
    for (const [oldest, { byteLength }] of kept) {
      if (bytes <= keptBytes || oldest === at) break;
      kept.delete(oldest);
      bytes -= byteLength;
    }
  };

  const decode = async (input: Uint8Array, layout: Layout, index: number): Promise<SampleArray> => {
    const foreign = isJpeg(layout.compression) || isJpeg2000(layout.compression);
    const scratch: Scratch = { bytes: new Uint8Array(0) };
    const stored = foreign ? await expandElsewhere(input, layout, index) : await expand(input, layout, index, scratch);
    return samplesOfSegment(stored, layout, index);
  };

  const fetchRun = (grid: SegmentGrid, run: readonly number[]) => {
    const { offsets, lengths } = grid.ranges;
    const start = offsets[run[0]!]!;
    const end = Math.max(...run.map((index) => offsets[index]! + lengths[index]!));
    const whole = source.read(start, end - start);
    for (const index of run) {
      const at = offsets[index]!;
      const samples = whole
        .then((input) => decode(input.slice(at - start, at - start + lengths[index]!), grid.layout, index))
        .finally(() => coming.delete(at));
      samples.then(
        (found) => keep(at, found),
        () => {}, // whoever waits for it has the failure
      );
      coming.set(at, samples);
    }
  };

  return {
    clear() {
      kept.clear();
      bytes = 0;
    },
    async read(grid, indices) {
      const { offsets } = grid.ranges;
      const missing = [...new Set(indices)].filter(
        (index) => !kept.has(offsets[index]!) && !coming.has(offsets[index]!),
      );
      for (const run of runsOf(grid, missing)) fetchRun(grid, run);
      return Promise.all(
        indices.map((index) => {
          const at = offsets[index]!;
          const found = kept.get(at);
          if (found === undefined) return coming.get(at)!;
          kept.delete(at); // to the young end
          kept.set(at, found);
          return found;
        }),
      );
    },
  };
}

/** Neighbours in the file together. */
function runsOf({ ranges: { offsets, lengths } }: SegmentGrid, indices: readonly number[]): number[][] {
  const sorted = [...indices].sort((a, b) => offsets[a]! - offsets[b]!);
  const runs: number[][] = [];
  let start = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const index of sorted) {
    const from = offsets[index]!;
    const to = from + lengths[index]!;
    if (from <= end + nearBytes && to - start <= mostAtOnce) runs.at(-1)!.push(index);
    else {
      runs.push([index]);
      start = from;
      end = to;
    }
    end = Math.max(end, to);
  }
  return runs;
}

/** One strip or tile as a plane of its own. */
function samplesOfSegment(stored: Uint8Array, layout: Layout, index: number): SampleArray {
  const samples = samplesTogether(layout);
  const height = rowsOf(layout, index);
  const alone: Layout = {
    ...layout,
    ...{ height, width: layout.segmentWidth, samples, segmentHeight: height },
    ...{ across: 1, down: 1, planar: false, tiled: false },
  };
  const count = height * layout.segmentWidth * samples;
  const needed = count * bytesPerSample[layout.type];
  // bytes of its own are turned where they are; a view of more memory than that is not kept
  const inPlace = isNative(layout) && layout.predictor !== 3 && stored.buffer.byteLength === needed;
  const bytes = inPlace ? stored : new Uint8Array(needed);
  writeSegment(stored, alone, 0, bytes);
  return samplesOn(layout.type, bytes.buffer, 0, count);
}
