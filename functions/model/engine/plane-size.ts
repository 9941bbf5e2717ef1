import { Failure } from '../../core/errors.ts';
import type { Plane } from '../../image/image.ts';
import type { ModelDescription } from '../package/description.ts';
import type { TilePlan } from './tiles.ts';

/** The size of planes that go into a model together. Throws for those that do not go together, and `modelFailed` for none. */
export function planeSize(
  planes: readonly Plane[],
  { input }: Pick<ModelDescription, 'input'>,
): { height: number; width: number } {
  const [first] = planes;
  if (!first || planes.length !== input.channels.length)
    throw new RangeError(`${planes.length} planes for ${input.channels.length} channels`);
  const { height, width } = first;
  for (const plane of planes)
    if (plane.height !== height || plane.width !== width || plane.samples !== 1 || plane.data.length !== height * width)
      throw new RangeError('planes of different sizes, or of more than one sample a pixel');
  if (height * width === 0) throw new Failure('modelFailed', { detail: `an image of ${height} x ${width} pixels` });
  return { height, width };
}

/** Pixels of margins that a small file may cost the model, and how many times those of its plane beyond that. */
const freeMargins = 16 << 20;
const mostMargins = 16;

/** A plane a few pixels wide and very long is filled up to the model's smallest size: a kilobyte would take a minute. */
export function refuseLine(height: number, width: number, { y, x, ...tile }: TilePlan): void {
  const pixels = tile.height * tile.width * y.spans.length * x.spans.length;
  if (pixels <= Math.max(freeMargins, mostMargins * height * width)) return;
  throw new Failure('imageTooLarge', {
    detail: `a plane of ${width} x ${height} pixels is a line: the model would fill it up to ${Math.round(pixels / 1e6)} megapixels`,
  });
}
