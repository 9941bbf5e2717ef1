import { crc32 } from 'node:zlib';
import { type ZipItem, zipStream } from '../../archive/zip-writer.ts';
import type { JobSettings } from '../../core/job.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { type ResultKind, resultRef } from '../../core/object-keys.ts';
import type { Image, Plane } from '../../image/image.ts';
import { omeZarrLabels } from '../../image/ome-zarr.ts';
import { openImage } from '../../image/tiff/image.ts';
import { writeTiff } from '../../image/tiff/writer.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import { type LabelPlane, labelOutlines } from '../../regions/label-outlines.ts';
import { type RoiPlane, roiBytes } from '../../regions/roi-writer.ts';
import { type PlanePosition, planePositions } from './plane-indices.ts';
import type { ImageServices } from './services.ts';

type Output = { kind: ResultKind; bytes: number };

/**
 * The labels of an image once more in the forms that were asked for, from the label image that is written: ROIs for Fiji, and
 * OME-TIFF, OME-Zarr in one file. Plane by plane. `channels`: of the image, as ROIs are laid over it.
 */
export async function copyLabels(
  message: PredictMessage,
  { rois = false, ome = false, zarr = false }: Pick<JobSettings, 'rois' | 'ome' | 'zarr'>,
  channels: number,
  { objects }: Pick<ImageServices, 'objects'>,
): Promise<Output[]> {
  if (!rois && !ome && !zarr) return [];
  await using source = await objectSource(objects, resultRef(message, message.path, 'labels.tif'));
  const labels = await openImage(source);
  const outputs: Output[] = [];
  const put = async (kind: ResultKind, body: AsyncIterable<Uint8Array>): Promise<void> => {
    const { bytes } = await objects.put(resultRef(message, message.path, kind), body);
    outputs.push({ kind, bytes });
  };
  if (rois) await put('rois.zip', zipStream(roisOf(labels, channels)));
  if (ome) await put('labels.ome.tif', writeTiff(labels.info, planesOf(labels), { description: 'ome' }));
  if (zarr) await put('labels.ozx', zipStream(zarrOf(labels)));
  return outputs;
}

async function* planesOf(labels: Image): AsyncGenerator<Plane> {
  for (const position of planePositions(labels.info)) yield labels.readPlane({ ...position, channel: 0 });
}

/** One ROI an object and plane, called by its label; of several planes `12_p1_t3_z5`, axes and counts as Fiji has them. */
async function* roisOf(labels: Image, channels: number): AsyncGenerator<ZipItem> {
  for (const position of planePositions(labels.info)) {
    const plane = await labels.readPlane({ ...position, channel: 0 });
    const outlines = await labelOutlines(plane as LabelPlane);
    for (const label of [...outlines.keys()].sort((a, b) => a - b)) {
      const name = nameOf(label, position, labels);
      const bytes = roiBytes(outlines.get(label)!, { name, plane: roiPlane(position, labels, channels) });
      yield storedItem(`${name}.roi`, bytes);
    }
  }
}

/** A zip whose root is the root of the hierarchy, nothing of it deflated once more: NGFF RFC-9, Single-file OME-Zarr. */
async function* zarrOf(labels: Image): AsyncGenerator<ZipItem> {
  const { type } = labels.info;
  const info = { ...labels.info, type: type === 'uint32' ? type : ('uint16' as const) };
  for await (const { name, data } of omeZarrLabels(info, planesOf(labels))) yield storedItem(name, data);
}

function storedItem(name: string, bytes: Uint8Array): ZipItem {
  const read = async function* () {
    yield bytes;
  };
  return { name, bytes: bytes.length, crc32: crc32(bytes), read };
}

function nameOf(label: number, { position, time, depth }: PlanePosition, { info }: Image): string {
  const parts = [
    ...(info.positions > 1 ? [`p${position + 1}`] : []),
    ...(info.times > 1 ? [`t${time + 1}`] : []),
    ...(info.depths > 1 ? [`z${depth + 1}`] : []),
  ];
  return [label, ...parts].join('_');
}

/** Fiji sets ROIs of a stack of one axis by the number of the plane, those of a hyperstack by depth and frame. */
function roiPlane({ position, time, depth }: PlanePosition, { info }: Image, channels: number): RoiPlane {
  const frames = info.times * info.positions;
  const frame = position * info.times + time; // positions run as frames in what we write
  if (channels === 1 && (frames === 1 || info.depths === 1))
    return frames * info.depths === 1 ? {} : { slice: frames === 1 ? depth : frame };
  return { ...(info.depths > 1 && { depth }), ...(frames > 1 && { time: frame }) };
}
