import { promisify } from 'node:util';
import { inflate, inflateSync, zstdDecompress } from 'node:zlib';
import { Failure } from '../../core/errors.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';

/** Memory that one strip after the other is decoded into; what a decoder returns may lie in it until the next call. */
export interface Scratch {
  bytes: Uint8Array;
}

/** Decodes one strip or tile into at most `most` bytes; more in the stream is imageBroken, less is the caller's to judge. */
type Decode = (input: Uint8Array, most: number, scratch: Scratch) => Uint8Array | Promise<Uint8Array>;

interface Codec {
  /** The most bytes that one byte of input can become; a header that claims more is lying. */
  ratio: number;
  decode: Decode;
}

const inflateLater = promisify(inflate);
const unzstd = promisify(zstdDecompress);

/** Below this the way to another thread (some 50 µs) costs more than inflating. */
const worthAThread = 1 << 15;

/** Memory for the output at first: what is claimed, where the input makes that likely, else it grows. */
const firstChunk = (input: Uint8Array, most: number): number =>
  Math.max(64, Math.min(most + 1, Math.max(1 << 20, 32 * input.length)));

function explain(error: unknown, kind: string): never {
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_BUFFER_TOO_LARGE')
    throw new Failure('imageBroken', [`a ${kind} strip holds more than its rows`], { cause: error });
  if (typeof code === 'string' && /^(Z_|ZSTD_|ERR_ZLIB)/.test(code))
    throw new Failure('imageBroken', [`a ${kind} strip does not decode (${(error as Error).message})`], {
      cause: error,
    });
  throw error;
}

const deflate: Decode = async (input, most) => {
  const options = { maxOutputLength: most, chunkSize: firstChunk(input, most) };
  try {
    return most < worthAThread ? inflateSync(input, options) : await inflateLater(input, options);
  } catch (error) {
    return explain(error, 'deflate');
  }
};

const zstd: Decode = async (input, most) => {
  try {
    return await unzstd(input, { maxOutputLength: most, chunkSize: firstChunk(input, most) });
  } catch (error) {
    return explain(error, 'zstd');
  }
};

/** Runs a decoder that writes into memory of known size. */
const whole =
  (decode: (input: Uint8Array, out: Uint8Array) => number): Decode =>
  (input, most, scratch) => {
    if (scratch.bytes.length < most) scratch.bytes = new Uint8Array(most);
    const out = scratch.bytes.subarray(0, most);
    return out.subarray(0, decode(input, out));
  };

/**
 * Compressions that decode exactly, by their number. Ratios: deflate's is 1032 (zlib's technical details); LZW's longest
 * string of 3,838 bytes from 12 bits; PackBits 128 from 2; a zstd block of 4 bytes gives at most 128 KiB (RFC 8878).
 */
export const codecs: Record<number, Codec> = {
  5: { ratio: 2560, decode: whole(decodeLzw) },
  8: { ratio: 1032, decode: deflate },
  32946: { ratio: 1032, decode: deflate },
  32773: { ratio: 64, decode: whole(decodePackBits) },
  50000: { ratio: 32_768, decode: zstd },
};
