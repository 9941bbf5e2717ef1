import type * as decode from '../../functions/image/tiff/decode.ts';

/*
 * Stands in the page's bundle for functions/image/tiff/decode.ts and for the parts of Node that the readers name: the page
 * reads what a TIFF file says of itself and never its pixels, so the decoders and their threads stay out (vite.config.ts).
 * The bundler says which export is missing here when the readers come to need another, the compiler when one is gone.
 */

const refuse = (): never => {
  throw new Error('pixels are not decoded in the page');
};

// decode.ts
export const checkSize: typeof decode.checkSize = refuse;
export const decodePlane: typeof decode.decodePlane = refuse;

// node:zlib, node:util, node:os
export const crc32 = refuse;
export const inflate = refuse;
export const inflateSync = refuse;
export const zstdDecompress = refuse;
export const zstdDecompressSync = refuse;
export const promisify = <T>(work: T): T => work;
export const endianness = (): 'LE' => 'LE'; // every machine that runs a current browser
