import { describe, expect, it } from '@jest/globals';
import type { JobSettings } from '../../../functions/core/job.ts';
import { inputRef, resultRef, tableRef } from '../../../functions/core/object-keys.ts';
import { parseCsv } from '../../../functions/core/parse-csv.ts';
import type { FileSummary } from '../../../functions/core/summary.ts';
import type { ImageInfo, SampleType } from '../../../functions/image/image.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { bytesOf } from '../../support/bytes.ts';
import { collect } from '../../support/memory-source.ts';
import { roiFile } from '../../support/roi-file.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';
import { buildZip } from '../../support/zip-builder.ts';

/** Rows of digits, each 100 times the sample; planes in the order of times, depths, channels. */
function tiffOf(
  planes: readonly string[][],
  axes: Partial<ImageInfo> = {},
  { type = 'uint16', factor = 100 }: { type?: SampleType; factor?: number } = {},
): Promise<Uint8Array> {
  const size = { height: planes[0]!.length, width: planes[0]![0]!.length, samples: 1, type };
  const info = { ...size, positions: 1, times: 1, depths: 1, channels: 1, channelNames: [undefined], ...axes };
  const Samples = type === 'uint8' ? Uint8Array : type === 'float32' ? Float32Array : Uint16Array;
  const data = planes.map((rows) => Samples.from([...rows.join('')].map((digit) => factor * Number(digit))));
  return collect(
    writeTiff(
      info,
      data.map((samples) => ({ ...size, data: samples })),
    ),
  );
}

/** Five objects of one pixel or two. */
const cells = ['1000020', '0000000', '0110000', '0000000', '1000001'];
const pixelSize = { x: 0.5, y: 0.5 };
const upper = roiFile({ type: 1, box: [0, 0, 4, 3], name: 'CA1' });
const right = roiFile({ type: 1, box: [3, 0, 7, 5], name: 'CA3' });
const setOf = (rois: Record<string, Buffer>): Buffer =>
  buildZip({ entries: Object.entries(rois).map(([name, data]) => ({ name: `${name}.roi`, data })) });

interface Outcome {
  outcomes: string[];
  summary(path?: string): Promise<FileSummary>;
  /** Column `region` of an image's measurements. */
  regions(path?: string): Promise<string[]>;
  /** Rows of regions.csv by column. */
  table(): Promise<Record<string, string>[]>;
  world: StageWorld;
}

const predict = (world: StageWorld, path: string) =>
  predictFile(
    { ...world.job, path },
    {
      ...world,
      model: async () => ({ engine: thresholdEngine(), input: { channelCount: 1 } }),
      planesAhead: 2,
      admit: async () => () => {},
    },
  );

const leftOut = { code: 'imageLeftOut', message: 'left out' };

/** Runs a job of such files; what is no image lies among its inputs. */
async function counted(files: Record<string, Uint8Array>, settings: Partial<JobSettings> = {}): Promise<Outcome> {
  const world = await stageWorld({ archive: false, ...settings });
  const isImage = (path: string) => path.endsWith('.tif') && !path.endsWith('_regions.tif');
  const images = Object.keys(files).filter(isImage);
  await world.jobs.expect(
    world.job,
    Object.entries(files).map(([path, { length: bytes }]) => ({ path, bytes, ...(!isImage(path) && { leftOut }) })),
  );
  for (const [path, bytes] of Object.entries(files)) await world.objects.put(inputRef(world.job, path), bytes);
  await sealAndAdvance(world.job, world);
  for (const path of images) await predict(world, path);
  await packageResults({ ...world.job, generation: 1 }, { ...world, version: '0' });
  const textOf = async (ref: Parameters<typeof world.objects.get>[0]) =>
    (await bytesOf(await world.objects.get(ref))).toString();
  return {
    world,
    outcomes: (await world.outcomes()).filter((each) => !each.includes(': imageLeftOut')),
    summary: async (path = 'a.tif') => JSON.parse(await textOf(resultRef(world.job, path, 'summary.json'))),
    async regions(path = 'a.tif') {
      const { columns, rows } = parseCsv(await textOf(resultRef(world.job, path, 'measurements.csv')));
      return rows.map((row) => row[columns.indexOf('region')]!);
    },
    async table() {
      const { columns, rows } = parseCsv(await textOf(tableRef({ ...world.job, generation: 1 }, 'regions.csv')));
      return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]!])));
    },
  };
}

