import { isOmeCompanion } from './ome-companion.ts';

/** How images' names end: `.btf` and `.tf8` are BigTIFF, `.lsm` is Zeiss's TIFF, `.stk` MetaMorph's. `.ome.tif` is one ending. */
export const imageEnding = /(?<=[^/])(?:\.ome)?\.(?:tiff?|btf|tf8|lsm|stk|png|jpe?g)$/i;

/** The path without its ending; what does not end so stays. */
export const withoutImageEnding = (path: string): string => path.replace(imageEnding, '');

/** Microscopes' own formats, which Bio-Formats reads and labdeploy does not. Source: Bio-Formats, "Supported formats". */
const microscopeFormats: Record<string, string> = {
  czi: 'Zeiss CZI',
  zvi: 'Zeiss ZVI',
  nd2: 'Nikon ND2',
  lif: 'Leica LIF',
  lof: 'Leica LOF',
  xlif: 'Leica XLIF',
  oir: 'Olympus OIR',
  oif: 'Olympus OIF',
  oib: 'Olympus OIB',
  vsi: 'Olympus VSI',
  ims: 'Imaris',
  dv: 'DeltaVision',
  ics: 'ICS',
  ids: 'ICS',
  mvd2: 'Volocity',
  scn: 'Leica SCN',
  ndpi: 'Hamamatsu NDPI',
};

/** The format of a microscope's own file, by its name. */
export function microscopeFormat(path: string): string | undefined {
  const ending = /[^/]\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(microscopeFormats, ending) ? microscopeFormats[ending] : undefined;
}

/** First bytes of microscopes' own files, in hex. Source: Bio-Formats' readers (ZeissCZIReader, NativeND2Reader, LIFReader, OIRReader, POIService). */
const firstBytes: readonly (readonly [start: string, format: string])[] = [
  ['5a495352415746494c45', 'Zeiss CZI'], // ZISRAWFILE
  ['dacebe0a', 'Nikon ND2'],
  ['0000000c6a502020', 'Nikon ND2 (JPEG 2000)'],
  ['70000000', 'Leica LIF'],
  ['4f4c594d505553524157464f524d4154', 'Olympus OIR'], // OLYMPUSRAWFORMAT
  ['894844460d0a1a0a', 'Imaris or another HDF5'],
  ['d0cf11e0a1b11ae1', 'Olympus OIB, Zeiss ZVI or another OLE2'],
];

/** The same by the first bytes of a file, whatever its name. */
export function formatOfBytes(start: Uint8Array): string | undefined {
  const found = Array.from(start, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return firstBytes.find(([bytes]) => found.startsWith(bytes))?.[1];
}

/** Why a path that is no image's is left out, and what to do where it is a microscope's own file. */
export function whyNoImage(path: string): string {
  if (isOmeCompanion(path)) return 'it is no image: the images beside it are read with what it says';
  const format = microscopeFormat(path);
  if (format === undefined) return 'its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg';
  return howToConvert(format);
}

/** What to do with a microscope's own file. */
export const howToConvert = (format: string): string =>
  `it is ${/^[AEIO]/.test(format) ? 'an' : 'a'} ${format} file: convert it with "bfconvert FILE OUT.ome.tif" (Bio-Formats), or open it in Fiji with File > Import > Bio-Formats and save it as TIFF (docs/tiff.md has a macro for a folder)`;
