import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { nucleiImage } from '../../samples/synthetic.ts';
import { cli } from '../support/cli.ts';
import { collect } from '../support/memory-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [height, width] = [256, 384];
/** Of the green channel: in the left third, in the rest. */
const [bright, dim] = [5000, 300];

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  for (const [i, name] of ['a.tif', 'b.tif'].entries()) await writeFile(at(name), await twoChannels(i + 1));
});
afterAll(async () => folder[Symbol.asyncDispose]());
const at = (...names: string[]) => join(folder.path, ...names);

/** Nuclei, and a channel that is bright in the left third of the image. */
function twoChannels(seed: number): Promise<Uint8Array> {
  const info: ImageInfo = {
    ...{ height, width, samples: 1, type: 'uint16', positions: 1, times: 1, depths: 1, channels: 2 },
    channelNames: ['DAPI', 'GFP'],
    pixelSize: { x: 0.325, y: 0.325 },
  };
  const plane = (data: Uint16Array): Plane => ({ height, width, samples: 1, type: 'uint16', data });
  const green = Uint16Array.from(
    { length: height * width },
    (_, i) => (i % width < width / 3 ? bright : dim) + (i % 7),
  );
  return collect(writeTiff(info, [plane(nucleiImage({ height, width, nuclei: 30, radius: 12, seed })), plane(green)]));
}

async function table(file: string): Promise<Record<string, string>[]> {
  const { columns, rows } = parseCsv(await readFile(file, 'utf8'));
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
}

it.each(['otsu', 'bg+3', '2000'])(
  'run finds the cells that are positive by %s',
  async (threshold) => {
    const out = at(threshold);
    const args = ['run', at('a.tif'), at('b.tif'), '-o', out, '--ring', '3', '--positive', `gfp=${threshold}`];
    expect(await cli(args)).toMatchObject({ code: 0 });
    const summary = await table(join(out, 'summary.csv'));
    for (const [i, name] of ['a', 'b'].entries()) {
      const cells = await table(join(out, `${name}_measurements.csv`));
      const left = cells.filter(
        ({ bbox_x_px, bbox_width_px }) => Number(bbox_x_px) + Number(bbox_width_px) <= width / 3,
      );
      const right = cells.filter(({ bbox_x_px }) => Number(bbox_x_px) >= width / 3);
      expect(left.length).toBeGreaterThan(2);
      expect(right.length).toBeGreaterThan(4);
      expect(new Set(left.map(({ GFP_positive }) => GFP_positive))).toEqual(new Set(['1']));
      expect(new Set(right.map(({ GFP_positive }) => GFP_positive))).toEqual(new Set(['0']));
      for (const { GFP_ring_median } of [...left, ...right])
        expect(Number(GFP_ring_median)).toBeLessThanOrEqual(bright + 6);
      const positive = cells.filter(({ GFP_positive }) => GFP_positive === '1').length;
      expect(summary[i]).toMatchObject({
        path: `${name}.tif`,
        objects: String(cells.length),
        'gfp+': String(positive),
        'gfp-': String(cells.length - positive),
      });
    }
    // the same command again takes the results that are there, decided or not
    expect((await cli([...args, '--json'])).stdout).toContain('"reused":2');
  },
  180_000,
);

it.each([
  [['--ring', '0']],
  [['--ring', 'wide']],
  [['--positive', 'GFP']],
  [['--positive', 'GFP=high']],
  [['--positive', 'GFP=1', '--positive', 'GFP=2']],
])('run refuses %j', async (args) => {
  const { code, stderr } = await cli(['run', at('a.tif'), '-o', at('refused'), ...args]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(args[0]!)]);
});
