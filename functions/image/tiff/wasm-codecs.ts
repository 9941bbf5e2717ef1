import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isJpeg, isJpeg2000 } from './compression.ts';
import { decodeWith } from './decode-with.ts';
import type { Layout } from './layout.ts';

/** Decodes one strip or tile of a layout; the result is the caller's. */
export type DecodeSegment = (input: Uint8Array, index: number) => Uint8Array;

interface Decoder {
  open(): WasmDecoder;
  memoryBytes(): number;
}

/** WebAssembly gives no memory back: a decoder that took more than this is dropped after the strip. */
const keptBytes = 64 << 20;
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
      return decodeWith({ kind, open: () => own.open() }, layout, input, index);
    } catch (error) {
      open.delete(kind); // what a failed decoder left in its memory is not known
      throw error;
    } finally {
      if (own.memoryBytes() > keptBytes) open.delete(kind);
    }
  };
}
