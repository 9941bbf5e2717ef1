/*
 * Stands for node:zlib, node:os and node:util in the page's bundle: the page reads what a TIFF file says of itself and
 * never its pixels, so nothing here is called except where the modules of the readers load.
 */

const refuse = (): never => {
  throw new Error('pixels are not decoded in the page');
};

export const inflate = refuse;
export const inflateSync = refuse;
export const zstdDecompress = refuse;
export const promisify = <T>(work: T): T => work;
export const endianness = (): 'LE' => 'LE'; // every machine that runs a current browser
