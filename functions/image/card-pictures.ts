import { Failure } from '../core/errors.ts';
import { lengthInWords, scaleBar } from '../core/scale-bar.ts';
import { encodePng, type PngImage } from './png.ts';
import { drawText, textSize } from './small-text.ts';
import { decodePng } from './tiff/png-strip.ts';

/** Longest side of a thumbnail, pixels: twice what the wall shows, for fine screens. */
const thumbnailSide = 320;
/** No preview is larger; what claims to be is not decoded. */
const mostSide = 4096;

export interface DrawnPicture {
  height: number;
  width: number;
  /** PNG. */
  bytes: Uint8Array;
}

export interface CardPictures {
  picture: DrawnPicture;
  thumbnail: DrawnPicture;
  /** Of the bar that is drawn into both; absent where there is none. */
  barMicrometres?: number;
}

/**
 * The pictures of a card of the gallery, from a preview: a copy, and a small one for the wall, with a scale bar where
 * `micrometres` (of one pixel of the preview) is known and the picture is large enough for one. Throws `imageBroken`, and
 * `imageUnsupported` for a PNG that no preview is.
 */
export async function drawCardPictures(preview: Uint8Array, micrometres?: number): Promise<CardPictures> {
  const picture = decodePreview(preview);
  const by = Math.ceil(Math.max(picture.height, picture.width) / thumbnailSide);
  const thumbnail = reduced(picture, by);
  const barMicrometres = micrometres && drawBar(picture, micrometres);
  if (micrometres !== undefined) drawBar(thumbnail, by * micrometres);
  return {
    picture: await drawn(picture),
    thumbnail: await drawn(thumbnail),
    ...(barMicrometres && { barMicrometres }),
  };
}

const drawn = async (image: PngImage): Promise<DrawnPicture> => ({
  height: image.height,
  width: image.width,
  bytes: await encodePng(image),
});

/** 8-bit RGB, as drawPreview writes it. */
function decodePreview(bytes: Uint8Array): PngImage {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33) throw new Failure('imageBroken', { detail: 'a PNG file that ends in its header' });
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  if (view.getUint8(24) !== 8 || view.getUint8(25) !== 2)
    throw new Failure('imageUnsupported', { feature: 'a preview that is not RGB of 8 bits' });
  if (Math.max(width, height) > mostSide)
    throw new Failure('imageUnsupported', { feature: `a preview of ${width} x ${height} pixels` });
  const data = new Uint8Array(3 * width * height);
  decodePng(bytes, data);
  return { height, width, samples: 3, data };
}

/** Each pixel the mean of a block of `by` x `by`, smaller at the right and lower edges. */
function reduced({ height, width, data }: PngImage, by: number): PngImage {
  const [columns, rows] = [Math.ceil(width / by), Math.ceil(height / by)];
  const sums = new Uint32Array(3 * columns * rows); // of up to 13 x 13 samples each
  const blocks = Uint32Array.from({ length: width }, (_, column) => 3 * Math.floor(column / by));
  for (let row = 0, i = 0; row < height; row++) {
    const first = 3 * columns * Math.floor(row / by);
    for (let column = 0; column < width; column++) {
      const at = first + blocks[column]!;
      for (let sample = 0; sample < 3; sample++) sums[at + sample]! += data[i++]!;
    }
  }
  const out = new Uint8Array(sums.length);
  for (let row = 0, i = 0; row < rows; row++) {
    const tall = Math.min(by, height - row * by);
    for (let column = 0; column < columns; column++) {
      const count = tall * Math.min(by, width - column * by);
      for (let sample = 0; sample < 3; sample++, i++) out[i] = Math.round(sums[i]! / count);
    }
  }
  return { height: rows, width: columns, samples: 3, data: out };
}

/** A white bar with its length above it on darkened ground, at the lower right. Returns its micrometres; undefined: no space. */
function drawBar(image: PngImage, micrometres: number): number | undefined {
  const size = Math.max(1, Math.round(image.width / 400));
  const gap = 3 * size;
  const bar = scaleBar(micrometres, 1, image.width / 4);
  const text = lengthInWords(bar.micrometres);
  const letters = textSize(text, size);
  const length = Math.round(bar.pixels);
  const ground = { width: Math.max(length, letters.width) + 2 * gap, height: letters.height + 2 * size + 3 * gap };
  const [left, top] = [image.width - gap - ground.width, image.height - gap - ground.height];
  if (length < 1 || left < image.width / 3 || top < image.height / 3) return undefined;
  darken(image, { left, top, ...ground });
  const middle = left + ground.width / 2;
  drawText(image, text, { row: top + gap, column: Math.round(middle - letters.width / 2), size });
  const from = Math.round(middle - length / 2);
  for (let row = 0; row < 2 * size; row++) {
    const at = (top + 2 * gap + letters.height + row) * image.width + from;
    image.data.fill(255, 3 * at, 3 * (at + length));
  }
  return bar.micrometres;
}

function darken({ width, data }: PngImage, box: { left: number; top: number; width: number; height: number }): void {
  for (let row = box.top; row < box.top + box.height; row++)
    for (let i = 3 * (row * width + box.left); i < 3 * (row * width + box.left + box.width); i++)
      data[i] = data[i]! >> 2;
}
