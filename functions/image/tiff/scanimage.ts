import type { PixelSize } from '../image.ts';
import { type Arrangement, type Axis, known, orderPages, pagesAsDepth, planesOfAxes } from './arrangement.ts';
import { withoutChannels } from './partial-stack.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { positive } from './units.ts';

/** `key = value` lines, keys without the prefix of their version: `hChannels.channelSave`, `acq.numberOfFrames`. */
export type ScanImageLines = Map<string, string>;

/**
 * The settings that ScanImage writes: lines `SI.` in the Software tag (since 2016), `scanimage.SI.`, `scanimage.SI5.` and
 * `scanimage.SI4.` in the description, `state.` before. Undefined where there are none. Source: ScanImage's documentation,
 * "TIFF metadata"; tifffile, _series_scanimage.
 */
export function parseScanImage(texts: readonly string[]): ScanImageLines | undefined {
  const lines: ScanImageLines = new Map();
  for (const text of texts)
    for (const [, key, value] of text.matchAll(/^(?:scanimage\.)?(?:SI[45]?|state)\.([\w.]+)[ \t]*=[ \t]*([^\r\n]*)/gm))
      if (!lines.has(key!)) lines.set(key!, value!.trim());
  return lines.size > 0 ? lines : undefined;
}

const numbersIn = (value: string | undefined): number[] =>
  (value?.match(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/gi) ?? []).map(Number);

/** The first of some keys that has a whole number of at least 1. */
function whole(lines: ScanImageLines, ...keys: string[]): number | undefined {
  for (const key of keys) {
    const value = Number(lines.get(key) ?? Number.NaN);
    if (Number.isSafeInteger(value) && value >= 1) return value;
  }
  return undefined;
}

const number = (lines: ScanImageLines, ...keys: string[]): number | undefined => {
  for (const key of keys) {
    const value = positive(Math.abs(Number(lines.get(key) ?? Number.NaN)));
    if (value !== undefined) return value;
  }
  return undefined;
};

const isOn = (value: string | undefined): boolean => value === 'true' || value === '1';

/** Numbers (from 1) of the channels that were saved; empty where nothing says so. */
function savedChannels(lines: ScanImageLines): number[] {
  const listed = lines.get('hChannels.channelSave') ?? lines.get('channelsSave');
  if (listed !== undefined) return numbersIn(listed);
  const ticked = [1, 2, 3, 4].filter((channel) => isOn(lines.get(`acq.savingChannel${channel}`)));
  const count = whole(lines, 'acq.numberOfChannelsSave') ?? 0;
  return ticked.length > 0 ? ticked : Array.from({ length: count }, (_, i) => i + 1);
}

/** Slices and frames of `count` frames of all channels, slowest first. */
function slicesAndFrames(lines: ScanImageLines, count: number): Axis[] {
  const slices =
    whole(
      lines,
      'hStackManager.actualNumSlices',
      'hStackManager.numSlices',
      'stackNumSlices',
      'acq.numberOfZSlices',
      'fastZNumFramesPerVolume',
    ) ?? 1;
  const mode = lines.get('hStackManager.stackMode') ?? '';
  const volumes =
    isOn(lines.get('hFastZ.enable')) ||
    isOn(lines.get('fastZEnable')) ||
    (mode.includes('fast') && isOn(lines.get('hStackManager.enable')));
  const perVolume = whole(lines, 'hFastZ.numFramesPerVolume', 'fastZNumFramesPerVolume');
  if (volumes) {
    // the planes of the way back are in numFramesPerVolume where they were saved
    const depths = [slices, perVolume].find((size) => size !== undefined && size > 1 && count % size === 0);
    if (depths !== undefined)
      return [
        { name: 'T', size: count / depths },
        { name: 'Z', size: depths },
      ];
  }
  const averaged = isOn(lines.get('acq.averaging'))
    ? Number.POSITIVE_INFINITY
    : (whole(lines, 'hScan2D.logAverageFactor', 'acqNumAveragedFrames') ?? 1);
  const taken = whole(lines, 'hStackManager.framesPerSlice', 'acqNumFrames', 'acq.numberOfFrames');
  const frames = taken === undefined ? undefined : Math.max(1, Math.floor(taken / averaged));
  if (slices > 1 && !volumes) {
    const perSlice =
      frames !== undefined && count === slices * frames ? frames : count % slices === 0 ? count / slices : undefined;
    if (perSlice !== undefined)
      return [
        { name: 'Z', size: slices },
        { name: 'T', size: perSlice },
      ];
    // stopped before the last slice
    if (frames !== undefined && count < slices * frames && count % frames === 0)
      return [
        { name: 'Z', size: count / frames },
        { name: 'T', size: frames },
      ];
  }
  return [{ name: 'T', size: count }];
}

/** Channels run fastest; then frames and, where a stack was taken slice by slice, slices; of fast volumes slices, then volumes. */
export function arrangeScanImage(
  lines: ScanImageLines,
  pages: readonly number[],
  page: { height: number; width: number },
): Arrangement {
  const saved = savedChannels(lines);
  const channels = Math.max(1, saved.length);
  const size = fieldOfView(
    lines,
    page,
    number(
      lines,
      'hStackManager.actualStackZStepSize',
      'hStackManager.stackZStepSize',
      'stackZStepSize',
      'acq.zStepSize',
    ),
  );
  const sized = size === undefined ? {} : checkedPixelSize(size, 'its ScanImage settings');
  const taken = pages.slice(0, pages.length - (pages.length % channels)); // stopped between two channels
  if (taken.length === 0)
    return {
      ...pagesAsDepth('ScanImage', pages, `its ScanImage settings say ${channels} channels`),
      ...sized,
    };
  const axes: Axis[] = [...slicesAndFrames(lines, taken.length / channels), { name: 'C', size: channels }];
  const names = [...(lines.get('hChannels.channelName') ?? '').matchAll(/'([^']*)'/g)].map(([, name]) => name!);
  const rate =
    axes[0]!.name === 'T' && axes[1]!.name === 'Z'
      ? number(lines, 'hRoiManager.scanVolumeRate')
      : number(lines, 'hRoiManager.scanFrameRate', 'scanFrameRate', 'acq.frameRate');
  const averaged = whole(lines, 'hScan2D.logAverageFactor') ?? 1;
  const times = axes.find(({ name }) => name === 'T')!.size;
  return {
    by: 'ScanImage',
    ...orderPages(axes, taken),
    channelNames: saved.map((channel) => names[channel - 1]),
    ...sized,
    ...(taken.length < pages.length && { notes: [withoutChannels(pages.slice(taken.length))] }),
    ...known(
      undefined,
      rate !== undefined && times > 1 && planesOfAxes(axes) > 0 ? Number((averaged / rate).toPrecision(12)) : undefined,
    ),
  };
}

/** From the corners of the field of view in micrometres, x and y in turn. */
function fieldOfView(
  lines: ScanImageLines,
  { height, width }: { height: number; width: number },
  z: number | undefined,
): PixelSize | undefined {
  const corners = numbersIn(lines.get('hRoiManager.imagingFovUm'));
  if (corners.length !== 8) return undefined;
  const across = corners.filter((_, i) => i % 2 === 0);
  const down = corners.filter((_, i) => i % 2 === 1);
  const x = positive((Math.max(...across) - Math.min(...across)) / width);
  const y = positive((Math.max(...down) - Math.min(...down)) / height);
  if (x === undefined || y === undefined) return undefined;
  return z === undefined ? { x, y } : { x, y, z };
}