describe('the regions of an image', () => {
  it('hold the objects whose centroid is in them, and split its counts', async () => {
    const image = await tiffOf([cells], { pixelSize });
    const job = await counted({ 'a.tif': image, 'a_RoiSet.zip': setOf({ CA1: upper, CA3: right }) });
    expect(job.outcomes).toEqual(['a.tif: done']);
    expect(await job.regions()).toEqual(['CA1', 'CA3', 'CA1', '', 'CA3']);
    expect(await job.summary()).toMatchObject({
      objects: 5,
      regions: {
        file: 'a_RoiSet.zip',
        list: [
          { name: 'CA1', areaPx: 12 },
          { name: 'CA3', areaPx: 20 },
        ],
      },
    });
    expect(await job.table()).toEqual([
      {
        ...{ path: 'a.tif', region: 'CA1', regions_file: 'a_RoiSet.zip', objects: '2', objects_per_plane: '2' },
        ...{ area_px: '12', area_um2: '3', density_per_mm2: String((2 / 3) * 1e6) },
      },
      {
        ...{ path: 'a.tif', region: 'CA3', regions_file: 'a_RoiSet.zip', objects: '2', objects_per_plane: '2' },
        ...{ area_px: '20', area_um2: '5', density_per_mm2: '400000' },
      },
    ]);
  });

  it('that overlap both count an object that is in both', async () => {
    const all = roiFile({ type: 1, box: [0, 0, 7, 5] });
    const job = await counted({ 'a.tif': await tiffOf([cells]), 'a_RoiSet.zip': setOf({ all, CA3: right }) });
    expect(await job.regions()).toEqual(['all', 'all|CA3', 'all', 'all', 'all|CA3']);
    expect((await job.table()).map(({ region, objects }) => `${region} ${objects}`)).toEqual(['all 5', 'CA3 2']);
  });

  it('that hold no object have a row with 0', async () => {
    const job = await counted({
      'a.tif': await tiffOf([['000', '000']]),
      'a.roi': roiFile({ type: 1, box: [0, 0, 1, 1], name: 'DG' }),
    });
    expect(await job.table()).toMatchObject([{ region: 'DG', objects: '0', area_px: '1', density_per_mm2: '' }]);
  });

  it('are counted for each combination of positive channels, also where the job decides the threshold', async () => {
    const gfp = ['9000010', '0000000', '0110000', '0000000', '9000009'];
    const image = await tiffOf([cells, gfp], { channels: 2, channelNames: ['DAPI', 'GFP'] });
    const positive = [{ channel: 'GFP', threshold: 'otsu' as const }];
    const job = await counted({ 'a.tif': image, 'a_RoiSet.zip': setOf({ CA1: upper, CA3: right }) }, { positive });
    expect((await job.table()).map((row) => [row.region, row['GFP+'], row['GFP-']])).toEqual([
      ['CA1', '1', '1'],
      ['CA3', '1', '1'],
    ]);
  });

  it('may be the labels of an image beside it', async () => {
    const labels = await tiffOf(
      [['2222000', '2222000', '2222000', '0000777', '0000777']],
      {},
      { type: 'uint8', factor: 1 },
    );
    const job = await counted({ 'a.tif': await tiffOf([cells]), 'a_regions.tif': labels });
    expect(await job.regions()).toEqual(['2', '', '2', '', '7']);
  });

  it('of the folder are those of every image that has none of its own', async () => {
    const image = await tiffOf([cells]);
    const job = await counted({
      ...{ 'd/a.tif': image, 'd/b.tif': image, 'c.tif': image },
      ...{ 'd/RoiSet.zip': setOf({ CA1: upper }), 'd/b.roi': right },
    });
    expect(await job.regions('d/a.tif')).toEqual(['CA1', '', 'CA1', '', '']);
    expect(await job.regions('d/b.tif')).toEqual(['', 'CA3', '', '', 'CA3']);
    expect(await job.summary('c.tif')).not.toHaveProperty('regions');
  });

  it('have names that no table takes for something else', async () => {
    const rois = { '=CA1, "left"': upper, 'CA1|x': right, CA1_x: right };
    const job = await counted({ 'a.tif': await tiffOf([cells]), 'a_RoiSet.zip': setOf(rois) });
    expect((await job.table()).map(({ region }) => region)).toEqual(['CA1_ _left_', 'CA1_x', 'CA1_x_2']);
  });
});

describe('the regions of a stack', () => {
  const stack = () => tiffOf([cells, cells, cells], { depths: 3 });
  const onSecond = roiFile({ type: 1, box: [0, 0, 4, 3], name: 'CA1', depth: 2 });

  it('hold its objects through all planes where these are linked', async () => {
    const job = await counted({ 'a.tif': await stack(), 'a.roi': onSecond });
    expect(await job.regions()).toEqual(['CA1', '', 'CA1', '', '']);
    expect(await job.table()).toMatchObject([{ objects: '2', objects_per_plane: '', area_px: '12' }]);
  });

  it('are of their own plane where each is counted by itself', async () => {
    const job = await counted({ 'a.tif': await stack(), 'a.roi': onSecond }, { planes: 'each' });
    const none = ['', '', '', '', ''];
    expect(await job.regions()).toEqual([...none, 'CA1', '', 'CA1', '', '', ...none]);
    expect(await job.table()).toMatchObject([{ objects: '', objects_per_plane: '2' }]);
  });

  it('count what moves through them once', async () => {
    const times = [
      ['10000', '00000'],
      ['01000', '00000'],
      ['00100', '00000'],
    ];
    const job = await counted({
      'a.tif': await tiffOf(times, { times: 3 }),
      'a.roi': roiFile({ type: 1, box: [1, 0, 3, 2], name: 'field' }),
    });
    expect(await job.regions()).toEqual(['', 'field', 'field']);
    expect(await job.table()).toMatchObject([{ objects: '1' }]);
  });
});

