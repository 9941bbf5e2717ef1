import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { cli } from '../support/cli.ts';
import {
  channelNames,
  expectedOf,
  experimentFiles,
  imageArea,
  inRegion,
  type Section,
  sections,
} from '../support/made-experiment.ts';
import { axeFindings, excessWidth, hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const groups = '(?<condition>\\w+)/(?<animal>m\\d)_';
const total = sections.reduce((sum, { nuclei }) => sum + nuclei, 0);

async function rowsOf(file: string): Promise<Record<string, string>[]> {
  const { columns, rows } = parseCsv(await readFile(file, 'utf8'));
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
}

/** Measures whose truth is known, of whole images and of a region. */
const truths: [measure: string, region: string, value: (section: Section) => number][] = [
  ['objects', '', ({ nuclei }) => nuclei],
  ['density_per_mm2', '', ({ nuclei }) => nuclei / imageArea],
  ['positive: c_Fos+', '', ({ fos, nuclei }) => fos / nuclei],
  ['positive: GFP+', '', ({ gfp, nuclei }) => gfp / nuclei],
  ['positive: c_Fos+ GFP+', '', ({ fos, gfp, nuclei }) => Math.max(0, fos + gfp - nuclei) / nuclei],
  ['objects', 'left', ({ nuclei }) => inRegion(nuclei, 'left')],
  ['objects', 'right', ({ nuclei }) => inRegion(nuclei, 'right')],
  ['density_per_mm2', 'right', ({ nuclei }) => inRegion(nuclei, 'right') / (imageArea / 3)],
  ['positive: c_Fos+', 'left', ({ fos, nuclei }) => inRegion(fos, 'left') / inRegion(nuclei, 'left')],
];

describe('an experiment of 2 conditions x 4 animals x 3 sections, stacks of 4 channels', () => {
  let folder: TemporaryFolder;
  beforeAll(async () => {
    folder = await temporaryFolder();
    const files = await experimentFiles();
    for (const [path, bytes] of Object.entries(files)) {
      await mkdir(dirname(join(folder.path, 'sections', path)), { recursive: true });
      await writeFile(join(folder.path, 'sections', path), bytes);
    }
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  it('is answered by run and report: each animal, each region, every number that is known', async () => {
    const options = { cwd: folder.path };
    const positive = ['--positive', 'c-Fos=bg+5', '--positive', 'GFP=bg+5'];
    const run = ['run', 'sections', '--channel', 'DAPI', ...positive, '-o', 'results'];
    expect(await cli(run, options)).toMatchObject({ code: 0 });
    expect(await cli(['report', 'results', '--groups', groups], options)).toMatchObject({ code: 0, stderr: '' });
    const table = await rowsOf(join(folder.path, 'results/report/group-summary.csv'));
    for (const condition of ['ctrl', 'treated'])
      for (const [measure, region, value] of truths) {
        const row = table.find(
          (each) =>
            each.condition === condition && each.per === 'animal' && each.measure === measure && each.region === region,
        )!;
        const { n, mean, sd } = expectedOf(condition, value);
        const found = { condition, measure, region, n: Number(row.n), mean: Number(row.mean), sd: Number(row.sd) };
        expect(found).toEqual({
          condition,
          measure,
          region,
          n,
          mean: expect.closeTo(mean, 9),
          sd: expect.closeTo(sd, 9),
        });
      }
    expect(await rowsOf(join(folder.path, 'results/report/objects.csv'))).toHaveLength(total);
    const drawn = await readFile(join(folder.path, 'results/report/plots/plot-01-objects.svg'), 'utf8');
    expect(drawn.match(/class="unit"/g)).toHaveLength(8);
    expect(drawn.match(/class="image"/g)).toHaveLength(24);
  }, 180_000);

  const inBrowser = hasChromium ? it : it.skip;
  inBrowser(
    `is answered by one visit of the page ${hasChromium ? '' : withoutChromium}`,
    async () => {
      await using world: PageWorld = await openPageWorld();
      const { page } = world;
      await choose(join(folder.path, 'sections'), page);
      await page.getByText('Measure', { exact: true }).click();
      for (const channel of ['c-Fos', 'GFP']) {
        await page
          .getByLabel(`Positive in Channel ${channelNames.indexOf(channel)}: ${channel}`)
          .selectOption('background');
        await page.getByLabel('Standard deviations above it').last().fill('5');
      }
      await page.getByRole('button', { name: /^Start with/ }).click();
      await world.ended('completed');

      const plot = page.getByRole('img', { name: 'Objects per image.' });
      await plot.waitFor();
      expect(await plot.getAttribute('alt')).toMatch(
        / ctrl: median [^;]+ 12 images; treated: median [^;]+ 12 images\.$/,
      );
      await page.getByLabel('The condition of an image is').selectOption('pattern');
      await page.getByLabel('Regular expression with named groups').fill(groups);
      const cells = async () => {
        const rows = await page.getByRole('table', { name: /./ }).filter({ hasText: 'SD' }).getByRole('row').all();
        return Promise.all(rows.slice(1).map((row) => row.getByRole('cell').allTextContents()));
      };
      for (const [label, value] of [
        ['Objects per image', ({ nuclei }: Section) => nuclei],
        ['Fraction c_Fos+', ({ fos, nuclei }: Section) => fos / nuclei],
        ['Objects in left', ({ nuclei }: Section) => inRegion(nuclei, 'left')],
      ] as const) {
        await page.getByLabel('Compare').selectOption({ label });
        await page.getByRole('img', { name: new RegExp(`^${label.replace('+', '\\+')}.*4 animals`) }).waitFor();
        const shown = (await cells()).map(([n, mean]) => [Number(n), Number(mean)]);
        const expected = ['ctrl', 'treated'].map((condition) => expectedOf(condition, value));
        expect({ label, shown }).toEqual({
          label,
          shown: expected.map(({ n, mean }) => [n, expect.closeTo(mean, 3)]),
        });
      }
      expect(await axeFindings(page)).toEqual([]);
      if (process.env.SCREENSHOTS !== undefined)
        await page.screenshot({ path: process.env.SCREENSHOTS, fullPage: true });
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await excessWidth(page)).toBe(0);
      expect(world.faults).toEqual([]);
    },
    300_000,
  );
});
