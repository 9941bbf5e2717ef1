import type { EditPlane } from '../../functions/core/edits.ts';
import { Failure } from '../../functions/core/errors.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { Image, ImageInfo } from '../../functions/image/image.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { runsOfOutline } from '../../functions/regions/region-runs.ts';
import { readRoiSet } from '../../functions/regions/roi-set.ts';
import { UserError } from '../errors.ts';

type Size = Pick<ImageInfo, 'height' | 'width' | 'positions' | 'times' | 'depths'>;

/** ROIs of one image that are read as its objects. */
const mostObjects = 100_000;

/** Labels of the planes of one image, as somebody corrected them elsewhere. */
export interface CorrectedLabels extends AsyncDisposable {
  /** Rows x columns, any whole numbers, 0 for no object. */
  planeOf(plane: EditPlane): Promise<ArrayLike<number>>;
}

/** Reads labels from a TIFF, or from a zip of ROIs. Throws `labelsMisfit` where they are none of an image of this size. */
export async function openCorrectedLabels(file: string, size: Size): Promise<CorrectedLabels> {
  const misfit = (why: string, cause?: unknown) => new UserError('labelsMisfit', { file, why }, { cause });
  try {
    return /\.zip$/i.test(file) ? await roiLabels(file, size, misfit) : await tiffLabels(file, size, misfit);
  } catch (error) {
    if (error instanceof Failure) throw misfit(error.message, error);
    throw error;
  }
}

type Misfit = (why: string) => UserError;

async function tiffLabels(file: string, size: Size, misfit: Misfit): Promise<CorrectedLabels> {
  await using opened = new AsyncDisposableStack();
  const image: Image = await openImage(opened.use(await openFileSource(file)));
  const { info } = image;
  if (info.width !== size.width || info.height !== size.height)
    throw misfit(`it has ${info.width} x ${info.height} pixels, the image ${size.width} x ${size.height}`);
  if (info.samples > 1 || info.channels > 1) throw misfit('it has several channels, or colours: labels have one');
  const planes = ({ positions, times, depths }: Size) => positions * times * depths;
  if (planes(info) !== planes(size)) throw misfit(`it has ${planes(info)} planes, the labels ${planes(size)}`);
  const parts = opened.move();
  return {
    async planeOf({ position, time, depth }) {
      // napari and others write planes without saying what they are: then their order is that of ours
      const number = (position * size.times + time) * size.depths + depth;
      const index = {
        position: Math.floor(number / (info.times * info.depths)),
        time: Math.floor(number / info.depths) % info.times,
        depth: number % info.depths,
      };
      const { data } = await image.readPlane({ ...index, channel: 0 });
      return labelsIn(data as ArrayLike<number | bigint>, misfit);
    },
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
}

/** Numbers of any type that are labels. */
function labelsIn(samples: ArrayLike<number | bigint>, misfit: Misfit): Float64Array {
  const labels = new Float64Array(samples.length);
  for (let i = 0; i < samples.length; i++) {
    const label = Number(samples[i]!);
    if (!Number.isInteger(label) || label < 0)
      throw misfit(`a pixel has the value ${label}: labels are whole numbers from 0`);
    labels[i] = label;
  }
  return labels;
}

async function roiLabels(file: string, size: Size, misfit: Misfit): Promise<CorrectedLabels> {
  const { height, width } = size;
  if (size.positions * size.times * size.depths > 1)
    throw misfit('ROIs are read for images of one plane; save the labels of a stack as a TIFF');
  await using source = await openFileSource(file);
  const rois = await readRoiSet(source, file, mostObjects);
  const labels = new Float64Array(height * width);
  let objects = 0;
  for (const { outline } of rois) {
    const found = outline && runsOfOutline(outline, { height, width });
    if (found === undefined) continue; // a line or a point has no area
    objects++;
    for (let y = 0; y < height; y++)
      for (let r = found.rows[y]!; r < found.rows[y + 1]!; r++)
        labels.fill(objects, y * width + found.start[r]!, y * width + found.end[r]!);
  }
  if (objects === 0) throw misfit('none of its ROIs has an area inside of the image');
  return { planeOf: async () => labels, async [Symbol.asyncDispose]() {} };
}
