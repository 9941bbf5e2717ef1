import { Failure } from '../../core/errors.ts';
import type { Image, ImageInfo, Plane } from '../../image/image.ts';
import type { ModelDescription } from '../../model/package/description.ts';
import type { ForegroundMap } from '../../model/package/foreground-map.ts';
import type { ScaleSettings, WatershedSettings } from '../../model/package/settings.ts';
import type { Range } from '../../model/package/value-range.ts';
import type { PlaneFacts } from '../../ports/predictor.ts';
import { type Normalisation, normalisationOf } from './faint-values.ts';
import type { PlanePosition } from './plane-indices.ts';

/** What the model takes: how many channels, which one by default, whether RGB becomes grey, and objects of which size. */
export interface ModelInput {
  channelCount: number;
  channel?: number | string;
  rgb?: 'grey';
  /** Which diameters the model was made for; absent: planes are predicted as they are. */
  scale?: ScaleSettings;
  /** How it brings values to a scale. */
  normalisation?: Normalisation;
  /** How its maps become objects, where that is by their foreground. */
  instances?: WatershedSettings;
  /** What a threshold can be; absent: anything. */
  thresholds?: Range;
  /** Which map says what belongs to objects; absent: none does. */
  foreground?: ForegroundMap;
}

export function modelInput({ input, settings, thresholds, foreground }: ModelDescription): ModelInput {
  const { channel, rgb, scale, instances } = settings;
  const normalisation = normalisationOf(input.preprocessing);
  return {
    channelCount: input.channels.length,
    ...(channel !== undefined && { channel }),
    ...(rgb !== undefined && { rgb }),
    ...(scale !== undefined && { scale }),
    ...(normalisation !== undefined && { normalisation }),
    // Only these are found again from kept maps (web/viewer/trial-view.tsx).
    ...(instances.method !== 'stardist' && instances.method !== 'cellpose' && { instances }),
    ...(thresholds !== undefined && { thresholds }),
    ...(foreground !== undefined && { foreground }),
  };
}

export interface ChannelChoice {
  /** Zero-based, in the image's channels, or in its colour samples when `from` is samples. */
  indices: number[];
  from: 'channels' | 'samples' | 'grey';
  /** As the file names the first of them; `grey of RGB` where colour was turned grey. */
  name?: string;
}

export const colourNames = ['red', 'green', 'blue', 'alpha'];

/** Which channels of this image the model gets: the user's wish, else the model's, else the first. Throws `channelMissing`, naming what there is. */
export function chooseChannel(info: ImageInfo, input: ModelInput, wish: number | string | undefined): ChannelChoice {
  const { channelCount: count, rgb } = input;
  const wanted = wish ?? input.channel;
  const coloured = info.samples > 1;
  if (coloured && info.channels > 1)
    throw new Failure('imageUnsupported', {
      feature: `${info.channels} channels of ${info.samples} colour samples each`,
    });
  if (coloured && rgb === 'grey' && wish === undefined && count === 1)
    return { indices: [0, 1, 2], from: 'grey', name: 'grey of RGB' };
  const names = coloured ? colourNames.slice(0, info.samples) : info.channelNames;
  const available = coloured ? info.samples : info.channels;
  const first = wanted === undefined ? 0 : indexOf(wanted, names);
  if (first === undefined || first + count > available)
    throw new Failure('channelMissing', {
      wanted: wanted === undefined ? `${first! + count - 1}` : `'${wanted}'`,
      present: describe(names, available),
    });
  const indices = Array.from({ length: count }, (_, i) => first + i);
  const name = names[first];
  return { indices, from: coloured ? 'samples' : 'channels', ...(name !== undefined && { name }) };
}

/** What there is to choose from. */
const describe = (names: readonly (string | undefined)[], count: number): string =>
  `${count} channel${count === 1 ? '' : 's'}: ${Array.from({ length: count }, (_, i) => (names[i] === undefined ? String(i) : `${i} (${names[i]})`)).join(', ')}`;

/** Which of the named channels is meant. Throws `channelMissing`, naming what there is. */
export function findChannel(wanted: number | string, names: readonly (string | undefined)[]): number {
  const found = indexOf(wanted, names);
  if (found === undefined || found >= names.length)
    throw new Failure('channelMissing', { wanted: `'${wanted}'`, present: describe(names, names.length) });
  return found;
}

/** A number is an index; a name wins over a number written as text when a channel is called so. */
function indexOf(wanted: number | string, names: readonly (string | undefined)[]): number | undefined {
  if (typeof wanted === 'number') return wanted;
  const exact = names.indexOf(wanted);
  if (exact >= 0) return exact;
  const folded = names.findIndex((name) => name?.toLowerCase() === wanted.toLowerCase());
  if (folded >= 0) return folded;
  return /^\d+$/.test(wanted) ? Number(wanted) : undefined;
}

/** What the image says of the chosen planes. `factor`: pixels of the image over those that the model gets, along each axis. */
export function planeFacts(info: ImageInfo, { indices, from, name }: ChannelChoice, factor: number): PlaneFacts {
  const { pixelSize: size, channelNames } = info;
  const channels =
    from === 'grey' ? [name] : indices.map((i) => (from === 'samples' ? colourNames[i] : channelNames[i]));
  const pixelSize = size && { ...size, x: factor * size.x, y: factor * size.y };
  return { ...(pixelSize && { pixelSize }), channels };
}

/** ITU-R BT.601 luma, as Fiji's weighted RGB conversion and Pillow's `L` mode use. */
const luma = [0.299, 0.587, 0.114] as const;

/** Reads the chosen planes at one position of the image: one a model channel, one sample a pixel. */
export async function readChosen(image: Image, at: PlanePosition, choice: ChannelChoice): Promise<Plane[]> {
  if (choice.from === 'channels')
    return Promise.all(choice.indices.map((channel) => image.readPlane({ ...at, channel })));
  const colour = await image.readPlane({ ...at, channel: 0 });
  if (choice.from === 'grey') return [greyOf(colour)];
  return choice.indices.map((sample) => sampleOf(colour, sample));
}

/** One sample of each pixel. */
export function sampleOf(plane: Plane, sample: number): Plane {
  const { height, width, samples, data } = plane;
  const Samples = data.constructor as new (length: number) => typeof data;
  const out = new Samples(height * width);
  for (let from = sample, to = 0; to < out.length; from += samples, to++) out[to] = data[from] as never;
  return { ...plane, samples: 1, data: out };
}

function greyOf({ height, width, samples, data }: Plane): Plane {
  const out = new Float32Array(height * width);
  for (let from = 0, to = 0; to < out.length; from += samples, to++)
    out[to] = luma[0] * Number(data[from]) + luma[1] * Number(data[from + 1]) + luma[2] * Number(data[from + 2]);
  return { height, width, samples: 1, type: 'float32', data: out };
}
