import { capitalised } from '../../core/text.ts';

/** Tag numbers. Sources: TIFF 6.0 appendix A; TIFF technical notes 1 (SubIFDs) and 3 (predictor 3); libtiff's tiff.h; tifffile's list. */
export const tag = {
  newSubfileType: 254,
  subfileType: 255,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  imageDescription: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  t4Options: 292,
  t6Options: 293,
  resolutionUnit: 296,
  software: 305,
  artist: 315,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subIfds: 330,
  jpegTables: 347,
  extraSamples: 338,
  sampleFormat: 339,
  yCbCrSubsampling: 530,
  imageDepth: 32997,
  tileDepth: 32998,
  metaMorphUic1: 33628,
  metaMorphUic2: 33629,
  metaMorphUic3: 33630,
  metaMorphUic4: 33631,
  fluoViewHeader: 34361,
  zeissLsm: 34412,
  imageJByteCounts: 50838,
  imageJMetadata: 50839,
  microManager: 51123,
} as const;

const names: Record<number, string> = Object.fromEntries(
  Object.entries(tag).map(([name, number]) => [number, capitalised(name)]),
);

/** `Compression (259)`, as messages name a tag. */
export const tagName = (number: number): string =>
  names[number] === undefined ? `tag ${number}` : `${names[number]} (${number})`;

/** Names of Compression values, those that are read and those that are refused. */
export const compressionNames: Record<number, string> = {
  1: 'none',
  2: 'CCITT RLE',
  3: 'CCITT Group 3 fax',
  4: 'CCITT Group 4 fax',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'deflate',
  9: 'JBIG',
  10: 'JBIG colour',
  22610: 'JPEG XR',
  32766: 'NeXT',
  32771: 'CCITT RLE, word-aligned',
  32773: 'PackBits',
  32809: 'ThunderScan',
  32908: 'PixarFilm',
  32909: 'PixarLog',
  32946: 'deflate',
  33003: 'JPEG 2000 (YCbCr)',
  33005: 'JPEG 2000 (RGB)',
  33007: 'JPEG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv, 24 bit',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  34926: 'zstd (old number)',
  34927: 'WebP (old number)',
  34933: 'PNG',
  34934: 'JPEG XR',
  48124: 'Jetraw',
  50000: 'zstd',
  50001: 'WebP',
  50002: 'JPEG XL',
  50013: 'pixtiff deflate',
  52546: 'JPEG XL (DNG)',
};

/** Names of PhotometricInterpretation values. */
export const photometricNames: Record<number, string> = {
  0: 'white is zero',
  1: 'black is zero',
  2: 'RGB',
  3: 'palette',
  4: 'transparency mask',
  5: 'CMYK',
  6: 'YCbCr',
  8: 'CIE L*a*b*',
  9: 'ICC L*a*b*',
  10: 'ITU L*a*b*',
  32803: 'colour filter array',
  32844: 'LogL',
  32845: 'LogLuv',
  34892: 'linear raw',
};

/** `7 (JPEG)`: a value with its name, where it has one. */
export const named = (value: number, table: Record<number, string>): string =>
  table[value] === undefined ? String(value) : `${value} (${table[value]})`;
