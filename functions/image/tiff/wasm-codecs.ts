import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Failure } from '../../core/errors.ts';
import { isJpeg, isJpeg2000 } from './compression.ts';
import { jpeg2000Stream, jpegStream } from './jpeg-stream.ts';
import { type Layout, samplesTogether } from './layout.ts';
import { rowsOf } from './segments.ts';

/** Decodes one strip or tile of a layout; the result is the caller's. */
export type DecodeSegment = (input: Uint8Array, index: number) => Uint8Array;

interface Decoder {
  open(): WasmDecoder;
  memoryBytes(): number;
}

/** WebAssembly gives no memory back: a decoder that took more than this is dropped after the strip. */
const keptBytes = 64 << 20;
/** A decoder has 2 GiB for the strip, what it came from and what it works with. */
const largestSegment = 256 << 20;

const silent = { print: () => {}, printErr: () => {} };

const loaders = {
  jpeg: async (): Promise<Decoder> => {
    const { default: load } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs');
    const wasmBinary = await wasmBytes(
      'libjpegturbowasm_decode.wasm',
      '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
    );
    const module = await load({ wasmBinary, ...silent });
    return { open: () => new module.JPEGDecoder(), memoryBytes: () => module.HEAPU8.length };
  },
  jpeg2000: async (): Promise<Decoder> => {
    const { default: load } = await import('@cornerstonejs/codec-openjpeg/decodewasmjs');
    const wasmBinary = await wasmBytes('openjpegwasm_decode.wasm', '@cornerstonejs/codec-openjpeg/decodewasm');
    const module = await load({ wasmBinary, ...silent });
    return { open: () => new module.J2KDecoder(), memoryBytes: () => module.HEAPU8.length };
  },
};

/** A function on AWS has the file beside its code, everything else in the package of the decoder. */
async function wasmBytes(name: string, specifier: string): Promise<Uint8Array> {
  const beside = fileURLToPath(new URL(name, import.meta.url));
  return readFile(existsSync(beside) ? beside : createRequire(import.meta.url).resolve(specifier));
}

const open = new Map<keyof typeof loaders, Decoder>();

/** The decoder of a compression that WebAssembly decodes, loaded when it is first needed; undefined for others. */
export async function wasmDecoder(layout: Layout): Promise<DecodeSegment | undefined> {
  const kind = isJpeg(layout.compression) ? 'jpeg' : isJpeg2000(layout.compression) ? 'jpeg2000' : undefined;
  if (kind === undefined) return undefined;
  let decoder = open.get(kind);
  if (decoder === undefined) {
    decoder = await loaders[kind]();
    open.set(kind, decoder);
  }
  const own = decoder;
  return (input, index) => {
    try {
      return decodeWith(own, kind, layout, input, index);
    } catch (error) {
      open.delete(kind); // what a failed decoder left in its memory is not known
      throw error;
    } finally {
      if (own.memoryBytes() > keptBytes) open.delete(kind);
    }
  };
}

function decodeWith(decoder: Decoder, kind: keyof typeof loaders, layout: Layout, input: Uint8Array, index: number) {
  const name = `${layout.tiled ? 'tile' : 'strip'} ${index}`;
  const { segmentWidth, segmentHeight, jpeg } = layout;
  const samples = samplesTogether(layout);
  const bytes = segmentWidth * segmentHeight * samples * (layout.bits > 8 ? 2 : 1);
  if (bytes > largestSegment)
    throw new Failure('imageTooLarge', { detail: `a JPEG ${name} of ${bytes} bytes; the limit is ${largestSegment}` });
  // what the stream says of itself is checked before the decoder takes memory for it
  const { stream, frame } = kind === 'jpeg' ? jpegStream(input, jpeg ?? {}, name) : jpeg2000Stream(input, name);
  const isRows = frame.height === rowsOf(layout, index) || frame.height === segmentHeight;
  if (frame.width !== segmentWidth || !isRows || frame.components !== samples)
    throw new Failure('imageBroken', {
      detail: `${name} holds ${frame.width} x ${frame.height} pixels of ${frame.components} samples, not ${segmentWidth} x ${rowsOf(layout, index)} of ${samples}`,
    });
  if (frame.bits > layout.bits || frame.bits > 8 !== layout.bits > 8)
    throw new Failure('imageUnsupported', {
      feature: `${name} holds samples of ${frame.bits} bits, its tags say ${layout.bits}`,
    });
  const one = decoder.open();
  try {
    one.getEncodedBuffer(stream.length).set(stream);
    one.decode();
    const { width, height } = one.getFrameInfo();
    const decoded = one.getDecodedBuffer();
    if (width !== frame.width || height !== frame.height) throw new RangeError('nothing was decoded');
    return decoded.slice();
  } catch (error) {
    throw new Failure(
      'imageBroken',
      { detail: `${name} does not decode as ${kind === 'jpeg' ? 'JPEG' : 'JPEG 2000'}` },
      {
        cause: error,
      },
    );
  } finally {
    one.delete();
  }
}
