import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { cli, jsonLines } from '../support/cli.ts';
import { makeResults, objectsOf } from '../support/made-results.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

let folder: TemporaryFolder;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeResults(at('results'), [
    { path: 'ctrl/m1_a.tif', objects: objectsOf(10) },
    { path: 'ctrl/m1_b.tif', objects: objectsOf(20) },
    { path: 'ctrl/m2_a.tif', objects: objectsOf(30, 80) },
    { path: 'treated/m3_a.tif', objects: objectsOf(60) },
    { path: 'treated/m4_<i>.tif', objects: [] },
    { path: '=outside.tif', objects: objectsOf(5) },
  ]);
});
afterAll(async () => folder[Symbol.asyncDispose]());

async function rows(file: string): Promise<Record<string, string>[]> {
  const { columns, rows } = parseCsv(await readFile(file, 'utf8'));
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
}

describe('labdeploy report', () => {
  it('compares animals of conditions by a pattern, and writes tables, plots and a page', async () => {
    const out = at('by-pattern', 'report.html');
    const pattern = '^(?<condition>ctrl|treated)/(?<animal>m\\d)';
    const { code, stdout, stderr } = await cli(['report', at('results'), '--groups', pattern, '-o', out]);
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 image in no condition')]);
    expect(stderr).toContain('\n  =outside.tif\n');
    expect(stdout).toContain('1 file failed, 1 file left out: each is named in the report');

    const summary = await rows(at('by-pattern', 'group-summary.csv'));
    const row = (condition: string, measure: string, animal = '') =>
      summary.find((each) => each.condition === condition && each.measure === measure && each.animal === animal);
    // m1 has 10 and 20 objects, m2 30: animals 15 and 30
    expect(row('ctrl', 'objects')).toMatchObject({
      per: 'animal',
      images: '3',
      animals: '2',
      n: '2',
      mean: '22.5',
      median: '22.5',
    });
    expect(row('ctrl', 'objects', 'm1')).toMatchObject({
      per: 'image',
      images: '2',
      n: '2',
      mean: '15',
      min: '10',
      max: '20',
    });
    expect(row('ctrl', 'density_per_mm2')).toMatchObject({ measure_unit: 'objects/mm²', mean: '22.5' });
    expect(row('ctrl', 'area_um2')).toMatchObject({ measure_unit: 'µm²', mean: '15', n: '2' });
    expect(row('ctrl', 'GFP_mean')).toMatchObject({ mean: '500' });
    expect(row('treated', 'objects')).toMatchObject({ n: '2', mean: '30' });
    expect(row('treated', 'positive: GFP+')).toMatchObject({ n: '1', mean: '0.5', sd: '' });
    expect(row('', 'objects')).toBeUndefined();

    const objects = await readFile(at('by-pattern', 'objects.csv'), 'utf8');
    const lines = objects.split('\r\n');
    expect(lines[0]).toBe('image,condition,animal,label,area_px,area_um2,GFP_mean,GFP_positive');
    expect(lines[1]).toBe('ctrl/m1_a.tif,ctrl,m1,1,40,10,900,1');
    expect(lines.length).toBe(1 + 125 + 1);
    expect(lines.at(-2)).toBe("'=outside.tif,,,5,40,10,900,1");

    const plots = await readdir(at('by-pattern', 'plots'));
    expect(plots.sort()).toEqual([
      ...['plot-01-objects.png', 'plot-01-objects.svg', 'plot-02-density_per_mm2.png', 'plot-02-density_per_mm2.svg'],
      ...['plot-03-positive-GFP+.png', 'plot-03-positive-GFP+.svg', 'plot-04-area_um2.png', 'plot-04-area_um2.svg'],
      ...['plot-05-GFP_mean.png', 'plot-05-GFP_mean.svg'],
    ]);
    const page = await readFile(out, 'utf8');
    expect(page).not.toMatch(/<script|<i>|<b>|src=|href="(?!#)|@import|url\(/);
    expect(page).toContain('ctrl/&lt;b&gt;broken.tif');
    expect(page).toContain('Nuclei 9 (sha256 of its weights bbbb');
    expect(page).toContain('https://doi.org/10.1038/s41592-019-0612-7');
    expect(page).toContain('There are no p-values');
  });

  it('takes folders by itself, writes into the results, and the same again', async () => {
    const { code, stdout } = await cli(['report', at('results'), '--json']);
    expect(code).toBe(0);
    expect(jsonLines(stdout).at(-1)).toMatchObject({
      ...{ unit: 'image', objects: 125, failed: 1, leftOut: 1 },
      groups: [
        { condition: 'ctrl', images: 3, medianObjects: 20 },
        { condition: 'treated', images: 2, medianObjects: 30 },
      ],
    });
    const page = await readFile(at('results', 'report', 'report.html'));
    expect((await cli(['report', at('results')])).code).toBe(0);
    expect(await readFile(at('results', 'report', 'report.html'))).toEqual(page);
  });

  it('takes a table, and names its rows that are of no image', async () => {
    await writeFile(at('groups.csv'), 'image;condition\nctrl/*;A\ntreated/*;B\n=outside;C\nlost.tif;A\n');
    const args = ['report', at('results'), '--groups', 'groups.csv', '-o', 'table/report.html'];
    const { code, stderr } = await cli(args, { cwd: folder.path });
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('1 row of the table of groups that is of no image:\n  lost.tif'),
    ]);
    const names = (await rows(at('table', 'group-summary.csv'))).map(({ condition }) => condition);
    expect([...new Set(names)]).toEqual(['A', 'B', 'C']);
  });

  it.each([
    ['no folder of this name', ['nosuch'], 2, 'inputMissing', 'nosuch'],
    ['no folder of results', ['.'], 3, 'resultsMissing', 'manifest.json: ENOENT'],
    ['a table that is not there', ['results', '-g', 'none.csv'], 2, 'inputMissing', 'none.csv'],
    ['a table without conditions', ['results', '-g', 'bad.csv'], 2, 'groupsInvalid', 'it has no column condition'],
    ['a pattern without conditions', ['results', '-g', 'ctrl'], 2, 'groupsInvalid', 'no group named condition'],
    ['a pattern that fits nothing', ['results', '-g', '(?<condition>zebra)'], 3, 'groupsMatchNothing', 'ctrl/m1_a.tif'],
    ['a table of the user in its way', ['results', '-o', 'own/r.html'], 3, 'reportTaken', 'objects.csv'],
    ['a model of other results', ['other', '-m', 'nuclei'], 2, 'modelOfOthers', 'they are of Nuclei 9'],
    ['a damaged table', ['damaged'], 3, 'resultsMissing', 'it ends within a row'],
  ])('refuses %s', async (...[, args, exit, error, why]) => {
    await writeFile(at('bad.csv'), 'image,group\na,b\n');
    await makeResults(at('own'), []);
    await writeFile(at('own', 'objects.csv'), 'mine');
    await makeResults(at('other'), [{ path: 'a.tif', objects: objectsOf(2) }]);
    const manifest = await readFile(at('other', 'manifest.json'), 'utf8');
    await writeFile(
      at('other', 'manifest.json'),
      manifest.replace(/"definition":"\w+"/, `"definition":"${'0'.repeat(64)}"`),
    );
    await makeResults(at('damaged'), [{ path: 'a.tif', objects: objectsOf(2) }]);
    await writeFile(at('damaged', 'a_measurements.csv'), 'label,area_px\r\n1,2\r\n2,');
    const { code, stdout, stderr } = await cli(['report', ...args], { cwd: folder.path });
    expect([code, stdout, stderr]).toEqual([exit, '', expect.stringContaining(`[${error}]`)]);
    expect(stderr).toContain(why);
    expect(await readFile(at('own', 'objects.csv'), 'utf8')).toBe('mine');
  });
});
