import type { Box } from './box.ts';

/** An upright picture: rows x columns x RGB, 8 bits, row-major, interleaved. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** Most pixels of a picture that is read: 50 megapixels. */
export const mostPixels = 50_000_000;
/** Longest side of a picture as it is worked on and shown. */
export const longestSide = 4096;

/** Reduced so that no side is longer than `side`: each pixel is the mean of what it covers. Smaller ones stay as they are. */
export function reduce({ width, height, data }: Pixels, side: number): Pixels {
  const scale = side / Math.max(width, height);
  if (scale >= 1) return { width, height, data };
  return resize(
    { width, height, data },
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  );
}

/** To another size; each pixel is the mean of what it covers, or where the picture grows, the nearest. */
export function resize({ width, height, data }: Pixels, toWidth: number, toHeight: number): Pixels {
  const columns = shares(width, toWidth);
  const rows = shares(height, toHeight);
  const out = new Uint8Array(3 * toWidth * toHeight);
  for (let y = 0, at = 0; y < toHeight; y++) {
    const { from: top, to: bottom } = rows[y]!;
    for (let x = 0; x < toWidth; x++, at += 3) {
      const { from: left, to: right } = columns[x]!;
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let row = top; row < bottom; row++)
        for (let i = 3 * (row * width + left), end = 3 * (row * width + right); i < end; i += 3) {
          red += data[i]!;
          green += data[i + 1]!;
          blue += data[i + 2]!;
        }
      const count = (bottom - top) * (right - left);
      out[at] = Math.round(red / count);
      out[at + 1] = Math.round(green / count);
      out[at + 2] = Math.round(blue / count);
    }
  }
  return { width: toWidth, height: toHeight, data: out };
}

/** Whole samples that each new one stands for; at least one. */
const shares = (length: number, to: number): { from: number; to: number }[] =>
  Array.from({ length: to }, (_, i) => {
    const from = Math.min(length - 1, Math.floor((i * length) / to));
    return { from, to: Math.max(from + 1, Math.min(length, Math.floor(((i + 1) * length) / to))) };
  });

/**
 * As a camera held it: `orientation` 1 to 8 of EXIF (CIPA DC-008, tag 274). 1 is upright; others are mirrored, turned, or
 * both, and those above 4 change width with height. Any other number is taken as 1.
 */
export function upright(picture: Pixels, orientation: number): Pixels {
  if (orientation < 2 || orientation > 8) return picture;
  const { width, height, data } = picture;
  const turned = orientation > 4;
  const [toWidth, toHeight] = turned ? [height, width] : [width, height];
  const out = new Uint8Array(data.length);
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0, at = 0; y < toHeight; y++)
    for (let x = 0; x < toWidth; x++, at += 3) {
      const [column, row] = turned ? [y, x] : [x, y];
      const sourceColumn = fromRight ? width - 1 - column : column;
      const sourceRow = fromBottom ? height - 1 - row : row;
      const i = 3 * (sourceRow * width + sourceColumn);
      out[at] = data[i]!;
      out[at + 1] = data[i + 1]!;
      out[at + 2] = data[i + 2]!;
    }
  return { width: toWidth, height: toHeight, data: out };
}

/** The pixels from `left` and `top` up to, and without, `right` and `bottom`. */
export function cut({ width, data }: Pixels, { left, top, right, bottom }: Box): Pixels {
  const [toWidth, toHeight] = [right - left, bottom - top];
  const out = new Uint8Array(3 * toWidth * toHeight);
  for (let row = 0; row < toHeight; row++) {
    const from = 3 * ((top + row) * width + left);
    out.set(data.subarray(from, from + 3 * toWidth), 3 * row * toWidth);
  }
  return { width: toWidth, height: toHeight, data: out };
}
