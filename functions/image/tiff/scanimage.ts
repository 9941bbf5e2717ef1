import type { PixelSize } from '../image.ts';
import { type Arrangement, type Axis, known, orderPages, pagesAsDepth } from './arrangement.ts';
import { pagesInWords, partialAlong, withoutChannels } from './partial-stack.ts';
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
function wholeNumber(lines: ScanImageLines, ...keys: string[]): number | undefined {
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
  const count = wholeNumber(lines, 'acq.numberOfChannelsSave') ?? 0;
  return ticked.length > 0 ? ticked : Array.from({ length: count }, (_, i) => i + 1);
}

/** How a stack was recorded. */
interface Stack {
  slices: number;
  /** The focus runs through all slices for each volume. Else each slice is taken at once. */
  fast: boolean;
  /** Frames of a volume that were saved while the focus went back. */
  back: number;
  /** Of a slice that is taken at once, as saved; absent where they go on until somebody stops them. */
  frames?: number;
}

/** Of `count` frames of all channels. */
function stackOf(lines: ScanImageLines, count: number): Stack {
  const slices =
    wholeNumber(
      lines,
      'hStackManager.actualNumSlices',
      'hStackManager.numSlices',
      'stackNumSlices',
      'acq.numberOfZSlices',
      'fastZNumFramesPerVolume',
    ) ?? 1;
  const mode = lines.get('hStackManager.stackMode') ?? '';
  const fast =
    isOn(lines.get('hFastZ.enable')) ||
    isOn(lines.get('fastZEnable')) ||
    (mode.includes('fast') && isOn(lines.get('hStackManager.enable')));
  if (fast) return { slices, fast, back: framesBack(lines, count, slices) };
  const averaged = isOn(lines.get('acq.averaging'))
    ? Number.POSITIVE_INFINITY
    : (wholeNumber(lines, 'hScan2D.logAverageFactor', 'acqNumAveragedFrames') ?? 1);
  const taken = wholeNumber(lines, 'hStackManager.framesPerSlice', 'acqNumFrames', 'acq.numberOfFrames');
  const frames = taken === undefined ? {} : { frames: Math.max(1, Math.floor(taken / averaged)) };
  return { slices, fast, back: 0, ...frames };
}

/** Discarded frames are usually in the file all the same: where both numbers fit, the setting decides. */
function framesBack(lines: ScanImageLines, count: number, slices: number): number {
  const perVolume = wholeNumber(lines, 'hFastZ.numFramesPerVolume', 'fastZNumFramesPerVolume') ?? slices;
  if (perVolume <= slices) return 0;
  const [withBack, without] = [count % perVolume === 0, count % slices === 0];
  const isSaved = withBack === without ? !isOn(lines.get('hFastZ.discardFlybackFrames')) : withBack;
  return isSaved ? perVolume - slices : 0;
}

type Arranged = Pick<Arrangement, 'positions' | 'times' | 'depths' | 'channels' | 'pages' | 'notes'>;
const header = 'its ScanImage header';

/** Frames of all channels, without those of the way back. */
function arrangeStack({ slices, fast, frames }: Stack, channels: number, pages: readonly number[]): Arranged {
  const count = pages.length / channels;
  const c: Axis = { name: 'C', size: channels };
  const along = (name: 'Z' | 'T', size: number): Axis => ({ name, size });
  const ordered = (...axes: Axis[]) => orderPages([...axes, c], pages);
  if (slices > 1 && fast) {
    const axes = [along('T', Math.ceil(count / slices)), along('Z', slices)];
    return partialAlong([...axes, c], pages, header) ?? ordered(...axes);
  }
  if (slices > 1) {
    const perSlice = frames !== undefined && count === slices * frames ? frames : count / slices;
    if (Number.isInteger(perSlice)) return ordered(along('Z', slices), along('T', perSlice));
    // stopped before the last slice, or within one
    if (frames !== undefined && count < slices * frames && count % frames === 0)
      return ordered(along('Z', count / frames), along('T', frames));
    const part =
      frames === undefined ? undefined : partialAlong([along('Z', slices), along('T', frames), c], pages, header);
    const notes = [`${count} frames, taken as times: ${header} says ${slices} slices; --axes says otherwise`];
    return part ?? { ...ordered(along('T', count)), notes };
  }
  return ordered(along('T', count));
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
  const whole = pages.slice(0, pages.length - (pages.length % channels)); // stopped between two channels
  if (whole.length === 0)
    return {
      ...pagesAsDepth('ScanImage', pages, `its ScanImage settings say ${channels} channels`),
      ...sized,
    };
  const stack = stackOf(lines, whole.length / channels);
  const isBack = (_: number, i: number) => Math.floor(i / channels) % (stack.slices + stack.back) >= stack.slices;
  const back = stack.back > 0 ? whole.filter(isBack) : [];
  const taken = back.length > 0 ? whole.filter((page, i) => !isBack(page, i)) : whole;
  const { notes = [], ...arranged } = arrangeStack(stack, channels, taken);
  const named = [...(lines.get('hChannels.channelName') ?? '').matchAll(/'([^']*)'/g)].map(([, name]) => name!);
  const rate =
    stack.fast && arranged.depths > 1
      ? number(lines, 'hRoiManager.scanVolumeRate')
      : number(lines, 'hRoiManager.scanFrameRate', 'scanFrameRate', 'acq.frameRate');
  const averaged = wholeNumber(lines, 'hScan2D.logAverageFactor') ?? 1;
  const all = [
    ...notes,
    ...(back.length > 0 ? [`${pagesInWords(back)} left out: the focus went back between two volumes`] : []),
    ...(whole.length < pages.length ? [withoutChannels(pages.slice(whole.length))] : []),
  ];
  return {
    by: 'ScanImage',
    ...arranged,
    channelNames: saved.map((channel) => named[channel - 1]),
    ...sized,
    ...(all.length > 0 && { notes: all }),
    ...known(
      undefined,
      rate !== undefined && arranged.times > 1 ? Number((averaged / rate).toPrecision(12)) : undefined,
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
