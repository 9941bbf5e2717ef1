import type { EditPlane } from '../../functions/core/edits.ts';
import { Failure } from '../../functions/core/errors.ts';
import type { ByteSource, ImageInfo, Plane, PlaneIndex } from '../../functions/image/image.ts';
import { runsOfOutline } from '../../functions/regions/region-runs.ts';
import type { Roi } from '../../functions/regions/roi-file.ts';
import { readCellposeMasks } from './cellpose-masks.ts';

export type LabelSize = Pick<ImageInfo, 'height' | 'width' | 'positions' | 'times' | 'depths'>;

/** A file with labels, and how images and ROIs are read where this runs. */
export interface LabelFile {
  name: string;
  source: ByteSource;
  openImage(
    source: ByteSource,
  ): Promise<{ info: ImageInfo; readPlane(index: PlaneIndex): Promise<Pick<Plane, 'data'>> }>;
  /** Of a zip as Fiji's ROI Manager saves it, `most` at most. */
  readRois(source: ByteSource, most: number): Promise<Roi[]>;
}

/** Labels of the planes of one image, as they were corrected elsewhere. */
export interface LabelPlanes {
  /** Rows x columns, any whole numbers, 0 for no object. */
  planeOf(plane: EditPlane): Promise<ArrayLike<number>>;
}

/** A file that has no labels of the image; the message says why. */
export class LabelsMisfit extends Error {}

/** ROIs of one image that are read as its objects. */
const mostObjects = 100_000;

/** Reads labels from a TIFF, a zip of ROIs, or Cellpose's `_seg.npy`. Throws LabelsMisfit where they are none of an image of this size. */
export async function openLabels(file: LabelFile, size: LabelSize): Promise<LabelPlanes> {
  try {
    if (/\.npy$/i.test(file.name)) return await cellposeLabels(file, size);
    return /\.zip$/i.test(file.name) ? await roiLabels(file, size) : await tiffLabels(file, size);
  } catch (error) {
    if (error instanceof Failure || error instanceof SyntaxError)
      throw new LabelsMisfit(error.message, { cause: error });
    throw error;
  }
}

async function tiffLabels({ source, openImage }: LabelFile, size: LabelSize): Promise<LabelPlanes> {
  const { info, readPlane } = await openImage(source);
  if (info.width !== size.width || info.height !== size.height)
    throw new LabelsMisfit(`it has ${info.width} x ${info.height} pixels, the image ${size.width} x ${size.height}`);
  if (info.samples > 1 || info.channels > 1)
    throw new LabelsMisfit('it has several channels, or colours: labels have one');
  const planes = ({ positions, times, depths }: LabelSize) => positions * times * depths;
  if (planes(info) !== planes(size))
    throw new LabelsMisfit(`it has ${planes(info)} planes, the labels ${planes(size)}`);
  return {
    async planeOf(plane) {
      // napari and others write planes without saying what they are: then their order is that of ours
      const number = numberOf(plane, size);
      const index = {
        position: Math.floor(number / (info.times * info.depths)),
        time: Math.floor(number / info.depths) % info.times,
        depth: number % info.depths,
      };
      const { data } = await readPlane({ ...index, channel: 0 });
      return wholeNumbers(data as ArrayLike<number | bigint>);
    },
  };
}

/** Planes before this one, depths of a time together, times of a position. */
const numberOf = ({ position, time, depth }: EditPlane, { times, depths }: LabelSize): number =>
  (position * times + time) * depths + depth;

function wholeNumbers(samples: ArrayLike<number | bigint>): Float64Array {
  const labels = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const label = Number(samples[i]!);
    if (!Number.isInteger(label) || label < 0)
      throw new LabelsMisfit(`a pixel has the value ${label}: labels are whole numbers from 0`);
    labels[i] = label;
  }
  return labels;
}

async function cellposeLabels({ source }: LabelFile, size: LabelSize): Promise<LabelPlanes> {
  const { planes, height, width, labels } = readCellposeMasks(await source.read(0, source.size));
  if (width !== size.width || height !== size.height)
    throw new LabelsMisfit(`its masks have ${width} x ${height} pixels, the image ${size.width} x ${size.height}`);
  const expected = size.positions * size.times * size.depths;
  if (planes !== expected) throw new LabelsMisfit(`its masks have ${planes} planes, the labels ${expected}`);
  return {
    async planeOf(plane) {
      const from = numberOf(plane, size) * height * width;
      return Array.prototype.slice.call(labels, from, from + height * width) as number[];
    },
  };
}

async function roiLabels({ source, readRois }: LabelFile, size: LabelSize): Promise<LabelPlanes> {
  const { height, width } = size;
  if (size.positions * size.times * size.depths > 1)
    throw new LabelsMisfit('ROIs are read for images of one plane; save the labels of a stack as a TIFF');
  const labels = new Float64Array(height * width);
  let objects = 0;
  for (const { outline } of await readRois(source, mostObjects)) {
    const found = outline && runsOfOutline(outline, { height, width });
    if (found === undefined) continue; // a line or a point has no area
    objects++;
    for (let y = 0; y < height; y++)
      for (let r = found.rows[y]!; r < found.rows[y + 1]!; r++)
        labels.fill(objects, y * width + found.start[r]!, y * width + found.end[r]!);
  }
  if (objects === 0) throw new LabelsMisfit('none of its ROIs has an area inside of the image');
  return { planeOf: async () => labels };
}
