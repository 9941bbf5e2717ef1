import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { random } from '../../samples/synthetic.ts';
import { cli } from '../support/cli.ts';
import { collect } from '../support/memory-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const size = 160;
const [radius, spacing] = [9, 40];
/** 0.5 µm a pixel: 0.0064 mm² an image. */
const pixel = 0.5;

/** Nuclei in a grid, and c-Fos in the first of them; with some camera noise. */
function section(nuclei: number, positive: number, seed: number): Promise<Uint8Array> {
  const uniform = random(seed);
  const info: ImageInfo = {
    ...{ height: size, width: size, samples: 1, type: 'uint16', positions: 1, times: 1, depths: 1, channels: 2 },
    channelNames: ['DAPI', 'c-Fos'],
    pixelSize: { x: pixel, y: pixel },
  };
  const plane = (count: number, light: number): Plane => {
    const data = Uint16Array.from({ length: size * size }, (_, i) => {
      const [x, y] = [i % size, Math.floor(i / size)];
      const cell = Math.floor(y / spacing) * (size / spacing) + Math.floor(x / spacing);
      const outside = Math.hypot((x % spacing) - spacing / 2, (y % spacing) - spacing / 2) - radius;
      return 300 + 40 * uniform() + (cell < count ? light / (1 + Math.exp(outside / 0.8)) : 0);
    });
    return { height: size, width: size, samples: 1, type: 'uint16', data };
  };
  return collect(writeTiff(info, [plane(nuclei, 6000), plane(positive, 4000)]));
}

it('run and report answer an experiment of known numbers: conditions, animals, positive cells', async () => {
  await using folder = await temporaryFolder();
  // [nuclei, positive] of two sections an animal
  const animals: Record<string, [number, number][]> = {
    'ctrl/m1': [
      [8, 2],
      [12, 3],
    ],
    'ctrl/m2': [
      [10, 1],
      [10, 1],
    ],
    'treated/m3': [
      [8, 6],
      [12, 9],
    ],
    'treated/m4': [
      [16, 8],
      [16, 8],
    ],
  };
  let seed = 1;
  for (const [animal, sections] of Object.entries(animals))
    for (const [i, [nuclei, positive]] of sections.entries()) {
      const file = join(folder.path, 'sections', `${animal}_s${i + 1}.tif`);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, await section(nuclei, positive, seed++));
    }
  const options = { cwd: folder.path };
  const run = ['run', 'sections', '--channel', 'DAPI', '--positive', 'c-Fos=bg+5', '-o', 'results'];
  expect(await cli(run, options)).toMatchObject({ code: 0 });
  const groups = '(?<condition>\\w+)/(?<animal>m\\d)_';
  expect(await cli(['report', 'results', '--groups', groups], options)).toMatchObject({ code: 0, stderr: '' });

  const { columns, rows } = parseCsv(await readFile(join(folder.path, 'results/report/group-summary.csv'), 'utf8'));
  const table = rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
  const numbers = (condition: string, measure: string) => {
    const row = table.find(
      (each) => each.condition === condition && each.measure === measure && each.per === 'animal',
    )!;
    return [row.n, row.mean, row.sd].map(Number);
  };
  const area = (size * pixel) ** 2 / 1e6;
  expect(numbers('ctrl', 'objects')).toEqual([2, 10, 0]);
  expect(numbers('treated', 'objects')).toEqual([2, 13, Math.sqrt(18)]);
  expect(numbers('ctrl', 'density_per_mm2')[1]).toBeCloseTo(10 / area, 6);
  // m1: 2/8 and 3/12; m2: 1/10; m3: 6/8 and 9/12; m4: 8/16
  expect(numbers('ctrl', 'positive: c_Fos+')[1]).toBeCloseTo((0.25 + 0.1) / 2, 12);
  expect(numbers('treated', 'positive: c_Fos+')[1]).toBeCloseTo((0.75 + 0.5) / 2, 12);
  const objects = await readFile(join(folder.path, 'results/report/objects.csv'), 'utf8');
  expect(objects.trimEnd().split('\r\n')).toHaveLength(1 + 92);
}, 180_000);
