import type { PixelSize } from '../image.ts';

/** Which page of the file stands where, and what the file says about the axes. */
export interface Arrangement {
  /** Whose words it follows; `axes`: the user's. */
  by:
    | 'ImageJ'
    | 'OME'
    | 'LSM'
    | 'MetaMorph'
    | 'FluoView'
    | 'ScanImage'
    | 'Micro-Manager'
    | 'NDTiff'
    | 'Aperio'
    | 'tifffile'
    | 'axes'
    | 'pages';
  positions: number;
  times: number;
  depths: number;
  channels: number;
  /** A page for each plane, channel fastest, then depth, time, position. */
  pages: number[];
  /** One a channel; may be shorter than that. */
  channelNames: (string | undefined)[];
  /** Micrometres. */
  pixelSize?: PixelSize;
  /** Why there is no pixel size, where the file has numbers that are none. */
  noPixelSize?: string;
  /** Seconds between time points. */
  timeStep?: number;
  /** Seconds. */
  exposureTime?: number;
  /** What was assumed or ignored, a clause each. */
  notes?: string[];
}

export type AxisName = 'P' | 'T' | 'Z' | 'C';

/** One axis of the planes and its length. */
export interface Axis {
  name: AxisName;
  size: number;
}

/** Planes that axes make together. */
export const planesOfAxes = (axes: readonly Axis[]): number => axes.reduce((product, { size }) => product * size, 1);

/** Puts pages that run along `axes`, slowest first, in the order of an Arrangement. Each axis occurs once; their product is the number of pages. */
export function orderPages(
  axes: readonly Axis[],
  pages: readonly number[],
): Pick<Arrangement, 'positions' | 'times' | 'depths' | 'channels' | 'pages'> {
  const axis = (wanted: AxisName) => {
    const at = axes.findIndex(({ name }) => name === wanted);
    return at === -1 ? { size: 1, stride: 0 } : { size: axes[at]!.size, stride: planesOfAxes(axes.slice(at + 1)) };
  };
  const [p, t, z, c] = [axis('P'), axis('T'), axis('Z'), axis('C')];
  const arranged: number[] = [];
  for (let position = 0; position < p.size; position++)
    for (let time = 0; time < t.size; time++)
      for (let depth = 0; depth < z.size; depth++)
        for (let channel = 0; channel < c.size; channel++)
          arranged.push(pages[position * p.stride + time * t.stride + depth * z.stride + channel * c.stride]!);
  return { positions: p.size, times: t.size, depths: z.size, channels: c.size, pages: arranged };
}

/** Pages of which nothing tells what they are: depths, as ImageJ has it, and a note that says so. */
export function pagesAsDepth(
  by: Arrangement['by'],
  pages: readonly number[],
  why = 'the file does not say what they are',
): Arrangement {
  return {
    by,
    ...orderPages([{ name: 'Z', size: pages.length }], pages),
    channelNames: [],
    ...(pages.length > 1 && { notes: [`${pages.length} pages, taken as depth: ${why}; --axes says otherwise`] }),
  };
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