describe('a file of regions', () => {
  const image = () => tiffOf([cells]);
  const zip = setOf({ CA1: upper });

  it.each([
    [
      'a damaged ROI',
      'a.roi',
      upper.subarray(0, 30),
      'regionsUnreadable: the regions in a.roi cannot be read: it does not start as a ROI of Fiji',
    ],
    [
      'a damaged zip',
      'a_RoiSet.zip',
      zip.subarray(0, 100),
      'regionsUnreadable: the regions in a_RoiSet.zip cannot be read: the zip is damaged or not a zip: ',
    ],
    [
      'a ROI outside',
      'a.roi',
      roiFile({ type: 1, box: [50, 50, 60, 60], name: 'far' }),
      'regionsMisfit: the regions in a.roi do not fit the image: far holds no pixel of the image, which has 7 x 5',
    ],
    [
      'a ROI of a plane that is not there',
      'a.roi',
      roiFile({ type: 1, box: [0, 0, 2, 2], name: 'deep', depth: 4 }),
      'regionsMisfit: the regions in deep of a.roi do not fit the image: it is of depth 4 and time 1, the image has 1 and 1',
    ],
    [
      'no image',
      'a_regions.tif',
      Buffer.from('no tiff'),
      'regionsUnreadable: the regions in a_regions.tif cannot be read: ',
    ],
  ])('with %s fails its image by name', async (_, name, bytes, message) => {
    const { outcomes } = await counted({ 'a.tif': await image(), 'b.tif': await image(), [name]: bytes });
    expect(outcomes[0]!.slice(0, 7 + message.length)).toBe(`a.tif: ${message}`);
    expect(outcomes[1]).toBe('b.tif: done');
  });

  it.each([
    [
      'another size',
      [['01', '10']],
      {},
      'regionsMisfit: the regions in a_regions.tif do not fit the image: it has 2 x 2 px, the image 7 x 5',
    ],
    [
      'several planes',
      [cells, cells],
      { depths: 2 },
      'regionsUnreadable: the regions in a_regions.tif cannot be read: a label image of regions has one plane and one sample a pixel',
    ],
  ])('with labels of %s fails its image by name', async (_, planes, axes, message) => {
    const { outcomes } = await counted({ 'a.tif': await image(), 'a_regions.tif': await tiffOf(planes, axes) });
    expect(outcomes).toEqual([`a.tif: ${message}`]);
  });

  it('with labels that are fractions fails its image by name', async () => {
    const labels = await tiffOf([cells], {}, { type: 'float32' });
    const { outcomes } = await counted({ 'a.tif': await image(), 'a_regions.tif': labels });
    expect(outcomes[0]).toContain('its samples are float32, and whole numbers of 8, 16 or 32 bits are read');
  });

  it('says what in it is no region', async () => {
    const point = roiFile({ type: 10, box: [0, 0, 2, 2], corners: [[1, 1]] });
    const job = await counted({ 'a.tif': await image(), 'a_RoiSet.zip': setOf({ cell: point, CA1: upper }) });
    expect((await job.summary()).notes).toEqual(['of a_RoiSet.zip what has no area is left out: cell (point)']);
    expect(await job.regions()).toEqual(['CA1', '', 'CA1', '', '']);
  });

  it('that is changed, or is gone, has its image counted again', async () => {
    const { world } = await counted({ 'a.tif': await image(), 'a.roi': upper });
    const again = async (): Promise<boolean> => {
      const next = { ...world.job, id: 'job-1' };
      const jobs = await stageWorld({ archive: false });
      await jobs.jobs.expect(next, [
        { path: 'a.tif', bytes: (await image()).length },
        { path: 'a.roi', bytes: upper.length, leftOut },
      ]);
      await jobs.jobs.seal(next); // what is not there by now is not waited for
      const result = await predict({ ...jobs, objects: world.objects }, 'a.tif');
      return typeof result === 'object' && 'reused' in result && result.reused;
    };
    expect(await again()).toBe(true);
    await world.objects.put(inputRef(world.job, 'a.roi'), right);
    expect([await again(), await again()]).toEqual([false, true]);
    await world.objects.remove(inputRef(world.job, 'a.roi'));
    expect([await again(), await again()]).toEqual([false, true]);
  });
});
