import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import type { ImageInfo } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { nucleiImage } from '../../samples/synthetic.ts';
import { cli } from '../support/cli.ts';
import { writeLabelled } from '../support/labelled-folder.ts';
import { collect } from '../support/memory-source.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const [height, width] = [256, 256];
const info: ImageInfo = {
  ...{ height, width, samples: 1, type: 'uint16', positions: 1, times: 1, depths: 1, channels: 1 },
  channelNames: [undefined],
  pixelSize: { x: 0.325, y: 0.325 },
};

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const bright = nucleiImage({ height, width, nuclei: 25, radius: 10, seed: 3 });
  const highest = bright.reduce((most, value) => Math.max(most, value), 0);
  const lowest = bright.reduce((least, value) => Math.min(least, value), highest);
  const images = { bright, dark: bright.map((value) => lowest + highest - value) };
  for (const [name, data] of Object.entries(images))
    await writeFile(
      at(`${name}.tif`),
      await collect(writeTiff(info, [{ height, width, samples: 1, type: 'uint16', data }])),
    );
});
afterAll(async () => folder[Symbol.asyncDispose]());
const at = (...names: string[]) => join(folder.path, ...names);

/** Areas of the objects that a run finds. */
async function areas(image: string, ...options: string[]): Promise<number[]> {
  const out = at(`${image}${options.join('')}`);
  expect(await cli(['run', at(`${image}.tif`), '-o', out, ...options])).toMatchObject({ code: 0 });
  const { columns, rows } = parseCsv(await readFile(join(out, `${image}_measurements.csv`), 'utf8'));
  return rows.map((row) => Number(row[columns.indexOf('area_px')]));
}

it('run finds objects by the threshold, least size, polarity and scale that are set, and records them', async () => {
  const usual = await areas('bright');
  expect(usual.length).toBeGreaterThan(15);
  const sum = (all: readonly number[]) => all.reduce((total, area) => total + area, 0);
  expect(sum(await areas('bright', '--threshold', '0.9'))).toBeLessThan(sum(usual));

  const median = [...usual].sort((a, b) => a - b)[usual.length >> 1]!;
  expect(await areas('bright', '--min-size', String(median))).toEqual(usual.filter((area) => area >= median));

  // the same image with its brightness turned back: the same pixels for the model
  expect(await areas('dark', '--invert')).toEqual(usual);

  const halved = await areas('bright', '--scale', '2');
  expect(halved).not.toEqual(usual);
  const manifest = JSON.parse(await readFile(at('bright--scale2', 'manifest.json'), 'utf8'));
  expect(manifest.settings).toEqual({ scale: 2, probabilities: false });
  expect(await readFile(at('bright--scale2', 'summary.csv'), 'utf8')).toContain(',2,');
}, 180_000);

it('run says which diameter to try where the one that is given is that of others', async () => {
  await writeLabelled(folder.path, { discs: 25 }); // of 18 px
  const { code, stderr } = await cli(['run', at('images'), '-o', at('discs'), '--diameter', '50']);
  expect(code).toBe(0);
  expect(stderr).toContain(
    'discs.tif: it looks unlike what this model knows at this scale: objects look about 17 px wide, not 50 as given; try --diameter 17\n',
  );
}, 60_000);

it('run refuses a scale beside a diameter, and values that are none', async () => {
  for (const options of [
    ['--scale', '2', '--diameter', '40'],
    ['--scale', '0.5'],
    ['--min-size', '-3'],
    ['--threshold', 'high'],
    ['--threshold', ''],
  ])
    expect([options, (await cli(['run', at('bright.tif'), '-o', at('none'), ...options])).code]).toEqual([options, 2]);
});
