import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';

/** Rows and columns of an image, px; between the middles of two discs; radius. */
const [side, step, radius] = [128, 24, 9];

export type Pixels = Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Float32Array<ArrayBuffer>;

/** Bytes of a TIFF of one plane. */
export async function tiffOf(data: Pixels, width = side): Promise<Buffer> {
  const height = data.length / width;
  const type = data instanceof Uint8Array ? 'uint8' : data instanceof Uint16Array ? 'uint16' : 'float32';
  const plane: Plane = { height, width, samples: 1, type, data };
  const counts = { positions: 1, times: 1, depths: 1, channels: 1 };
  const info: ImageInfo = { height, width, samples: 1, type, ...counts, channelNames: [undefined] };
  const chunks: Uint8Array[] = [];
  async function* planes(): AsyncGenerator<Plane> {
    yield plane;
  }
  for await (const chunk of writeTiff(info, planes())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Labels of discs in rows, 25 at most, and an image of them: bright on dark, each of its own brightness. */
export function discs(
  count: number,
  seed: number,
): { image: Uint16Array<ArrayBuffer>; labels: Uint16Array<ArrayBuffer> } {
  const labels = new Uint16Array(side * side);
  const image = new Uint16Array(side * side).fill(200 + seed);
  for (let i = 0; i < labels.length; i++) {
    const [y, x] = [Math.floor(i / side), i % side];
    const [row, column] = [Math.floor(y / step), Math.floor(x / step)];
    const number = 5 * row + column;
    const inside = Math.hypot(y - (row + 0.5) * step, x - (column + 0.5) * step) < radius;
    if (!inside || row > 4 || column > 4 || number >= count) continue;
    labels[i] = number + 1;
    image[i] = 1500 + 100 * number;
  }
  return { image, labels };
}

/** Writes images/NAME.tif and labels/NAME.tif of so many discs each. */
export async function writeLabelled(folder: string, counts: Readonly<Record<string, number>>): Promise<void> {
  for (const part of ['images', 'labels']) await mkdir(join(folder, part), { recursive: true });
  for (const [i, [name, count]] of Object.entries(counts).entries()) {
    const { image, labels } = discs(count, i);
    await writeFile(join(folder, 'images', `${name}.tif`), await tiffOf(image));
    await writeFile(join(folder, 'labels', `${name}.tif`), await tiffOf(labels));
  }
}
