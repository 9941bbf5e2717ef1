import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import { type ChannelChoice, chooseChannel, colourNames, type ModelInput } from './channel.ts';
import type { PlanePosition } from './plane-indices.ts';

/** A sample with fewer pixels above its lowest value than this share of the fullest one's has a scale bar, no image. */
const leastFilled = 0.1;
/**
 * A sample that varies less than this share of the most varied one's has what JPEG left there. libjpeg-turbo at quality 75 to
 * 95, 4:2:0 and 4:4:4, leaves 1 to 11 % of green's standard deviation in red (six images of BBBC038).
 */
const leastSpread = 0.15;

/** Whether no setting says which sample of RGB the model gets. */
const isOpen = (choice: ChannelChoice, { channel }: ModelInput, wish: number | string | undefined): boolean =>
  choice.from === 'samples' && choice.indices.length === 1 && wish === undefined && channel === undefined;

interface Choosing {
  input: ModelInput;
  wish: number | string | undefined;
  /** Planes to look at, until one is not empty. */
  positions: readonly PlanePosition[];
  /** Takes the memory that reading a plane needs; the result gives it back. */
  admit?(info: ImageInfo): Promise<() => void>;
}

/**
 * chooseChannel, but where it would take the first sample of RGB for want of a word, and that one is empty (GFP saved as RGB is
 * all in green), the first that is not. Reads pixels in this case only.
 */
export async function chooseFilled(image: Image, { input, wish, positions, admit }: Choosing): Promise<ChannelChoice> {
  const choice = chooseChannel(image.info, input, wish);
  if (!isOpen(choice, input, wish)) return choice;
  const release = await admit?.(image.info);
  try {
    for (const position of positions) {
      const sample = firstFilled(await image.readPlane({ ...position, channel: 0 }));
      if (sample !== undefined) return { ...choice, indices: [sample], name: colourNames[sample]! };
    }
  } finally {
    release?.();
  }
  return choice;
}

/** Undefined where red, green and blue are each of one value. */
function firstFilled({ data, samples }: Plane): number | undefined {
  const found = [0, 1, 2].map((sample) => statisticsOf(data, sample, samples));
  const most = {
    filled: Math.max(...found.map(({ filled }) => filled)),
    spread: Math.max(...found.map((s) => s.spread)),
  };
  if (most.filled === 0) return undefined;
  const first = found.findIndex(
    ({ filled, spread }) => filled >= leastFilled * most.filled && spread >= leastSpread * most.spread,
  );
  return first === -1 ? undefined : first;
}

/** How many pixels are above the lowest value, and the standard deviation, of one sample; what is not finite is left out. */
function statisticsOf(data: Plane['data'], sample: number, samples: number): { filled: number; spread: number } {
  let lowest = Number.POSITIVE_INFINITY;
  let [count, atLowest, sum, squares] = [0, 0, 0, 0];
  for (let i = sample; i < data.length; i += samples) {
    const value = Number(data[i]);
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    squares += value * value;
    if (value < lowest) [lowest, atLowest] = [value, 0];
    if (value === lowest) atLowest++;
  }
  if (count === 0) return { filled: 0, spread: 0 };
  return { filled: count - atLowest, spread: Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) };
}

/** The middle plane, which shows most of a stack, then its ends. */
export const likelyPositions = (positions: readonly PlanePosition[]): PlanePosition[] =>
  [...new Set([Math.floor(positions.length / 2), 0, positions.length - 1])].map((at) => positions[at]!);
