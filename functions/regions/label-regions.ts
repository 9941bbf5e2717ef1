import { giveWay } from '../async/give-way.ts';
import { Failure } from '../core/errors.ts';
import type { Image, Plane } from '../image/image.ts';
import { type RegionRuns, runsByRow, type Size } from './region-runs.ts';
import { mostRegions } from './roi-set.ts';

/** The regions of a label image of one plane of whole numbers, 0 outside of all; called by their numbers. Throws `regionsUnreadable`, `regionsMisfit`. */
export async function labelRegions(
  image: Image,
  size: Size,
  file: string,
): Promise<{ name: string; runs: RegionRuns }[]> {
  const { height, width, positions, times, depths, channels, samples, type } = image.info;
  if (height !== size.height || width !== size.width)
    throw new Failure('regionsMisfit', {
      file,
      why: `it has ${width} x ${height} px, the image ${size.width} x ${size.height}`,
    });
  if (positions * times * depths * channels !== 1 || samples !== 1)
    throw new Failure('regionsUnreadable', {
      file,
      detail: 'a label image of regions has one plane and one sample a pixel',
    });
  if (type.startsWith('float') || type.endsWith('64'))
    throw new Failure('regionsUnreadable', {
      file,
      detail: `its samples are ${type}, and whole numbers of 8, 16 or 32 bits are read`,
    });
  const { data } = await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
  return labelsOf(data as Exclude<Plane['data'], BigUint64Array | BigInt64Array>, size, file);
}

async function labelsOf(
  data: Exclude<Plane['data'], BigUint64Array | BigInt64Array>,
  size: Size,
  file: string,
): Promise<{ name: string; runs: RegionRuns }[]> {
  const { height, width } = size;
  const regions = new Map<number, Map<number, number[]>>(); // label -> row -> ends of its runs
  for (let y = 0; y < height; y++) {
    await giveWay();
    for (let x = 0; x < width; ) {
      const label = data[y * width + x]!;
      let end = x + 1;
      while (end < width && data[y * width + end] === label) end++;
      if (label !== 0) addRun(regions, label, y, [x, end]);
      x = end;
      if (regions.size > mostRegions)
        throw new Failure('regionsUnreadable', { file, detail: `it has more than ${mostRegions} labels` });
    }
  }
  return [...regions]
    .sort(([a], [b]) => a - b)
    .map(([label, rows]) => ({ name: String(label), runs: runsByRow(size, (y) => rows.get(y) ?? []) }));
}

function addRun(regions: Map<number, Map<number, number[]>>, label: number, y: number, run: [number, number]): void {
  const rows = regions.get(label) ?? new Map<number, number[]>();
  const row = rows.get(y) ?? [];
  row.push(...run);
  rows.set(y, row);
  regions.set(label, rows);
}
