import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ImageInfo, Plane } from './image.ts';

const compress = promisify(gzip);

/** Pixels along each side of a chunk; the pyramid ends with the first plane that is one chunk. */
const chunkSize = 1024;

/** A file of the hierarchy, by its path below the root. */
export interface ZarrFile {
  name: string;
  data: Uint8Array;
}

type LabelInfo = Pick<ImageInfo, 'height' | 'width' | 'positions' | 'times' | 'depths' | 'pixelSize' | 'timeStep'> & {
  type: 'uint16' | 'uint32';
};

/** An axis of the arrays, outermost first. */
interface Axis {
  name: 't' | 'z' | 'y' | 'x';
  type: 'time' | 'space';
  unit?: 'second' | 'micrometer';
  /** From one index to the next, in the unit; 1 where the image does not say. */
  step: number;
}

/**
 * A label image as the files of an OME-Zarr 0.5 hierarchy (Zarr 3, gzip), its documents first, breadth first, as a zip of one
 * should have them. Planes come in the order of positions, times and depths; a chunk without an object has no file. The
 * pyramid takes every second pixel of every second row, so that each value is a label. Several positions are one image each.
 */
export async function* omeZarrLabels(info: LabelInfo, planes: AsyncIterable<Plane>): AsyncGenerator<ZarrFile> {
  const images = info.positions === 1 ? [''] : Array.from({ length: info.positions }, (_, i) => `${i}/`);
  const sizes = levelsOf(info);
  if (info.positions > 1) yield document('', { ome: { version: '0.5', 'bioformats2raw.layout': 3 } });
  for (const image of images) yield document(image, imageAttributes(info, sizes));
  for (const image of images)
    for (const [level, size] of sizes.entries()) yield arrayDocument(`${image}${level}/`, info, size);
  let index = 0;
  for await (const plane of planes) {
    const [depth, frame] = [index % info.depths, Math.floor(index / info.depths)];
    const [time, position] = [frame % info.times, Math.floor(frame / info.times)];
    const outer = [...(info.times > 1 ? [time] : []), ...(info.depths > 1 ? [depth] : [])];
    yield* levelChunks(plane, sizes, (level, at) => [`${images[position]}${level}/c`, ...outer, ...at].join('/'));
    index++;
  }
}

interface Size {
  height: number;
  width: number;
}

function levelsOf({ height, width }: Size): Size[] {
  const sizes = [{ height, width }];
  for (let last = sizes[0]!; Math.max(last.height, last.width) > chunkSize; last = sizes.at(-1)!)
    sizes.push({ height: Math.ceil(last.height / 2), width: Math.ceil(last.width / 2) });
  return sizes;
}

function axesOf({ times, depths, pixelSize, timeStep }: LabelInfo): Axis[] {
  const space = (name: 'z' | 'y' | 'x', step: number | undefined): Axis => ({
    name,
    type: 'space',
    ...(step !== undefined && { unit: 'micrometer' }),
    step: step ?? 1,
  });
  return [
    ...(times > 1
      ? [{ name: 't', type: 'time', ...(timeStep && { unit: 'second' }), step: timeStep ?? 1 } satisfies Axis]
      : []),
    ...(depths > 1 ? [space('z', pixelSize?.z)] : []),
    space('y', pixelSize?.y),
    space('x', pixelSize?.x),
  ];
}

const document = (folder: string, attributes: object, array: object = { node_type: 'group' }): ZarrFile => ({
  name: `${folder}zarr.json`,
  data: Buffer.from(`${JSON.stringify({ zarr_format: 3, ...array, attributes }, null, 2)}\n`),
});

function imageAttributes(info: LabelInfo, sizes: readonly Size[]): object {
  const axes = axesOf(info);
  const datasets = sizes.map((_, level) => {
    const scale = axes.map(({ name, step }) => (name === 'y' || name === 'x' ? step * 2 ** level : step));
    return { path: String(level), coordinateTransformations: [{ type: 'scale', scale }] };
  });
  const multiscale = { name: 'labels', axes: axes.map(({ step: _, ...axis }) => axis), datasets, type: 'nearest' };
  return { ome: { version: '0.5', multiscales: [multiscale], 'image-label': {} } };
}

/** Zarr 3, array metadata. */
function arrayDocument(folder: string, info: LabelInfo, { height, width }: Size): ZarrFile {
  const outer = [...(info.times > 1 ? [info.times] : []), ...(info.depths > 1 ? [info.depths] : [])];
  return document(
    folder,
    {},
    {
      node_type: 'array',
      shape: [...outer, height, width],
      data_type: info.type,
      chunk_grid: {
        name: 'regular',
        configuration: { chunk_shape: [...outer.map(() => 1), chunkSize, chunkSize] },
      },
      chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
      fill_value: 0,
      codecs: [
        { name: 'bytes', configuration: { endian: 'little' } },
        { name: 'gzip', configuration: { level: 6 } },
      ],
      dimension_names: axesOf(info).map(({ name }) => name),
    },
  );
}

type Labels = Uint16Array | Uint32Array;

async function* levelChunks(
  plane: Plane,
  sizes: readonly Size[],
  nameOf: (level: number, at: [row: number, column: number]) => string,
): AsyncGenerator<ZarrFile> {
  let data = plane.data as Labels;
  for (const [level, size] of sizes.entries()) {
    if (level > 0) data = everySecond(data, sizes[level - 1]!, size);
    for (let row = 0; row * chunkSize < size.height; row++)
      for (let column = 0; column * chunkSize < size.width; column++) {
        const chunk = chunkAt(data, size, row * chunkSize, column * chunkSize);
        if (chunk !== undefined) yield { name: nameOf(level, [row, column]), data: await packed(chunk) };
      }
  }
}

function everySecond(data: Labels, from: Size, to: Size): Labels {
  const half =
    data instanceof Uint16Array ? new Uint16Array(to.height * to.width) : new Uint32Array(to.height * to.width);
  for (let y = 0; y < to.height; y++)
    for (let x = 0; x < to.width; x++) half[y * to.width + x] = data[2 * y * from.width + 2 * x]!;
  return half;
}

/** A whole chunk, 0 beyond the plane; undefined where it has no object. */
function chunkAt(data: Labels, { height, width }: Size, top: number, left: number): Labels | undefined {
  const pixels = chunkSize * chunkSize;
  const chunk = data instanceof Uint16Array ? new Uint16Array(pixels) : new Uint32Array(pixels);
  const right = Math.min(width, left + chunkSize);
  for (let y = top; y < Math.min(height, top + chunkSize); y++)
    chunk.set(data.subarray(y * width + left, y * width + right), (y - top) * chunkSize);
  return chunk.some((label) => label !== 0) ? chunk : undefined;
}

async function packed(chunk: Labels): Promise<Uint8Array> {
  const bytes = await compress(new Uint8Array(chunk.buffer), { level: 6 });
  bytes[9] = 255; // the system that packed it, which is none of the file's business: unknown (RFC 1952)
  return bytes;
}
