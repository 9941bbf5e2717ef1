import { tag } from './tags.ts';

/** Tags that a layout depends on: pages that have the same values in them are stored alike. */
export const layoutTags: readonly number[] = [
  tag.imageWidth,
  tag.imageLength,
  tag.bitsPerSample,
  tag.compression,
  tag.photometric,
  tag.fillOrder,
  tag.samplesPerPixel,
  tag.rowsPerStrip,
  tag.planarConfiguration,
  tag.predictor,
  tag.tileWidth,
  tag.tileLength,
  tag.sampleFormat,
  tag.yCbCrSubsampling,
  tag.jpegTables,
  tag.t4Options,
  tag.t6Options,
  tag.imageDepth,
  tag.tileDepth,
];
