import type { PixelSize } from '../image.ts';

/** Which page of the file stands where, and what the file says about the axes. */
export interface Arrangement {
  /** Whose words it follows. */
  by: 'ImageJ' | 'OME' | 'LSM' | 'MetaMorph' | 'tifffile' | 'pages';
  positions: number;
  times: number;
  depths: number;
  channels: number;
  /** A page for each plane, channel fastest, then depth, time, position. */
  pages: number[];
  /** One a channel; may be shorter than that. */
  channelNames: (string | undefined)[];
  pixelSize?: PixelSize;
  timeStep?: number;
  /** What was assumed or ignored, a clause each. */
  notes?: string[];
}

/** Pixel size from its parts: both of x and y or nothing; absent parts are left out. */
export const pixelSizeOf = (
  x: number | undefined,
  y: number | undefined,
  z: number | undefined,
): PixelSize | undefined => {
  if (x === undefined || y === undefined) return undefined;
  return z === undefined ? { x, y } : { x, y, z };
};

/** Only what is known: with exactOptionalPropertyTypes an absent value must be an absent key. */
export const known = (pixelSize: PixelSize | undefined, timeStep: number | undefined) => ({
  ...(pixelSize === undefined ? {} : { pixelSize }),
  ...(timeStep === undefined ? {} : { timeStep }),
});
