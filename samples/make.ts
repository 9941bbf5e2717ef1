import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { zipStream } from '../functions/archive/zip-writer.ts';
import type { ImageInfo, Plane } from '../functions/image/image.ts';
import { writeTiff } from '../functions/image/tiff/writer.ts';
import { nucleiImage, type Scene } from './synthetic.ts';

/** Makes the sample folder: `node samples/make.ts [FOLDER]`. The same bytes on every machine; a test compares them. */

const pixelSize = { x: 0.65, y: 0.65 };

async function tiff(scenes: readonly Scene[]): Promise<Buffer> {
  const { height, width } = scenes[0]!;
  const info: ImageInfo = {
    height,
    width,
    samples: 1,
    type: 'uint16',
    positions: 1,
    times: 1,
    depths: scenes.length,
    channels: 1,
    channelNames: ['DAPI'],
    pixelSize: scenes.length > 1 ? { ...pixelSize, z: 2 } : pixelSize,
  };
  async function* planes(): AsyncGenerator<Plane> {
    for (const scene of scenes) yield { height, width, samples: 1, type: 'uint16', data: nucleiImage(scene) };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTiff(info, planes())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const field = (seed: number, nuclei: number, radius: number): Scene => ({
  height: 320,
  width: 384,
  nuclei,
  radius,
  seed,
});

async function zip(files: Record<string, Buffer>): Promise<Buffer> {
  async function* items() {
    for (const [name, data] of Object.entries(files))
      yield { name, bytes: data.length, crc32: crc32(data), read: () => Readable.from([data]) };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of zipStream(items())) chunks.push(Buffer.from(chunk)); // a copy: its memory is used again
  return Buffer.concat(chunks);
}

export async function makeSamples(folder: string): Promise<void> {
  const stack = [0.8, 0.3, 0, 0.4].map((defocus) => ({ ...field(4, 30, 11), height: 256, width: 256, defocus }));
  const files: Record<string, Buffer> = {
    'images/sparse.tif': await tiff([field(1, 25, 12)]),
    'images/dense.tif': await tiff([field(2, 110, 10)]),
    'images/dim/large cells.tif': await tiff([{ ...field(3, 14, 22), defocus: 0.25 }]),
    'images/z-stack.tif': await tiff(stack),
    'experiment.zip': await zip({
      'experiment/day 1/field 1.tif': await tiff([{ ...field(5, 30, 10), height: 256, width: 256 }]),
      'experiment/day 2/field 1.tif': await tiff([{ ...field(6, 45, 10), height: 256, width: 256 }]),
    }),
  };
  for (const [name, data] of Object.entries(files)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), data);
  }
}

if (import.meta.main) await makeSamples(process.argv[2] ?? import.meta.dirname);
