import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Pixels } from './pixels.ts';

/** Of 100: faces and figures look the same as before. */
const quality = 90;

/** A JPEG that holds pixels and nothing else: no EXIF, no place, no camera, no thumbnail. */
export async function encodeJpeg({ width, height, data }: Pixels): Promise<Uint8Array> {
  const { default: load } = await import('@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs');
  const beside = fileURLToPath(new URL('libjpegturbowasm.wasm', import.meta.url)); // a function on AWS has it there
  const path = existsSync(beside)
    ? beside
    : createRequire(import.meta.url).resolve('@cornerstonejs/codec-libjpeg-turbo-8bit/wasm');
  // WebAssembly gives no memory back: each picture has a module of its own.
  const codec = await load({ wasmBinary: await readFile(path), print: () => {}, printErr: () => {} });
  const encoder = new codec.JPEGEncoder();
  try {
    const frame = { width, height, bitsPerSample: 8, componentCount: 3, isSigned: false };
    encoder.getDecodedBuffer(frame).set(data);
    encoder.setQuality(quality);
    encoder.encode();
    return new Uint8Array(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}
