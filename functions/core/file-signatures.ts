/** First bytes of formats that are no image for labdeploy, and what to call them. Longer ones first where they begin alike. */
const signatures: readonly (readonly [start: string, name: string])[] = [
  ['GIF8', 'a GIF image'],
  ['%PDF', 'a PDF file'],
  ['%!PS', 'a PostScript file'],
  ['BM', 'a BMP image'],
  ['RIFF', 'a WebP image or a recording (RIFF)'],
  ['PK\x03\x04', 'a zip file'],
  ['\x1f\x8b', 'a gzip file'],
  ['SIMPLE  =', 'a FITS image'],
  ['<?xml', 'an XML file'],
  ['<!DOCTYPE html', 'a web page'],
  ['<html', 'a web page'],
  ['{\\rtf', 'an RTF text'],
  ['\x00\x00\x00\x0cJXL ', 'a JPEG XL image'],
  ['version https://', 'a pointer of Git LFS: git lfs pull fetches the image'],
  ['\x7fELF', 'a program'],
  ['MZ', 'a program'],
];

/** What a file is by its first bytes (16 are enough): the name of a format, its first words where they are text, else the bytes. */
export function startInWords(start: Uint8Array): string {
  const text = String.fromCharCode(...start.subarray(0, 16));
  const known = signatures.find(([bytes]) => text.startsWith(bytes));
  if (known !== undefined) return `it is ${known[1]}`;
  if (text === '\0'.repeat(16)) return 'it starts with zeros, as one does that was not copied whole';
  if (text.startsWith('ftyp', 4)) return 'it is a film or an HEIF or AVIF image';
  const words = /^[\x20-\x7e\t\r\n]+$/.test(text) ? text.slice(0, 4) : undefined;
  if (words !== undefined) return `it starts with ${JSON.stringify(words)}`;
  return `it starts with bytes ${Array.from(start.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** What a file of this name was to be. */
export function formatByName(name: string | undefined): string {
  const ending = /\.(\w+)$/.exec(name ?? '')?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(endings, ending) ? endings[ending]! : 'TIFF, PNG or JPEG';
}

const endings: Record<string, string> = {
  tif: 'TIFF',
  tiff: 'TIFF',
  btf: 'BigTIFF',
  tf8: 'BigTIFF',
  lsm: 'Zeiss LSM',
  stk: 'MetaMorph STK',
  png: 'PNG',
  jpg: 'JPEG',
  jpeg: 'JPEG',
};
