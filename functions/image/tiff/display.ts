import { Failure } from '../../core/errors.ts';
import type { Plane, SampleArray } from '../image.ts';
import type { Layout } from './layout.ts';
import { isLookupTable, isOneColour } from './lookup-table.ts';
import { samplesOn } from './segment.ts';
import { named, photometricNames, tag, tagName } from './tags.ts';

/** What a page means: its samples as colours, or each as a channel of its own. */
export type Meaning =
  | { kind: 'grey'; inverted: boolean; note?: string }
  | { kind: 'palette'; palette: Palette; note?: string }
  | { kind: 'colour' }
  | { kind: 'channels'; names: (string | undefined)[] };

/** Colours by index: `samples` values each, 1 where red, green and blue are equal throughout. */
export interface Palette {
  samples: 1 | 3;
  type: 'uint8' | 'uint16';
  colours: Uint8Array | Uint16Array;
}

/**
 * What the samples of a page mean. `imageJ`: ImageJ wrote it, whose palettes and white-is-zero only say how the screen shows
 * the samples: they are the data. Refuses colour spaces whose samples are no intensities (CMYK, YCbCr, L*a*b*, raw sensors).
 */
export function meaningOf(
  layout: Layout,
  colorMap: Float64Array | undefined,
  extraSamples: readonly number[],
  imageJ: boolean,
): Meaning {
  const { photometric, samples, type, bits } = layout;
  const refuse = (detail: string) =>
    new Failure('imageUnsupported', {
      feature: `${tagName(tag.photometric)} is ${named(photometric, photometricNames)}${detail}`,
    });
  if (photometric === 2 && (samples === 3 || samples === 4)) return { kind: 'colour' };
  if (photometric > 3) throw refuse('');
  if (photometric === 3) {
    if (samples !== 1 || !type.startsWith('uint') || bits > 16) throw refuse(` with ${samples} x ${type}`);
    if (imageJ) return { kind: 'grey', inverted: false };
    if (colorMap === undefined) throw new Failure('imageBroken', { detail: `${tagName(tag.colorMap)} is missing` });
    // indices of more than 8 bits into a table of 8 are no indices: it is for the screen
    const short = bits > 8 && colorMap.length === 3 * 2 ** 8;
    if (!short) checkPalette(colorMap, bits);
    if (short || isLookupTable(colorMap)) return { kind: 'grey', inverted: false };
    if (isOneColour(colorMap))
      return {
        kind: 'grey',
        inverted: false,
        note: 'every entry of its palette has the same colour: the samples are taken as intensities',
      };
    return coloursOf(readPalette(colorMap, bits));
  }
  if (photometric === 0) {
    if (imageJ && samples === 1) return { kind: 'grey', inverted: false };
    if (!type.startsWith('uint') || samples > 1) throw refuse(` with ${samples} x ${type}`);
    return { kind: 'grey', inverted: true };
  }
  if (samples === 1) return { kind: 'grey', inverted: false };
  const colours = photometric === 2 ? ['red', 'green', 'blue'] : [];
  const plain = samples - extraSamples.length;
  return {
    kind: 'channels',
    names: Array.from({ length: samples }, (_, i) =>
      i >= plain && (extraSamples[i - plain] === 1 || extraSamples[i - plain] === 2) ? 'alpha' : colours[i],
    ),
  };
}

const coloursNote =
  'its palette is no ramp of one hue: samples are taken as its colours; save the image with a grey lookup table where they are intensities';

const coloursOf = (palette: Palette): Meaning => ({
  kind: 'palette',
  palette,
  ...(palette.samples > 1 && { note: coloursNote }),
});

/** Source: TIFF 6.0 section 5: 2^bits reds, then greens, then blues, each 0 to 65535. */
function checkPalette(map: Float64Array, bits: number): void {
  const values = 3 * 2 ** bits;
  if (map.length !== values)
    throw new Failure('imageBroken', { detail: `${tagName(tag.colorMap)} has ${map.length} of ${values} values` });
}

function readPalette(map: Float64Array, bits: number): Palette {
  const size = 2 ** bits;
  // 8-bit colours are written as v * 257, or by old programs as v * 256 or v itself
  const fits = (test: (value: number) => boolean) => map.every(test);
  const narrow = fits((v) => v % 257 === 0)
    ? (v: number) => v / 257
    : fits((v) => v % 256 === 0)
      ? (v: number) => v / 256
      : undefined;
  const grey = map.subarray(0, size).every((v, i) => v === map[size + i] && v === map[2 * size + i]);
  const samples = grey ? 1 : 3;
  const colours = narrow === undefined ? new Uint16Array(size * samples) : new Uint8Array(size * samples);
  for (let i = 0; i < size; i++)
    for (let s = 0; s < samples; s++)
      colours[i * samples + s] = narrow ? narrow(map[s * size + i]!) : map[s * size + i]!;
  return { samples, type: narrow === undefined ? 'uint16' : 'uint8', colours };
}

/** Turns white-is-zero intensities around, in place. */
export function invert(plane: Plane, bits: number): void {
  const data = plane.data;
  if (data instanceof BigUint64Array) {
    for (let i = 0; i < data.length; i++) data[i] = ~data[i]!;
    return;
  }
  const most = 2 ** bits - 1;
  const numbers = data as Uint16Array;
  for (let i = 0; i < numbers.length; i++) numbers[i] = most - numbers[i]!;
}

const memory = (length: number, shared: boolean): ArrayBufferLike =>
  shared ? new SharedArrayBuffer(length) : new ArrayBuffer(length);

export function applyPalette(plane: Plane, { samples, type, colours }: Palette, shared: boolean): Plane {
  const indices = plane.data as Uint8Array | Uint16Array;
  const width = type === 'uint8' ? 1 : 2;
  const data = samplesOn(
    type,
    memory(indices.length * samples * width, shared),
    0,
    indices.length * samples,
  ) as Uint8Array;
  for (let i = 0, to = 0; i < indices.length; i++)
    for (let s = 0, from = indices[i]! * samples; s < samples; s++) data[to++] = colours[from++]!;
  return { ...plane, samples, type, data };
}

/** One sample of each pixel as a plane of its own. */
export function pickSample(plane: Plane, sample: number, shared: boolean): Plane {
  const { data, samples, height, width, type } = plane;
  const size = height * width;
  const picked: SampleArray = samplesOn(type, memory(size * data.BYTES_PER_ELEMENT, shared), 0, size);
  for (let i = 0, from = sample; i < size; i++, from += samples) picked[i] = data[from]!;
  return { height, width, samples: 1, type, data: picked };
}
