import type { Received } from '../../../functions/core/edit-replica.ts';
import type { EditOperation } from '../../../functions/core/edits.ts';
import type { Samples } from '../../../functions/image/blocks.ts';
import { openRegions, type Region, type RegionImage } from '../../../functions/image/tiff/regions.ts';
import type { ObjectChoices } from '../../../functions/ports/predictor.ts';
import { blobSource } from '../../image/blob-source.ts';
import { expandJpeg } from '../browser/jpeg.ts';
import { blend } from '../colours.ts';
import { type ChannelSamples, describeSamples } from '../contrast.ts';
import type { Acted, correctedPlane } from '../correct/corrected-plane.ts';
import type { Gesture } from '../correct/gestures.ts';
import type { ImportedFile } from '../correct/session-parts.ts';
import { type BorderedLabels, paintLabels } from '../label-paint.ts';
import type { ChannelSource, Found, OpenedImage, Paint, PlaneChoice, Renew, ViewedFile } from '../messages.ts';
import { sizeAt, type Tile } from '../tile-choice.ts';
import type { Size } from '../viewport.ts';
import { byteCache } from './byte-cache.ts';
import { correctedImage } from './corrected-image.ts';
import { foregroundMap } from './foreground-map.ts';
import { foundObjects } from './found-objects.ts';
import { type MapWork, mapWork } from './map-work.ts';
import { readingAhead } from './reading-ahead.ts';
import { remoteSource } from './remote-source.ts';
import { readAtLevel, regionOf } from './tile-reader.ts';

/** Memory for decoded strips and tiles of the file, and for the samples of tiles that were shown. */
const segmentBytes = 160 << 20;
const sampleBytes = 160 << 20;
/** Samples from which the contrast of a channel is found: of a plane of strips, those of bands that are spread over it. */
const mostDescribed = 1 << 20;
const describedBands = 8;
const describedSide = 256;

/** One open image or label image, of which tiles are painted. */
export interface ViewedImage {
  opened: OpenedImage;
  paint(tile: Tile, plane: PlaneChoice, paint: Paint): Promise<ImageBitmap>;
  describe(plane: PlaneChoice, source: ChannelSource): Promise<ChannelSamples>;
  pixel(plane: PlaneChoice, source: ChannelSource, x: number, y: number): Promise<number>;
  /** Of a file with maps: shows the objects of these choices from now on. */
  find(plane: PlaneChoice, choices: ObjectChoices): Promise<Found>;
  /** Of a label image: shows a plane with corrections from now on, which `act` and `receive` add to. */
  correct(plane: PlaneChoice, operations: Parameters<typeof correctedPlane>[2]): Promise<undefined>;
  act(gesture: Gesture): Acted;
  restore(until: readonly EditOperation[], since: readonly EditOperation[]): Promise<Acted>;
  openImport(file: ImportedFile): Promise<void>;
  importPlane(): Promise<Acted>;
  receive(operations: readonly EditOperation[]): Received;
  uncorrect(): undefined;
  propose: MapWork['propose'];
  nextUncertain: MapWork['nextUncertain'];
  readonly image: RegionImage;
}

/** `renew`: a file of the service, signed once more. */
export async function openViewed(file: ViewedFile, renew: Renew): Promise<ViewedImage> {
  const source = 'blob' in file ? blobSource(file.blob) : readingAhead(remoteSource(file.remote, () => renew('image')));
  const stored = await openRegions(source, {
    ...{ name: file.name, expandElsewhere: expandJpeg, keptBytes: segmentBytes },
    ...(file.axes !== undefined && { axes: file.axes }),
  });
  const found = file.maps && foundObjects(stored, file.maps);
  const corrections = correctedImage(found ?? stored);
  const { image } = corrections;
  const map = file.foreground && foregroundMap(file.foreground, () => renew('foreground'));
  const { propose, nextUncertain } = mapWork(map, corrections);
  let kept = byteCache<Samples>(sampleBytes);
  const samplesOf = async (tile: Tile, plane: PlaneChoice, source: ChannelSource): Promise<Samples> => {
    const key = JSON.stringify([tile, plane, source]);
    let samples = kept.get(key);
    if (samples === undefined) {
      samples = await readAtLevel(image, { plane, source, level: tile.level }, regionOf(tile, image.info), false);
      kept.set(key, samples, (samples.data as Uint8Array).byteLength);
    }
    return samples;
  };
  const labelsOf = async (tile: Tile, plane: PlaneChoice): Promise<BorderedLabels> => {
    const { level } = tile;
    const border = withBorder(tile, image.info);
    const corrected = corrections.sampled(plane, level, border.region);
    if (corrected !== undefined) return framed(corrected, border); // quicker than it was kept
    const key = labelKey(tile, plane);
    let labels = kept.get(key);
    if (labels === undefined) {
      const source = { channel: 0, sample: 0 };
      labels = await readAtLevel(image, { plane, source, level }, border.region, true);
      kept.set(key, labels, (labels.data as Uint32Array).byteLength);
    }
    return framed(labels, border);
  };

  return {
    ...{ image, propose, nextUncertain },
    async correct(plane, operations) {
      kept = byteCache(sampleBytes);
      await corrections.open(plane, operations);
      return undefined;
    },
    act: (gesture) => corrections.plane().act(gesture),
    restore: (until, since) => corrections.restore(until, since),
    openImport: (file) => corrections.openImport(file),
    importPlane: () => corrections.importPlane(),
    receive: (operations) => corrections.plane().receive(operations),
    uncorrect() {
      kept = byteCache(sampleBytes);
      corrections.close();
      return undefined;
    },
    opened: { info: image.info, notes: image.notes, levels: [...image.levels] },
    async paint(tile, plane, paint) {
      const { width, height } = regionOf(tile, image.info);
      if (paint.kind === 'labels')
        return bitmapOf(paintLabels(await labelsOf(tile, plane), paint.style), width, height);
      const shown = await Promise.all(
        paint.channels.map(async ({ low, high, colour, channel, sample }) => {
          const { data } = await samplesOf(tile, plane, { channel, sample });
          return { samples: data, low, high, colour };
        }),
      );
      return bitmapOf(blend(shown, width * height), width, height);
    },
    async describe(plane, source) {
      const { level, regions } = describedParts(image);
      const parts = await Promise.all(
        regions.map(async (region) => (await readAtLevel(image, { plane, source, level }, region, false)).data),
      );
      return describeSamples(parts.length === 1 ? parts[0]! : joined(parts));
    },
    async find(plane, choices) {
      if (found === undefined) throw new Error('the file has no maps');
      const objects = await found.find(plane, choices);
      kept = byteCache(sampleBytes); // what was there is of other choices
      return objects;
    },
    async pixel(plane, source, x, y) {
      const region = { left: x, top: y, width: 1, height: 1 };
      return (await readAtLevel(image, { plane, source, level: 0 }, region, false)).data[0]!;
    },
  };
}

