import type * as decode from '../../../functions/image/tiff/decode.ts';

/*
 * Stands in the viewer's worker for the parts of Node that the TIFF reader names, and for decode.ts, which reads whole
 * planes on threads of Node (vite.config.ts): the viewer reads parts of planes, with what the browser has.
 */

const refuse = (): never => {
  throw new Error('whole planes are not decoded in the page');
};

// decode.ts
export const checkSize: typeof decode.checkSize = refuse;
export const decodePlane: typeof decode.decodePlane = refuse;

/** zlib's inflate, as a promise. */
export { inflate } from './inflate.ts';
export { zstdDecompress } from './zstd.ts';

export const inflateSync = refuse;
export const zstdDecompressSync = refuse;

/** What is to be made a promise is one already. */
export const promisify = <T>(work: T): T => work;

export const endianness = (): 'LE' => 'LE'; // every machine that runs a current browser

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Source: PNG specification, third edition, annex D. */
export function crc32(bytes: Uint8Array): number {
  let value = 0xffffffff;
  for (const byte of bytes) value = crcTable[(value ^ byte) & 255]! ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
