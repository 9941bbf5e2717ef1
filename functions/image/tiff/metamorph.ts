import type { ByteSource } from '../image.ts';
import { type Arrangement, known, pagesAsDepth, pixelSizeOf } from './arrangement.ts';
import { type Field, type FieldMap, latin1 } from './directory.ts';
import { checkedPixelSize } from './pixel-size.ts';
import { arrangedBy, type Coordinates, gridOf, stepOf, withTimes } from './plane-coordinates.ts';
import { tag } from './tags.ts';
import { converted, micrometresOf, secondsOf } from './units.ts';

/** What the UIC tags say; `planes` of an STK file are all in one directory. Source: tifffile, read_uic1tag to read_uic4tag. */
export interface UicTags {
  planes: { distance: number; createdMs: number; wavelength?: number; absoluteZ?: number }[];
  /** Calibrated lengths of a pixel, in `unit`; absent where it is not calibrated. */
  calibration?: { x: number; y: number; unit: string };
}

const dayMs = 86_400_000;
/** More planes than MetaMorph keeps in one file. */
const mostClaimed = 100_000;

/** Up to `length` bytes from an offset in the file; what lies outside is left away. */
async function bytesAt(source: ByteSource, at: number, length: number): Promise<DataView> {
  const bytes = at < source.size ? await source.read(at, Math.min(length, source.size - at)) : new Uint8Array(0);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads the UIC tags of a stack that claims `claimed` planes, of which the first `count` are there; a value has the size of its
 * own type, whatever the directory says.
 */
export async function readUicTags(
  source: ByteSource,
  fields: FieldMap,
  little: boolean,
  { count, claimed }: { count: number; claimed: number },
): Promise<UicTags> {
  const viewOf = async (number: number, bytes: number) => {
    const field = fields.get(number);
    return field && (await bytesAt(source, field.at, bytes));
  };
  const planes: UicTags['planes'] = [];
  const stamps = await viewOf(tag.metaMorphUic2, 24 * count);
  const waves =
    fields.get(tag.metaMorphUic3)?.count === claimed ? await viewOf(tag.metaMorphUic3, 8 * count) : undefined;
  const isLong = claimed > count && claimed > mostClaimed; // its words would be the whole file
  const depths = isLong ? undefined : await absoluteDepths(source, fields.get(tag.metaMorphUic4), little, claimed);
  for (let i = 0; i < count; i++) {
    const ratio = (view: DataView | undefined, at: number) =>
      view !== undefined && at + 8 <= view.byteLength
        ? view.getUint32(at, little) / view.getUint32(at + 4, little)
        : Number.NaN;
    const created = stamps !== undefined && 24 * i + 16 <= stamps.byteLength;
    planes.push({
      distance: ratio(stamps, 24 * i) || 0,
      createdMs: created ? stamps.getUint32(24 * i + 8, little) * dayMs + stamps.getUint32(24 * i + 12, little) : 0,
      ...(waves !== undefined && { wavelength: ratio(waves, 8 * i) || 0 }),
      ...(depths?.[i] !== undefined && { absoluteZ: depths[i]! }),
    });
  }
  const entries = fields.get(tag.metaMorphUic1);
  const calibration = entries && (await readCalibration(source, entries, little));
  return { planes, ...(calibration !== undefined && { calibration }) };
}

/** UIC1: pairs of an id and a value, or where it lies. 3 says whether there is a calibration, 4 and 5 are its lengths, 6 its unit. */
async function readCalibration(source: ByteSource, field: Field, little: boolean): Promise<UicTags['calibration']> {
  const view = await bytesAt(source, field.at, 8 * Math.min(field.count, 1000));
  const values = new Map<number, number>();
  for (let at = 0; at + 8 <= view.byteLength; at += 8)
    values.set(view.getUint32(at, little), view.getUint32(at + 4, little));
  if (values.get(3) === 0) return undefined;
  const ratio = async (id: number) => {
    const at = values.get(id);
    const two = at === undefined ? undefined : await bytesAt(source, at, 8);
    return two === undefined || two.byteLength < 8 ? Number.NaN : two.getUint32(0, little) / two.getUint32(4, little);
  };
  const unitAt = values.get(6);
  if (unitAt === undefined) return undefined;
  const text = await bytesAt(source, unitAt, 4 + 64);
  const length = text.byteLength < 4 ? 0 : Math.min(text.getUint32(0, little), text.byteLength - 4);
  const unit = latin1(new Uint8Array(text.buffer, text.byteOffset + 4, length))
    .replace(/\0.*$/s, '')
    .trim();
  return { x: await ratio(4), y: await ratio(5), unit };
}

/** UIC4: an id of 16 bits, then a value for each plane. Only those of known length before the absolute depth (40) are passed. */
async function absoluteDepths(
  source: ByteSource,
  field: Field | undefined,
  little: boolean,
  count: number,
): Promise<number[] | undefined> {
  if (field === undefined) return undefined;
  const view = await bytesAt(source, field.at, 1024 + 512 * count);
  for (let at = 0; at + 2 <= view.byteLength; ) {
    const id = view.getUint16(at, little);
    at += 2;
    if (id === 28 || id === 29) at += 16 * count;
    else if (id === 37)
      for (let i = 0; i < count && at + 4 <= view.byteLength; i++) at += 4 + view.getUint32(at, little);
    else if (id === 41) at += 4 * count;
    else if (id !== 40 || at + 8 * count > view.byteLength) return undefined;
    else
      return Array.from({ length: count }, (_, i) => {
        const [top, bottom] = [view.getUint32(at + 8 * i, little), view.getUint32(at + 8 * i + 4, little)];
        return bottom === 0 ? 0 : top / bottom;
      });
  }
  return undefined;
}

/** Depths where planes are apart, channels by wavelength, and times for what is left; nothing of these: depths, and a note. */
export function arrangeMetaMorph(tags: UicTags, pages: readonly number[], description: string): Arrangement {
  const { planes, calibration } = tags;
  const apart = planes.length > 1 && planes.slice(1).every(({ distance }) => distance > 0);
  const wavelengths = new Set(planes.map(({ wavelength }) => wavelength));
  const depths = new Set(planes.map(({ absoluteZ }) => absoluteZ));
  const stamped = planes.slice(1).some(({ createdMs }, i) => createdMs > planes[i]!.createdMs);
  const coordinates = planes.map(({ wavelength, absoluteZ }, i): Coordinates => {
    const c = wavelengths.size > 1 ? { C: wavelength ?? 0 } : {};
    if (depths.size > 1) return { ...c, Z: absoluteZ ?? 0 };
    return apart && wavelengths.size === 1 ? { ...c, Z: i } : c;
  });
  const recorded = apart || wavelengths.size > 1 || depths.size > 1 || stamped;
  const grid = recorded ? gridOf(withTimes(coordinates), pages) : undefined;
  const step = depths.size > 1 ? stepOf([...depths].sort((a, b) => a! - b!)) : apart ? planes[1]!.distance : undefined;
  const unit = calibration && micrometresOf(calibration.unit);
  const size =
    unit === undefined
      ? undefined
      : pixelSizeOf(converted(calibration!.x * unit), converted(calibration!.y * unit), step);
  const exposure = exposureIn(description);
  const times = grid?.times ?? 1;
  const created = new Map(pages.map((page, i) => [page, planes[i]!.createdMs]));
  const startOf = (time: number) => created.get(grid!.pages[time * grid!.depths * grid!.channels]!)!;
  return {
    ...(grid === undefined
      ? pagesAsDepth('MetaMorph', pages)
      : {
          by: 'MetaMorph' as const,
          ...arrangedBy(grid),
          channelNames: wavelengths.size > 1 ? names(grid.values.C) : [],
        }),
    ...(size === undefined
      ? {
          noPixelSize:
            calibration === undefined
              ? 'MetaMorph was not calibrated'
              : `MetaMorph: unit "${calibration.unit}" is no length`,
        }
      : checkedPixelSize(size, 'MetaMorph')),
    ...known(undefined, times > 1 ? converted((startOf(times - 1) - startOf(0)) / 1000 / (times - 1)) : undefined),
    ...(exposure !== undefined && { exposureTime: exposure }),
  };
}

/** Channels are called by their wavelengths in nanometres; 0 is none. */
const names = (waves: readonly (number | string)[]) => waves.map((wave) => (wave === 0 ? undefined : `${wave}`));

/** `Exposure: 100 ms` among the lines that MetaMorph writes of a plane, in seconds. */
export function exposureIn(description: string): number | undefined {
  const [, value, unit] = /Exposure(?: Time)?\s*[:=]\s*([\d.]+)\s*(ms|msec|s|sec|us|min)\b/i.exec(description) ?? [];
  return unit === undefined ? undefined : converted(Number(value) * (secondsOf(unit) ?? Number.NaN));
}