const bitmapOf = (pixels: Uint8ClampedArray<ArrayBuffer>, width: number, height: number): Promise<ImageBitmap> =>
  createImageBitmap(new ImageData(pixels, width, height));

const labelKey = ({ level, column, row }: Tile, { position, time, depth }: PlaneChoice): string =>
  `labels ${level}/${column}/${row} ${position}/${time}/${depth}`;

/** The pixels of a tile at its level, and those around it that the image has. */
function withBorder(tile: Tile, image: Size): { region: Region; inner: Region } {
  const size = sizeAt(image, tile.level);
  const inner = regionOf(tile, image);
  const left = Math.max(0, inner.left - 1);
  const top = Math.max(0, inner.top - 1);
  const width = Math.min(size.width, inner.left + inner.width + 1) - left;
  const height = Math.min(size.height, inner.top + inner.height + 1) - top;
  return { region: { left, top, width, height }, inner };
}

/** One more pixel on each side, 0 outside of the image. */
function framed({ data }: Samples, { region, inner }: { region: Region; inner: Region }): BorderedLabels {
  const row = inner.width + 2;
  const labels = new Uint32Array(row * (inner.height + 2));
  const [right, down] = [1 - (inner.left - region.left), 1 - (inner.top - region.top)];
  for (let y = 0; y < region.height; y++)
    for (let x = 0; x < region.width; x++) labels[(y + down) * row + x + right] = data[y * region.width + x]!;
  return { width: inner.width, height: inner.height, labels };
}

/** Parts of a plane that stand for it: all of a small one, or of a small level; else some that are spread over it. */
function describedParts({ info, levels }: RegionImage): { level: number; regions: Region[] } {
  const small = levels.find(({ width, height }) => width * height <= mostDescribed);
  if (small !== undefined) {
    const { width, height, reduction } = small;
    return { level: Math.log2(reduction), regions: [{ left: 0, top: 0, width, height }] };
  }
  const { segmentWidth, segmentHeight } = levels[0]!;
  if (segmentWidth === info.width) return { level: 0, regions: spreadBands(info, segmentHeight) };
  const width = Math.min(info.width, describedSide);
  const height = Math.min(info.height, describedSide);
  const shares = [
    [0.5, 0.5],
    [0.25, 0.25],
    [0.75, 0.25],
    [0.25, 0.75],
    [0.75, 0.75],
  ];
  const regions = shares.map(([x, y]) => ({
    left: Math.floor((info.width - width) * x!),
    top: Math.floor((info.height - height) * y!),
    width,
    height,
  }));
  return { level: 0, regions };
}

/** Whole strips at equal distances; all rows where that is no less. `stripRows`: that are read at once. */
function spreadBands({ width, height }: Size, stripRows: number): Region[] {
  const wanted = Math.max(1, Math.floor(mostDescribed / describedBands / width));
  const rows = Math.max(1, Math.floor(wanted / stripRows)) * stripRows;
  if (rows * describedBands >= height) return [{ left: 0, top: 0, width, height }];
  return Array.from({ length: describedBands }, (_, band) => {
    const middle = (height * (band + 0.5)) / describedBands;
    const top = Math.max(0, Math.floor((middle - rows / 2) / stripRows) * stripRows);
    return { left: 0, top, width, height: Math.min(rows, height - top) };
  });
}

function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
