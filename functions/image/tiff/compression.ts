import { promisify } from 'node:util';
import { inflate, inflateSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import { Failure } from '../../core/errors.ts';
import { decodeLzw } from './lzw.ts';
import { decodePackBits } from './packbits.ts';
import { decodePng, decodePngLater } from './png-strip.ts';

/** Memory that one strip after the other is decoded into; what a decoder returns may be in it until the next call. */
export interface Scratch {
  bytes: Uint8Array;
}

/** Decodes one strip or tile into at most `most` bytes; more in the stream is imageBroken, less is the caller's to judge. */
type Decode = (input: Uint8Array, most: number, scratch: Scratch) => Uint8Array | Promise<Uint8Array>;

/** Decoded by libjpeg-turbo and OpenJPEG on another thread (wasm-codecs.ts). */
export const isJpeg = (compression: number): boolean => compression === 7;
export const isJpeg2000 = (compression: number): boolean => [33003, 33005, 34712].includes(compression);

interface Codec {
  /** The most bytes that one byte of input can become; a header that claims more is lying. */
  ratio: number;
  decode: Decode;
  /** The same on the calling thread. */
  decodeNow: (input: Uint8Array, most: number, scratch: Scratch) => Uint8Array;
}

const inflateLater = promisify(inflate);
const unzstd = promisify(zstdDecompress);

/** Below this the way to another thread (some 50 µs) costs more than inflating; a browser has no other way. */
const worthAThread = typeof process === 'undefined' ? 0 : 1 << 15;

/** Memory for the output at first: what is claimed, where the input makes that likely, else it grows. */
const firstChunk = (input: Uint8Array, most: number): number =>
  Math.max(64, Math.min(most + 1, Math.max(1 << 20, 32 * input.length)));

function explain(error: unknown, kind: string): never {
  const code = (error as { code?: unknown }).code;
  if (code === 'ERR_BUFFER_TOO_LARGE')
    throw new Failure('imageBroken', { detail: `a ${kind} strip holds more than its rows` }, { cause: error });
  if (typeof code === 'string' && /^(Z_|ZSTD_|ERR_ZLIB)/.test(code))
    throw new Failure(
      'imageBroken',
      { detail: `a ${kind} strip does not decode (${(error as Error).message})` },
      {
        cause: error,
      },
    );
  throw error;
}

const sizes = (input: Uint8Array, most: number) => ({ maxOutputLength: most, chunkSize: firstChunk(input, most) });

/** A codec of zlib's: both forms, and errors in our words. */
function zlibCodec(
  kind: string,
  later: (input: Uint8Array, options: ReturnType<typeof sizes>) => Promise<Buffer>,
  now: (input: Uint8Array, options: ReturnType<typeof sizes>) => Buffer,
): Pick<Codec, 'decode' | 'decodeNow'> {
  const decodeNow = (input: Uint8Array, most: number) => {
    try {
      return now(input, sizes(input, most));
    } catch (error) {
      return explain(error, kind);
    }
  };
  return {
    decodeNow,
    async decode(input, most) {
      if (most < worthAThread) return decodeNow(input, most);
      try {
        return await later(input, sizes(input, most));
      } catch (error) {
        return explain(error, kind);
      }
    },
  };
}

const deflate = zlibCodec('deflate', inflateLater, inflateSync);
const zstd = zlibCodec('zstd', unzstd, zstdDecompressSync);

/** Runs a decoder that writes into memory of known size. */
function whole(decode: (input: Uint8Array, out: Uint8Array) => number): Pick<Codec, 'decode' | 'decodeNow'> {
  const decodeNow: Codec['decodeNow'] = (input, most, scratch) => {
    if (scratch.bytes.length < most) scratch.bytes = new Uint8Array(most);
    const out = scratch.bytes.subarray(0, most);
    return out.subarray(0, decode(input, out));
  };
  return { decode: decodeNow, decodeNow };
}

const png: Pick<Codec, 'decode' | 'decodeNow'> = {
  ...whole(decodePng),
  async decode(input, most, scratch) {
    if (scratch.bytes.length < most) scratch.bytes = new Uint8Array(most);
    const out = scratch.bytes.subarray(0, most);
    return out.subarray(0, await decodePngLater(input, out, inflateLater));
  },
};

/**
 * Compressions that decode exactly, by their number. Ratios: deflate's is 1032 (zlib's technical details); LZW's longest
 * string of 3,838 bytes from 12 bits; PackBits 128 from 2; a zstd block of 4 bytes gives at most 128 KiB (RFC 8878). A block of
 * 64 samples takes JPEG two bits at least, fewer where a progressive stream runs over blocks; JPEG 2000 leaves out whole blocks of code.
 */
const elsewhere: Pick<Codec, 'decode' | 'decodeNow'> = {
  decode: () => {
    throw new Error('this compression is decoded elsewhere');
  },
  decodeNow: () => {
    throw new Error('this compression is decoded elsewhere');
  },
};

/** Decoded by fax.ts, which needs to know how wide a row is. */
const fax = { ratio: 65_536, ...elsewhere };

export const codecs: Record<number, Codec> = {
  2: fax,
  3: fax,
  4: fax,
  32771: fax,
  5: { ratio: 2560, ...whole(decodeLzw) },
  8: { ratio: 1032, ...deflate },
  32946: { ratio: 1032, ...deflate },
  7: { ratio: 4096, ...elsewhere },
  33003: { ratio: 65_536, ...elsewhere },
  33005: { ratio: 65_536, ...elsewhere },
  34712: { ratio: 65_536, ...elsewhere },
  32773: { ratio: 64, ...whole(decodePackBits) },
  34933: { ratio: 1032, ...png },
  50000: { ratio: 32_768, ...zstd },
};

/** Whether each strip is decoded into memory of its own, by zlib: deflate under both its numbers, and zstd. */
export const isOwnMemory = (compression: number): boolean => [8, 32946, 50000].includes(compression);
