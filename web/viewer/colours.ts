/** Red, green and blue, 0 to 255. */
export type Colour = readonly [number, number, number];

/** Colours that channels get in turn, of the Okabe-Ito palette's hues, bright enough on black; one channel alone is grey. */
export const channelColours = {
  grey: [255, 255, 255],
  blue: [80, 140, 255],
  green: [0, 220, 120],
  magenta: [255, 80, 220],
  yellow: [255, 220, 60],
  cyan: [60, 220, 255],
  red: [255, 70, 60],
} as const satisfies Record<string, Colour>;
export type ColourName = keyof typeof channelColours;
export const colourNames = Object.keys(channelColours) as ColourName[];

const inTurn: readonly ColourName[] = ['blue', 'green', 'magenta', 'yellow', 'cyan', 'red'];

const knownStains: readonly [RegExp, ColourName][] = [
  [/dapi|hoechst|405|bfp/i, 'blue'],
  [/gfp|fitc|488|alexa ?fluor ?488/i, 'green'],
  [/cy5|647|far.?red/i, 'magenta'],
  [/rfp|mcherry|tritc|561|594|cy3|tdtomato/i, 'red'],
];

/**
 * What channels are coloured at first. Known stains get the colour that they have under the microscope; the others those
 * that no known stain has, in turn, so that two channels are told apart.
 */
export function firstColours(channels: number, names: readonly (string | undefined)[]): ColourName[] {
  if (channels === 1) return ['grey'];
  const stains = Array.from({ length: channels }, (_, channel) => {
    const name = names[channel];
    return name === undefined ? undefined : knownStains.find(([pattern]) => pattern.test(name))?.[1];
  });
  const free = inTurn.filter((colour) => !stains.includes(colour));
  let next = 0;
  return stains.map((colour) => colour ?? free[next++ % free.length]!);
}

/** One channel of a tile, and how it is shown. */
export interface Shown {
  /** A sample a pixel. */
  samples: ArrayLike<number>;
  low: number;
  high: number;
  colour: Colour;
}

/**
 * Adds the light of channels, pixel by pixel: red, green, blue and opacity of each, 0 to 255. More light than a pixel can
 * have is dimmed as a whole, so that it keeps its hue: cut off, three bright channels would be white wherever they meet.
 */
export function blend(channels: readonly Shown[], pixels: number): Uint8ClampedArray<ArrayBuffer> {
  const light = new Float32Array(3 * pixels);
  for (const channel of channels) addLight(light, channel, pixels);
  const out = new Uint8ClampedArray(4 * pixels);
  for (let at = 0, from = 0; from < light.length; at += 4, from += 3) {
    const [red, green, blue] = [light[from]!, light[from + 1]!, light[from + 2]!];
    const dim = 255 / Math.max(255, red, green, blue);
    out[at] = dim * red;
    out[at + 1] = dim * green;
    out[at + 2] = dim * blue;
    out[at + 3] = 255;
  }
  return out;
}

function addLight(out: Float32Array, { samples, low, high, colour }: Shown, pixels: number): void {
  const scale = high > low ? 1 / (high - low) : 0;
  const [red, green, blue] = colour;
  for (let i = 0, at = 0; i < pixels; i++, at += 3) {
    const light = (samples[i]! - low) * scale;
    if (!(light > 0)) continue; // NaN too
    const limited = Math.min(light, 1);
    out[at] = out[at]! + limited * red;
    out[at + 1] = out[at + 1]! + limited * green;
    out[at + 2] = out[at + 2]! + limited * blue;
  }
}
