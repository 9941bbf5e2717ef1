import { csvRow } from '../../core/csv.ts';
import type { ImageInfo } from '../../image/image.ts';
import { type WriteOptions, writeTiff } from '../../image/tiff/writer.ts';
import type { Maps } from '../../ports/predictor.ts';
import type { Columns } from './measure-channels.ts';
import type { PlanePosition } from './plane-indices.ts';

/** Rows of one plane, or of one stack whose objects each have a depth: where they stand, then their values in the order of labels. */
export function measurementRows(
  { position, time, depth }: Omit<PlanePosition, 'depth'> & { depth: number | Float64Array },
  measurements: Columns,
  header: boolean,
): string {
  const columns = Object.entries(measurements);
  const lines = header ? [csvRow(['position', 'time', 'depth', ...columns.map(([name]) => name)])] : [];
  const count = columns[0]?.[1].length ?? 0;
  for (let i = 0; i < count; i++)
    lines.push(
      csvRow([position, time, typeof depth === 'number' ? depth : depth[i], ...columns.map(([, values]) => values[i])]),
    );
  return lines.join('');
}

export async function* encodeText(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const text of texts) if (text !== '') yield Buffer.from(text);
}

/** The model's maps as a float32 image, of their own size: its channels are the maps. `after`: planes of maps and bytes of the pieces before this one. */
export async function* writeProbabilities(
  info: ImageInfo,
  maps: AsyncIterable<Maps>,
  after?: { planes: number; bytes: number },
): AsyncGenerator<Uint8Array> {
  const iterator = maps[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  async function* planes() {
    for (let next = first; next.done !== true; next = await iterator.next()) {
      const { height, width, data } = next.value as Maps;
      for (const map of data) yield { height, width, samples: 1, type: 'float32' as const, data: map };
    }
  }
  const { names, height, width, grid = 1 } = first.value as Maps;
  const { pixelSize, ...rest } = info;
  const isPlain = Math.ceil(info.width / grid) === width; // else they are of a resampled plane
  const options: WriteOptions =
    after === undefined ? {} : { piece: { after: { planes: names.length * after.planes, bytes: after.bytes } } };
  const image = {
    ...{ ...rest, height, width, type: 'float32' as const, channels: names.length, channelNames: names },
    ...(pixelSize && isPlain && { pixelSize: { ...pixelSize, x: grid * pixelSize.x, y: grid * pixelSize.y } }),
  };
  yield* writeTiff(image, planes(), options);
}
