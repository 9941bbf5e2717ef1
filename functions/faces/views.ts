import { enlarge } from '../photographs/enlarge.ts';
import { cut, type Pixels, reduce, upright } from '../photographs/pixels.ts';
import type { Detection } from './boxes.ts';

/** A part of a picture as a detector of upright faces looks at it. */
export interface View {
  pixels: Pixels;
  /** A box of it, in pixels of the picture. */
  inPicture(box: Detection): Detection;
}

/**
 * Longest side, px, at which a picture is looked at whole; and how many times as large once more, in tiles that share
 * `overlap` pixels. A face that is cut by a tile and in none whole is one that the first look sees well.
 */
const wholeSide = 1280;
const closer = 2;
const overlap = 128;

/** EXIF's orientations that turn a picture by 0°, 90°, 180° and 270°. */
const turns = [1, 6, 3, 8] as const;

/** A picture whole and closer, each in four turns: eight to twenty views of at most 1344 x 1344 pixels, one at a time. */
export function* viewsOf(picture: Pixels): Generator<View> {
  const whole = reduce(picture, wholeSide);
  yield* turnsOf(whole, { picture, looked: whole, left: 0, top: 0 });
  const near = sized(picture, closer * Math.max(whole.width, whole.height));
  for (const [left, right] of spans(near.width))
    for (const [top, bottom] of spans(near.height))
      yield* turnsOf(cut(near, { left, top, right, bottom }), { picture, looked: near, left, top });
}

/** With so many pixels on its longer side. */
function sized(picture: Pixels, side: number): Pixels {
  const { width, height } = picture;
  const scale = side / Math.max(width, height);
  if (scale <= 1) return reduce(picture, side);
  return enlarge(picture, Math.round(width * scale), Math.round(height * scale));
}

/** From where to where the tiles of one side go: as few as can be, and equally long. */
function spans(side: number): [number, number][] {
  const count = Math.max(1, Math.ceil((side - overlap) / wholeSide));
  const length = Math.ceil((side + (count - 1) * overlap) / count);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.min(i * (length - overlap), side - length);
    return [from, from + length];
  });
}

interface Placed {
  picture: Pixels;
  /** The picture at the size that is looked at, and where in it a part begins. */
  looked: Pixels;
  left: number;
  top: number;
}

function* turnsOf(part: Pixels, { picture, looked, left, top }: Placed): Generator<View> {
  const [across, down] = [picture.width / looked.width, picture.height / looked.height];
  for (const turn of turns)
    yield {
      pixels: upright(part, turn),
      inPicture: (box) => {
        const { score, ...at } = turnedBack(box, turn, part);
        return {
          left: (at.left + left) * across,
          top: (at.top + top) * down,
          right: (at.right + left) * across,
          bottom: (at.bottom + top) * down,
          score,
        };
      },
    };
}

/** A box of the turned picture in the one before, of which the size is given. */
function turnedBack(box: Detection, turn: (typeof turns)[number], { width, height }: Pixels): Detection {
  const { left, top, right, bottom, score } = box;
  if (turn === 6) return { left: top, right: bottom, top: height - right, bottom: height - left, score };
  if (turn === 3)
    return { left: width - right, right: width - left, top: height - bottom, bottom: height - top, score };
  if (turn === 8) return { left: width - bottom, right: width - top, top: left, bottom: right, score };
  return box;
}
