import type { JobSettings } from '../../core/job.ts';
import type { Plane } from '../../image/image.ts';
import type { Predictor, Segmenter } from '../../ports/predictor.ts';
import type { ModelInput } from './channel.ts';
import { negativeOf } from './negative.ts';
import { chooseScale, restored, scaled } from './scale.ts';

/** Values of a plane that are looked at, and rows and columns of its middle that are predicted twice. */
const [mostLooked, side] = [65_536, 512];

/**
 * So many objects, and so many times those of the plane as it is, are found where bright and dark are changed over. With the
 * shipped model 56 of 61 images of BBBC038 that were inverted are noticed, and none of the 61 as they are: of these none has
 * more objects inverted.
 */
const [leastFound, leastTimes] = [5, 2];

/** Pixels of a plane at most: it is read for this alone. */
export const mostTried = 2 ** 25;

interface Trying {
  input: ModelInput;
  settings: JobSettings;
  engine: Predictor & Segmenter;
  signal?: AbortSignal | undefined;
}

/**
 * A note for a plane on which the objects look dark on bright, which the model was not made for: what it finds there, and
 * inverted. Predicts only where most of the plane is bright (1 of 164 images of BBBC038), and only its middle. Undefined where
 * it is as the model knows it, the user chose to invert, or objects are not found by a map of their foreground.
 */
export async function polarityNote(
  plane: Plane,
  { input, settings, engine, signal }: Trying,
): Promise<string | undefined> {
  const { instances, normalisation, channelCount } = input;
  if (settings.invert === true || instances === undefined || normalisation === undefined || channelCount > 1)
    return undefined;
  if (!isMostlyBright(plane)) return undefined;
  const middle = middleOf(plane);
  const objects = { threshold: settings.threshold, minSize: settings.minSize };
  const count = async (seen: Plane): Promise<number> => {
    const clues = {
      ...{ diameter: settings.diameter, factor: settings.scale, pixelSize: undefined, size: seen },
      look: async () => [seen],
    };
    const scale = await chooseScale(input.scale, clues, engine, signal);
    const maps = await restored(await engine.predict(await scaled([seen], scale), signal), scale, seen);
    return (await engine.segment(seen, maps, { preview: false, factor: scale.factor, objects }, signal)).count;
  };
  const [found, inverted] = [await count(middle), await count(negativeOf(middle))];
  if (inverted < leastFound || inverted < leastTimes * found) return undefined;
  return `it looks unlike what this model knows, objects dark on bright: the model finds ${found} in its middle, and ${inverted} inverted; try --invert`;
}

/** The median is nearer to the high values than to the low ones. */
function isMostlyBright({ data }: Plane): boolean {
  const step = Math.max(1, Math.ceil(data.length / mostLooked));
  const values: number[] = [];
  for (let i = 0; i < data.length; i += step) {
    const value = Number(data[i]);
    if (Number.isFinite(value)) values.push(value);
  }
  const sorted = Float64Array.from(values).sort();
  const at = (percent: number): number => sorted[Math.round((percent / 100) * (sorted.length - 1))]!;
  return sorted.length > 0 && at(1) + at(99) < 2 * at(50);
}

/** A copy of the middle of a plane of one sample, on memory that is shared with the threads of the model. */
function middleOf(plane: Plane): Plane {
  const [height, width] = [Math.min(side, plane.height), Math.min(side, plane.width)];
  const [top, left] = [Math.floor((plane.height - height) / 2), Math.floor((plane.width - width) / 2)];
  const Samples = plane.data.constructor as new (buffer: SharedArrayBuffer) => Float32Array;
  const { BYTES_PER_ELEMENT: bytes } = plane.data;
  const data = new Samples(new SharedArrayBuffer(height * width * bytes));
  for (let y = 0; y < height; y++) {
    const from = (top + y) * plane.width + left;
    data.set((plane.data as Float32Array).subarray(from, from + width), y * width);
  }
  return { ...plane, height, width, data };
}
