import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Pixels, resize } from './pixels.ts';

/** Of 100: faces and figures look the same as before. */
const quality = 90;

/**
 * The encoder gives the stream as much memory as the pixels have. That is too little for the head of a small picture, and for
 * the blocks of 16 pixels that a thin one is filled up to: noise takes 0.6 of its pixels, a side of 97 is filled up to 112.
 */
const shortestSide = 96;
/** Of JPEG. */
const mostSide = 65_500;

/**
 * A JPEG that holds pixels and nothing else: no EXIF, no place, no camera, no thumbnail. A picture with a side of less than
 * 96 pixels is enlarged by a whole factor; a strip that would be too long for that, across only.
 */
export async function encodeJpeg(given: Pixels): Promise<Uint8Array> {
  const { width, height, data } = enlarged(given);
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

function enlarged(picture: Pixels): Pixels {
  const { width, height } = picture;
  const factor = Math.ceil(shortestSide / Math.min(width, height));
  if (factor <= 1) return picture;
  const isStrip = Math.max(width, height) * factor > mostSide;
  const along = (side: number) => (isStrip && side >= shortestSide ? side : side * factor);
  return resize(picture, along(width), along(height));
}
