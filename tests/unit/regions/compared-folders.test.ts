import { describe, expect, it } from '@jest/globals';
import { readZipDirectory } from '../../../functions/archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../../../functions/archive/zip-entry.ts';
import type { JobSettings } from '../../../functions/core/job.ts';
import { downloadRef, inputRef, resultRef, tableRef } from '../../../functions/core/object-keys.ts';
import { parseCsv } from '../../../functions/core/parse-csv.ts';
import type { ImageInfo } from '../../../functions/image/image.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { bytesOf } from '../../support/bytes.ts';
import { collect } from '../../support/memory-source.ts';
import { roiFile } from '../../support/roi-file.ts';
import { stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';

/** One row of so many objects of one pixel, and as many more pixels; 0.5 µm a pixel. */
function imageOf(objects: number): Promise<Uint8Array> {
  const data = Uint16Array.from({ length: 20 }, (_, i) => (i % 2 === 0 && i < 2 * objects ? 500 : 0));
  const size = { height: 1, width: 20, samples: 1, type: 'uint16' as const };
  const info: ImageInfo = {
    ...{ ...size, positions: 1, times: 1, depths: 1, channels: 1, channelNames: ['DAPI'] },
    pixelSize: { x: 0.5, y: 0.5 },
  };
  return collect(writeTiff(info, [{ ...size, data }]));
}

async function finished(images: Record<string, number>, settings: Partial<JobSettings> = {}, rois: string[] = []) {
  const world = await stageWorld(settings);
  const paths = Object.keys(images);
  await world.jobs.expect(world.job, [
    ...paths.map((path) => ({ path, bytes: 100 })),
    ...rois.map((path) => ({ path, bytes: 100, leftOut: { code: 'imageLeftOut', message: 'left out' } })),
  ]);
  for (const path of paths) await world.objects.put(inputRef(world.job, path), await imageOf(images[path]!));
  for (const path of rois)
    await world.objects.put(inputRef(world.job, path), roiFile({ type: 1, box: [0, 0, 4, 1], name: 'CA1' }));
  await sealAndAdvance(world.job, world);
  const services = { ...world, planesAhead: 1, admit: async () => () => {} };
  const model = async () => ({ engine: thresholdEngine(), input: { channelCount: 1 } });
  for (const path of paths) await predictFile({ ...world.job, path }, { ...services, model });
  return { ...world, packaged: () => packageResults({ ...world.job, generation: 1 }, { ...world, version: '0' }) };
}

async function zipOf(world: Awaited<ReturnType<typeof finished>>): Promise<Record<string, string>> {
  const zip = await bytesOf(await world.objects.get(downloadRef({ ...world.job, generation: 1 })));
  const read = async (offset: number, length: number) => zip.subarray(offset, offset + length);
  const files: Record<string, string> = {};
  for (const entry of await readZipDirectory({ size: zip.length, read })) {
    const { start, end } = entrySpan(entry);
    const span = async function* () {
      yield zip.subarray(start, end);
    };
    files[entry.name!] = (await bytesOf(entryChunks(entry, span()))).toString();
  }
  return files;
}

const rowsOf = (csv: string): Record<string, string>[] => {
  const { columns, rows } = parseCsv(csv);
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
};

const folders = { 'ctrl/a.tif': 2, 'ctrl/b.tif': 4, 'treated/a.tif': 6, 'loose.tif': 1 };

describe('a job of several folders', () => {
  it('has all objects in one table, the folders compared, and plots in its zip', async () => {
    const world = await finished(folders, {}, ['ctrl/a.roi']);
    expect(await world.packaged()).toMatchObject({ job: { state: 'completed' } });
    const files = await zipOf(world);
    const tables = Object.keys(files).filter((name) => !/_(labels|preview|measurements)\./.test(name));
    expect(tables).toEqual([
      ...['errors.csv', 'group-summary.csv', 'manifest.json', 'objects.csv'],
      ...[
        '01-objects',
        '02-density_per_mm2',
        '03-area_um2',
        '04-intensity_mean',
        '05-objects-CA1',
        '06-density_per_mm2-CA1',
      ].flatMap((name) => [`plots/plot-${name}.png`, `plots/plot-${name}.svg`]),
      ...['regions.csv', 'summary.csv'],
    ]);
    const summary = rowsOf(files['group-summary.csv']!).map((row) => [
      ...[row.condition, row.measure, row.region, row.n, row.mean],
    ]);
    expect(summary.filter(([, measure]) => measure === 'objects')).toEqual([
      ['ctrl', 'objects', '', '2', '3'],
      ['ctrl', 'objects', 'CA1', '1', '2'],
      ['treated', 'objects', '', '1', '6'],
      ['treated', 'objects', 'CA1', '0', ''],
    ]);
    const objects = rowsOf(files['objects.csv']!);
    expect(objects.map(({ image, condition }) => `${image} ${condition}`)).toEqual([
      ...Array<string>(2).fill('ctrl/a.tif ctrl'),
      ...Array<string>(4).fill('ctrl/b.tif ctrl'),
      'loose.tif ',
      ...Array<string>(6).fill('treated/a.tif treated'),
    ]);
    expect(files['plots/plot-01-objects.svg']).toContain('ctrl: median 3, mean 3');
    const stored = await bytesOf(await world.objects.get(tableRef({ ...world.job, generation: 1 }, 'objects.csv')));
    expect(stored.toString()).toBe(files['objects.csv']);
  });

  it.each([
    ['one folder', { 'ctrl/a.tif': 2, 'ctrl/b.tif': 4, 'loose.tif': 1 }, {}],
    ['no zip', folders, { archive: false }],
  ])('compares nothing where there is %s', async (_, images, settings) => {
    const world = await finished(images, settings);
    await world.packaged();
    const tables = Object.keys(await world.objectsIn('results')).filter((key) => key.startsWith('.tables/'));
    expect(tables.sort()).toEqual(['errors.csv', 'manifest.json', 'summary.csv'].map((name) => `.tables/1/${name}`));
  });

  it('fails where the measurements of an image are damaged', async () => {
    const world = await finished(folders);
    const ref = resultRef(world.job, 'ctrl/a.tif', 'measurements.csv');
    const { length } = await bytesOf(await world.objects.get(ref));
    await world.objects.put(ref, Buffer.from('label,area_px\r\n1\r\n'.padEnd(length, 'x')));
    expect(await world.packaged()).toMatchObject({
      failed: { code: 'objectCorrupt', message: expect.stringContaining('a row has 1 cells, the header 2') },
    });
  });
});
