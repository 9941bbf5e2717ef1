/** Pixels of an image. */
export interface Size {
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** What a canvas shows of an image. */
export interface Viewport extends Size {
  /** The image's point in the middle of the canvas, in its pixels. */
  x: number;
  y: number;
  /** CSS pixels of the canvas for one pixel of the image. `width` and `height` are CSS pixels, too. */
  scale: number;
}

/** CSS pixels that one pixel of the image takes at most. */
const largestScale = 64;
/** How small the whole image can become, against the one that fits. */
const smallestShare = 0.5;

/** The whole image. */
export const fitted = (image: Size, { width, height }: Size): Viewport => ({
  width,
  height,
  x: image.width / 2,
  y: image.height / 2,
  scale: fitScale(image, { width, height }),
});

const fitScale = (image: Size, canvas: Size): number =>
  Math.min(largestScale, canvas.width / image.width, canvas.height / image.height);

export const toImage = ({ x, y, scale, width, height }: Viewport, point: Point): Point => ({
  x: x + (point.x - width / 2) / scale,
  y: y + (point.y - height / 2) / scale,
});

export const toCanvas = ({ x, y, scale, width, height }: Viewport, point: Point): Point => ({
  x: (point.x - x) * scale + width / 2,
  y: (point.y - y) * scale + height / 2,
});

/** Moved by so many CSS pixels; the middle stays on the image. */
export const panned = (viewport: Viewport, by: Point, image: Size): Viewport =>
  held({ ...viewport, x: viewport.x - by.x / viewport.scale, y: viewport.y - by.y / viewport.scale }, image);

/** Larger by `factor`, with what is at `anchor` (CSS pixels of the canvas) staying there. */
export function zoomed(viewport: Viewport, factor: number, anchor: Point, image: Size): Viewport {
  const least = Math.min(smallestShare * fitScale(image, viewport), 1);
  const scale = Math.min(largestScale, Math.max(least, viewport.scale * factor));
  const fixed = toImage(viewport, anchor);
  const x = fixed.x - (anchor.x - viewport.width / 2) / scale;
  const y = fixed.y - (anchor.y - viewport.height / 2) / scale;
  return held({ ...viewport, x, y, scale }, image);
}

export const middle = ({ width, height }: Size): Point => ({ x: width / 2, y: height / 2 });

/** With the point in the middle; where pixels are small, large enough that something of its surroundings is seen. */
export const centred = (viewport: Viewport, point: Point, image: Size, least = 0): Viewport =>
  held({ ...viewport, ...point, scale: Math.min(largestScale, Math.max(viewport.scale, least)) }, image);

/** With a point in the middle, at a scale. */
export function placed(viewport: Viewport, { x, y, scale }: Point & { scale: number }, image: Size): Viewport {
  const least = Math.min(smallestShare * fitScale(image, viewport), 1);
  return held({ ...viewport, x, y, scale: Math.min(largestScale, Math.max(least, scale)) }, image);
}

/** The same part of the image in a canvas of another size. */
export const resized = (viewport: Viewport, { width, height }: Size): Viewport => ({ ...viewport, width, height });

const held = (viewport: Viewport, image: Size): Viewport => ({
  ...viewport,
  x: Math.min(image.width, Math.max(0, viewport.x)),
  y: Math.min(image.height, Math.max(0, viewport.y)),
});
