import { createHash } from 'node:crypto';
import { giveWay } from '../async/give-way.ts';
import { Failure } from '../core/errors.ts';
import { isRegionLabels, mostRoiBytes, regionsFilesOf } from '../core/regions-file.ts';
import type { Beside, ByteSource, Image, ImageInfo } from '../image/image.ts';
import { labelRegions } from './label-regions.ts';
import { type Region, type RegionMap, regionNames } from './region-map.ts';
import { crossedBy, mostCrossings, runsOfOutline } from './region-runs.ts';
import { type Roi, readRoi } from './roi-file.ts';
import { readRoiSet } from './roi-set.ts';

type Sibling = NonNullable<Beside['sibling']>;
type Source = ByteSource & AsyncDisposable;
/** How label images of regions are read. */
export interface LabelReading {
  /** As image/tiff/image. */
  open(source: ByteSource, options: Beside): Promise<Image & AsyncDisposable>;
  /** Waits until `bytes` of memory may be used; the result gives them back. */
  admit(bytes: number): Promise<() => void>;
}

/** The file beside an image that holds its regions, undefined where there is none. `name`: of the image, without folders. */
async function findFile(name: string, sibling: Sibling): Promise<{ file: string; source: Source } | undefined> {
  const files = regionsFilesOf(name);
  // all at once: of a store far away each takes some requests
  const asked = await Promise.allSettled(files.map((file) => sibling(file)));
  const sources = asked.map((answer) => (answer.status === 'fulfilled' ? answer.value : undefined));
  const at = sources.findIndex((source) => source !== undefined);
  const failed = asked.find((answer) => answer.status === 'rejected');
  for (const [i, source] of sources.entries())
    if (i !== at || failed !== undefined) await source?.[Symbol.asyncDispose]();
  if (failed !== undefined) throw failed.reason;
  return at < 0 ? undefined : { file: files[at]!, source: sources[at]! };
}

/** What the regions of an image are made of, to compare with an earlier time. */
export async function regionsIdentity(
  name: string,
  sibling: Sibling,
): Promise<Pick<RegionMap, 'file' | 'sha256'> | undefined> {
  const found = await findFile(name, sibling);
  if (found === undefined) return undefined;
  await using source = found.source;
  return { file: found.file, sha256: await sha256Of(source) };
}

/** The regions of interest beside an image. Throws `regionsUnreadable` for a damaged file and `regionsMisfit` for one of another image. */
export async function openRegions(
  { name, info }: { name: string; info: ImageInfo },
  sibling: Sibling,
  labels: LabelReading,
): Promise<RegionMap | undefined> {
  const found = await findFile(name, sibling);
  if (found === undefined) return undefined;
  const { file } = found;
  await using source = found.source;
  const { height, width } = info;
  const sha256 = await sha256Of(source);
  if (isRegionLabels(file)) {
    await using image = await labels.open(source, { name: file }).catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      throw new Failure('regionsUnreadable', { file, detail: error.message }, { cause: error });
    });
    const release = await labels.admit(labelBytes * height * width);
    try {
      const regions = await labelRegions(image, { height, width }, file);
      return { ...{ file, sha256, height, width, regions }, notes: emptyNote(regions, file) };
    } finally {
      release();
    }
  }
  if (source.size > mostRoiBytes)
    throw new Failure('regionsUnreadable', { file, detail: `it has ${source.size} bytes, more than any outline` });
  const rois = file.endsWith('.zip')
    ? await readRoiSet(source, file)
    : [readRoi(await source.read(0, source.size), file)];
  return { ...{ file, sha256, height, width }, ...(await regionsOf(rois, info, file)) };
}

/** Of a pixel of a label image, at most, as it is read and shown. */
const labelBytes = 8;

const emptyNote = (regions: readonly unknown[], file: string): string[] =>
  regions.length === 0 ? [`${file} holds no region`] : [];

async function regionsOf(
  rois: readonly Roi[],
  info: ImageInfo,
  file: string,
): Promise<Pick<RegionMap, 'regions' | 'notes'>> {
  const { height, width } = info;
  const areas = rois.filter(({ outline }) => outline !== undefined);
  const names = regionNames(areas.map(({ name }) => name));
  const notes = notesOf(rois, file);
  const regions: Region[] = [];
  let left = mostCrossings; // of all together
  for (const [i, roi] of areas.entries()) {
    await giveWay();
    const name = names[i]!;
    const runs = runsOfOutline(roi.outline!, { height, width }, left);
    left -= crossedBy(roi.outline!, { height, width });
    if (runs === undefined)
      throw new Failure('regionsUnreadable', { file, detail: `the outline of ${name} is too long` });
    if (runs.area === 0)
      throw new Failure('regionsMisfit', {
        file,
        why: `${name} holds no pixel of the image, which has ${width} x ${height}`,
      });
    regions.push({ name, runs, ...planeOf(roi, info, `${name} of ${file}`) });
  }
  return { regions, notes: [...notes, ...emptyNote(regions, file)] };
}

function notesOf(rois: readonly Roi[], file: string): string[] {
  const others = rois.filter(({ outline }) => outline === undefined);
  const named = others.slice(0, 3).map(({ name, kind }) => `${name ?? 'one'} (${kind})`);
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : '';
  const curves = rois.filter(({ spline }) => spline).length;
  return [
    ...(others.length > 0 ? [`of ${file} what has no area is left out: ${named.join(', ')}${more}`] : []),
    ...(curves > 0
      ? [`${curves} outlines of ${file} are curves and are read as straight lines between their points`]
      : []),
  ];
}

/** The plane that Fiji has set the ROI to. Throws `regionsMisfit` where the image has no such plane. */
function planeOf(
  { position }: Roi,
  { depths, times, channels }: ImageInfo,
  what: string,
): Pick<Region, 'depth' | 'time'> {
  const { slice } = position;
  const plane = slice === undefined ? -1 : Math.floor(slice / channels);
  const { depth = plane < 0 ? undefined : plane % depths, time = plane < 0 ? undefined : Math.floor(plane / depths) } =
    slice === undefined ? position : {};
  const isThere = (depth ?? 0) < depths && (time ?? 0) < times;
  if (!isThere)
    throw new Failure('regionsMisfit', {
      file: what,
      why: `it is of depth ${(depth ?? 0) + 1} and time ${(time ?? 0) + 1}, the image has ${depths} and ${times}`,
    });
  return { ...(depth !== undefined && depths > 1 && { depth }), ...(time !== undefined && times > 1 && { time }) };
}

async function sha256Of(source: Source): Promise<string> {
  const hash = createHash('sha256');
  const chunk = 1 << 20;
  for (let at = 0; at < source.size; at += chunk) hash.update(await source.read(at, Math.min(chunk, source.size - at)));
  return hash.digest('hex');
}
