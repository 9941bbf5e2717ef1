import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { idleThreads } from '../../async/idle-threads.ts';
import { Failure } from '../../core/errors.ts';
import { isJpeg, isJpeg2000 } from './compression.ts';
import type { Layout } from './layout.ts';
import { isNative } from './segment.ts';

/** Strips or tiles that follow each other in the file. */
export interface DecodeTask {
  layout: Layout;
  /** Index of the first of them. */
  first: number;
  /** Bytes of each in `input`. */
  lengths: readonly number[];
  input: Uint8Array;
  /** Where the samples belong, in shared memory; absent: the one strip is only decompressed. */
  plane?: Uint8Array;
}

/** `failed`: a Failure of one fact. */
export interface DecodeAnswer {
  id: number;
  stored?: Uint8Array;
  failed?: { code: 'imageBroken' | 'imageUnsupported' | 'imageTooLarge'; why: string };
  bug?: Error;
}

/** Below this a plane is decoded sooner than a thread gets it. */
const worthBytes = 1 << 20;
/** Decoding beyond four threads waits for the memory, not for the codec. */
const mostThreads = Math.min(4, availableParallelism());

/**
 * Does decoding this plane keep the calling thread busy, and long enough to be worth other threads? zlib has threads of
 * its own; LZW, PackBits, predictors and packed bits are ours.
 */
export const worthThreads = (layout: Layout, planeBytes: number): boolean =>
  needsThreads(layout.compression) ||
  (layout.compression !== 1 &&
    planeBytes >= worthBytes &&
    (!hasThreads.has(layout.compression) || layout.predictor !== 1 || !isNative(layout)));

/** Decoders in WebAssembly are loaded there only. */
const needsThreads = (compression: number): boolean => isJpeg(compression) || isJpeg2000(compression);

/** Deflate under both its numbers, and zstd. */
const hasThreads: ReadonlySet<number> = new Set([8, 32946, 50000]);

/** Decompresses one strip on another thread. Throws `imageBroken`. */
export async function expandElsewhere(input: Uint8Array, layout: Layout, index: number): Promise<Uint8Array> {
  return (await ask({ layout, first: index, lengths: [input.length], input })).stored!;
}

/** Decodes strips on another thread straight into the plane. Throws `imageBroken`. */
export async function decodeElsewhere(task: Required<DecodeTask>): Promise<void> {
  await ask(task);
}

/** This file's own ending: sources run as they are, the built package as .js, bundles as .mjs. */
const workerFile = new URL(`./decode-worker${extname(import.meta.url)}`, import.meta.url);
const threads = idleThreads<DecodeTask, DecodeAnswer>(workerFile, { most: mostThreads, kind: 'decoding' });

async function ask(task: DecodeTask): Promise<DecodeAnswer> {
  const { input } = task;
  // Bytes that are ours alone are handed over, others copied.
  const whole = input.buffer instanceof ArrayBuffer && input.byteLength === input.buffer.byteLength;
  const answer = await threads.ask(task, whole ? [input.buffer as ArrayBuffer] : []);
  if (answer.bug !== undefined) throw answer.bug;
  if (answer.failed !== undefined) throw failureOf(answer.failed);
  return answer;
}

/** The row of each code names its one fact otherwise. */
const failureOf = ({ code, why }: NonNullable<DecodeAnswer['failed']>): Failure =>
  code === 'imageUnsupported' ? new Failure(code, { feature: why }) : new Failure(code, { detail: why });
