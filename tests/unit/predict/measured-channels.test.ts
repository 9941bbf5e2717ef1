import { describe, expect, it } from '@jest/globals';
import type { JobSettings } from '../../../functions/core/job.ts';
import { inputRef, resultRef, tableRef } from '../../../functions/core/object-keys.ts';
import { parseCsv } from '../../../functions/core/parse-csv.ts';
import type { ImageInfo, Plane } from '../../../functions/image/image.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { bytesOf } from '../../support/bytes.ts';
import { collect } from '../../support/memory-source.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';

const [height, width] = [5, 8];
/** Three objects; the first two keep one column apart. */
const objects = [
  [1, 1, 0, 1, 1, 0, 0, 0],
  [1, 1, 0, 1, 1, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 1, 0],
  [0, 0, 0, 0, 0, 0, 0, 0],
].flat();
const first = [0, 1, 8, 9];
const second = [3, 4, 11, 12];
const third = [30];

type Channel = (pixel: number) => number;
const nuclei: Channel = (pixel) => objects[pixel]! * 100;

function planeOf(channel: Channel, type: 'uint8' | 'uint16' | 'float32' = 'uint16'): Plane {
  const values = objects.map((_, pixel) => channel(pixel));
  const data =
    type === 'uint16'
      ? Uint16Array.from(values)
      : type === 'uint8'
        ? Uint8Array.from(values)
        : Float32Array.from(values);
  return { height, width, samples: 1, type, data };
}

interface Made {
  names?: (string | undefined)[];
  type?: 'uint8' | 'uint16' | 'float32';
  depths?: number;
}

/** A TIFF of some channels; the same in each depth. */
function imageOf(channels: readonly Channel[], { names, type = 'uint16', depths = 1 }: Made = {}): Promise<Uint8Array> {
  const info: ImageInfo = {
    ...{ height, width, samples: 1, type, positions: 1, times: 1, depths },
    channels: channels.length,
    channelNames: names ?? channels.map(() => undefined),
  };
  const planes = Array.from({ length: depths }, () => channels.map((channel) => planeOf(channel, type))).flat();
  return collect(writeTiff(info, planes));
}

async function worldOf(images: Record<string, Uint8Array>, settings: Partial<JobSettings> = {}): Promise<StageWorld> {
  const world = await stageWorld({ archive: false, ...settings });
  const paths = Object.entries(images);
  await world.jobs.expect(
    world.job,
    paths.map(([path, bytes]) => ({ path, bytes: bytes.length })),
  );
  for (const [path, bytes] of paths) await world.objects.put(inputRef(world.job, path), bytes);
  await sealAndAdvance(world.job, world);
  return world;
}

const predict = (world: StageWorld, path: string, engine = thresholdEngine()) =>
  predictFile(
    { ...world.job, path },
    {
      ...world,
      model: async () => ({ engine, input: { channelCount: 1 } }),
      planesAhead: 2,
      admit: async () => () => {},
    },
  );

/** Predicts and packages every image. */
async function finished(images: Record<string, Uint8Array>, settings: Partial<JobSettings> = {}): Promise<StageWorld> {
  const world = await worldOf(images, settings);
  for (const path of Object.keys(images)) expect(await predict(world, path)).toHaveProperty('summary');
  expect(await packageResults({ ...world.job, generation: 1 }, { ...world, version: '0' })).toMatchObject({
    job: { state: 'completed' },
  });
  return world;
}

const textOf = async (world: StageWorld, path: string): Promise<string> =>
  (await bytesOf(await world.objects.get(resultRef(world.job, path, 'measurements.csv')))).toString();

/** Columns of an image's measurements, by name. */
const measured = async (world: StageWorld, path = 'a.tif') => columnsOf(await textOf(world, path));
const summarised = async (world: StageWorld, generation = 1) =>
  columnsOf((await bytesOf(await world.objects.get(tableRef({ ...world.job, generation }, 'summary.csv')))).toString());

function columnsOf(csv: string): Record<string, string[]> {
  const { columns, rows } = parseCsv(csv);
  return Object.fromEntries(columns.map((name, i) => [name, rows.map((row) => row[i]!)]));
}

/** Columns of before channels were measured, and the median. */
const usual = [
  ...['position', 'time', 'depth', 'label', 'area_px', 'centroid_x_px', 'centroid_y_px', 'bbox_x_px', 'bbox_y_px'],
  ...['bbox_width_px', 'bbox_height_px', 'equivalent_diameter_px', 'major_axis_px', 'minor_axis_px', 'eccentricity'],
  ...['orientation_rad', 'perimeter_px', 'intensity_mean', 'intensity_min', 'intensity_max', 'intensity_std'],
  ...['intensity_sum', 'intensity_median'],
];
const six = (prefix: string) => ['mean', 'min', 'max', 'std', 'sum', 'median'].map((name) => `${prefix}_${name}`);

describe('the measurements of an image', () => {
  it('of one channel are those of its plane', async () => {
    const world = await finished({ 'a.tif': await imageOf([nuclei]) });
    expect(Object.keys(await measured(world))).toEqual(usual);
    expect((await measured(world)).intensity_median).toEqual(['100', '100', '100']);
  });

  it('have every channel in every object, by its name', async () => {
    const gfp: Channel = (pixel) => [9, 1, 2, 6][first.indexOf(pixel)] ?? [4, 4, 4, 8][second.indexOf(pixel)] ?? pixel;
    const image = await imageOf([nuclei, gfp, () => 65_535], { names: ['DAPI', 'GFP (488 nm)', undefined] });
    const table = await measured(await finished({ 'a.tif': image }));
    expect(Object.keys(table)).toEqual([...usual, ...six('DAPI'), ...six('GFP_488_nm'), ...six('channel_2')]);
    expect(table).toMatchObject({
      DAPI_mean: ['100', '100', '100'],
      GFP_488_nm_mean: ['4.5', '5', '30'],
      GFP_488_nm_min: ['1', '4', '30'],
      GFP_488_nm_max: ['9', '8', '30'],
      GFP_488_nm_std: [String(Math.sqrt(41 / 4)), String(Math.sqrt(3)), '0'],
      GFP_488_nm_sum: ['18', '20', '30'],
      GFP_488_nm_median: ['4', '4', '30'],
      channel_2_sum: ['262140', '262140', '65535'],
    });
    for (const name of ['mean', 'min', 'max', 'std', 'sum', 'median'])
      expect(table[`DAPI_${name}`]).toEqual(table[`intensity_${name}`]);
  });

  it('leave out samples that are not finite, and have no value where none is', async () => {
    const broken: Channel = (pixel) => (pixel === 0 ? Number.NaN : third.includes(pixel) ? Infinity : pixel);
    const image = await imageOf([nuclei, broken], { type: 'float32', names: ['a', 'b'] });
    const table = await measured(await finished({ 'a.tif': image }, { positive: [{ channel: 'b', threshold: 7 }] }));
    expect(table).toMatchObject({ b_mean: ['6', '7.5', ''], b_median: ['8', '7.5', ''], b_positive: ['0', '1', ''] });
  });

  it('have red, green and blue of a colour image', async () => {
    const colour: ImageInfo = {
      ...{ height, width, samples: 3, type: 'uint8', positions: 1, times: 1, depths: 1, channels: 1 },
      channelNames: [undefined],
    };
    const data = Uint8Array.from(objects.flatMap((object, pixel) => [object * 100, pixel, 7]));
    const image = await collect(writeTiff(colour, [{ height, width, samples: 3, type: 'uint8', data }]));
    const table = await measured(await finished({ 'a.tif': image }));
    expect(Object.keys(table)).toEqual([...usual, ...six('red'), ...six('green'), ...six('blue')]);
    expect(table).toMatchObject({
      red_sum: ['400', '400', '100'],
      green_sum: ['18', '30', '30'],
      blue_mean: ['7', '7', '7'],
    });
  });

  it('have a ring around each object, which no other object is in', async () => {
    const world = await finished(
      { 'a.tif': await imageOf([nuclei, (pixel) => pixel], { names: ['DAPI', 'GFP'] }) },
      { ring: 1 },
    );
    const table = await measured(world);
    const added = ['ring_area_px', ...six('DAPI_ring'), ...six('GFP_ring')];
    expect(Object.keys(table)).toEqual([...usual, ...six('DAPI'), ...six('GFP'), ...added]);
    // the column between the first two is as near to the second, and belongs to the left one
    expect(table).toMatchObject({
      ring_area_px: ['4', '4', '4'],
      DAPI_ring_max: ['0', '0', '0'],
      GFP_ring_sum: [String(2 + 10 + 16 + 17), String(5 + 13 + 19 + 20), String(22 + 29 + 31 + 38)],
    });
  });

  it('are of the objects that the chosen size and polarity find, intensities as in the file', async () => {
    const small = await measured(await finished({ 'a.tif': await imageOf([nuclei]) }, { minSize: 2 }));
    expect(small.area_px).toEqual(['4', '4']);
    const dark = await imageOf([(pixel) => 500 - nuclei(pixel)]);
    const settings: Partial<JobSettings> = { invert: true, minSize: 4 };
    const world = await worldOf({ 'a.tif': dark }, settings);
    const seen: number[][] = [];
    const engine = thresholdEngine();
    await predict(world, 'a.tif', {
      ...engine,
      predict: async (planes) => {
        seen.push(Array.from(planes[0]!.data, Number));
        const shifted = Uint16Array.from(planes[0]!.data as Uint16Array, (value) => value - 400);
        return engine.predict([{ ...planes[0]!, data: shifted }]);
      },
    });
    expect(seen).toEqual([objects.map((object) => 400 + object * 100)]);
    const table = await measured(world);
    expect([table.area_px, table.intensity_mean]).toEqual([
      ['4', '4'],
      ['400', '400'],
    ]);
    const summary = JSON.parse((await world.objectsIn('results'))['a.tif/summary.json']!.toString());
    expect(summary.settings).toEqual({ invert: true, minSize: 4, probabilities: false });
  });

  it('of one channel have its ring and what is positive under its name', async () => {
    const settings: Partial<JobSettings> = { ring: 1, positive: [{ channel: 0, threshold: 100 }] };
    const table = await measured(await finished({ 'a.tif': await imageOf([nuclei]) }, settings));
    expect(Object.keys(table)).toEqual([...usual, 'ring_area_px', ...six('channel_0_ring'), 'channel_0_positive']);
    expect(table.channel_0_positive).toEqual(['0', '0', '0']); // above the threshold, not at it
  });

  it('tell channels of one name apart, and from the columns of others', async () => {
    const names = ['GFP', 'gfp', 'intensity', 'GFP ring'];
    const image = await imageOf([nuclei, nuclei, nuclei, nuclei], { names });
    const columns = Object.keys(await measured(await finished({ 'a.tif': image }, { ring: 1 })));
    expect(new Set(columns.map((name) => name.toLowerCase())).size).toBe(columns.length);
    expect(columns).toEqual(expect.arrayContaining(['GFP_mean', 'gfp_2_mean', 'intensity_2_mean', 'GFP_ring_2_mean']));
  });

  it('have the class of each object where the model has classes', async () => {
    const world = await worldOf({ 'a.tif': await imageOf([(pixel) => (third.includes(pixel) ? 200 : nuclei(pixel))]) });
    const dim = (value: number) => (value === 100 ? 0.75 : 0);
    expect(
      await predict(world, 'a.tif', thresholdEngine({ 'dim cell': dim, bright: (value) => value / 400 })),
    ).toHaveProperty('summary');
    const table = await measured(world);
    expect(Object.keys(table)).toEqual([...usual, 'class', 'class_probability']);
    expect(table).toMatchObject({
      class: ['dim_cell', 'dim_cell', 'bright'],
      class_probability: ['0.75', '0.75', '0.5'],
    });
  });

  const threePlanes = () => imageOf([nuclei, (pixel) => pixel], { names: ['DAPI', 'GFP'], depths: 3 });

  it('have each object of a stack once', async () => {
    const world = await finished({ 'a.tif': await threePlanes() }, { positive: [{ channel: 'GFP', threshold: 5 }] });
    const table = await measured(world);
    expect(table).toMatchObject({ depth: ['0', '0', '0'], planes: ['3', '3', '3'], GFP_positive: ['0', '1', '1'] });
    expect(await summarised(world)).toMatchObject({
      ...{ objects: ['3'], counted: ['linked through 3 depths'], GFP_threshold: ['5'], 'GFP+': ['2'], 'GFP-': ['1'] },
    });
  });

  it('do not depend on how many planes are worked on, and have each of a stack where planes count by themselves', async () => {
    const settings: Partial<JobSettings> = { planes: 'each', positive: [{ channel: 'GFP', threshold: 5 }] };
    const world = await finished({ 'a.tif': await threePlanes() }, settings);
    const table = await measured(world);
    expect(table.depth).toEqual(['0', '0', '0', '1', '1', '1', '2', '2', '2']);
    expect(table.GFP_positive).toEqual(['0', '1', '1', '0', '1', '1', '0', '1', '1']);
    expect(await summarised(world)).toMatchObject({
      objects: [''],
      objects_per_plane: ['3'],
      GFP_threshold: ['5'],
      'GFP+': ['6'],
      'GFP-': ['3'],
    });
  });

  it('refuse an image that lacks a channel in which objects are to be positive, naming what there is', async () => {
    const world = await worldOf(
      { 'a.tif': await imageOf([nuclei, nuclei], { names: ['DAPI', undefined] }) },
      { positive: [{ channel: 'GFP', threshold: 'otsu' }] },
    );
    const { failed } = (await predict(world, 'a.tif')) as { failed: Error };
    expect(failed).toMatchObject({
      code: 'channelMissing',
      advice: { next: 'name one of them: with --channel the one to predict, with --positive one that is measured' },
    });
    expect(failed.message).toContain("'GFP'");
    expect(failed.message).toContain('2 channels: 0 (DAPI), 1');
  });
});

describe('positive objects', () => {
  const [bright, dim]: [Channel, Channel] = [
    (pixel) => (first.includes(pixel) || third.includes(pixel) ? 900 : 100),
    (pixel) => (second.includes(pixel) || third.includes(pixel) ? 60 : 10 + (pixel % 3)),
  ];
  const names = ['DAPI', 'GFP', 'RFP'];

  it('are counted by combination', async () => {
    const world = await finished(
      {
        'a.tif': await imageOf([nuclei, bright, dim], { names }),
        'b.tif': await imageOf([nuclei, bright, bright], { names }),
      },
      {
        positive: [
          { channel: 'GFP', threshold: 800 },
          { channel: 'rfp', threshold: 'bg+3' },
        ],
      },
    );
    expect(await measured(world)).toMatchObject({ GFP_positive: ['1', '0', '1'], RFP_positive: ['0', '1', '1'] });
    const summary = await summarised(world);
    expect(Object.keys(summary).slice(-7)).toEqual([
      ...['classes', 'GFP_threshold', 'rfp_threshold', 'GFP+ rfp+', 'GFP+ rfp-', 'GFP- rfp+', 'GFP- rfp-'],
    ]);
    expect(summary).toMatchObject({
      'GFP+ rfp+': ['1', '2'],
      'GFP+ rfp-': ['1', '0'],
      'GFP- rfp+': ['1', '0'],
      'GFP- rfp-': ['0', '1'],
      GFP_threshold: ['800', '800'],
    });
    // outside: 31 pixels of 10, 11 and 12; their median is 11, the median deviation 1
    expect(Number(summary.rfp_threshold![0])).toBeCloseTo(11 + 3 * 1.482602218505602, 9);
  });

  it('by Otsu are decided by the objects of all images', async () => {
    const level =
      (value: number): Channel =>
      (pixel) =>
        pixel < 16 ? value : value + 1;
    const images = {
      'a.tif': await imageOf([nuclei, level(10)], { names: ['DAPI', 'GFP'] }),
      'b.tif': await imageOf([nuclei, level(12)], { names: ['DAPI', 'GFP'] }),
      'c.tif': await imageOf([nuclei, level(500)], { names: ['DAPI', 'GFP'] }),
      'none.tif': await imageOf([() => 0, level(500)], { names: ['DAPI', 'GFP'] }),
    };
    const world = await finished(images, { positive: [{ channel: 'GFP', threshold: 'otsu' }] });
    for (const [path, expected] of [
      ['a.tif', '0'],
      ['b.tif', '0'],
      ['c.tif', '1'],
    ] as const)
      expect((await measured(world, path)).GFP_positive).toEqual([expected, expected, expected]);
    const {
      GFP_threshold: [threshold],
      ...summary
    } = (await summarised(world)) as { GFP_threshold: string[] };
    // bins of (501 - 10) / 256; the lower group ends in the second
    expect(Number(threshold)).toBeCloseTo(10 + 2 * (491 / 256), 9);
    expect(summary).toMatchObject({
      path: Object.keys(images),
      'GFP+': ['0', '0', '3', '0'],
      'GFP-': ['3', '3', '0', '0'],
    });
  });

  it('by Otsu are decided again when a round brings more images, from results that stand', async () => {
    const of = (value: number) => imageOf([nuclei, () => value], { names: ['DAPI', 'GFP'] });
    const world = await worldOf(
      { 'a.tif': await of(10), 'b.tif': await of(20), 'c.tif': await of(1000) },
      { positive: [{ channel: 1, threshold: 'otsu' }] },
    );
    const before = await predict(world, 'a.tif');
    expect((await measured(world)).GFP_positive).toEqual([' ', ' ', ' ']); // not decided
    await predict(world, 'b.tif');
    const failure = { code: 'uploadMissing', message: 'it is not there' };
    await finishAndAdvance(world.job, 'c.tif', { state: 'failed', failure }, world);
    await packageResults({ ...world.job, generation: 1 }, { ...world, version: '0' });
    const decided = async () =>
      (await Promise.all(['a.tif', 'b.tif'].map((path) => measured(world, path)))).map(
        ({ GFP_positive }) => GFP_positive![0],
      );
    expect(await decided()).toEqual(['0', '1']);

    await retryAndAdvance(world.job, world);
    await predict(world, 'c.tif');
    await packageResults({ ...world.job, generation: 2 }, { ...world, version: '0' });
    expect(await decided()).toEqual(['0', '0']);
    expect((await measured(world, 'c.tif')).GFP_positive![0]).toBe('1');
    const { summary } = before as { summary: { outputs: { kind: string; bytes: number }[] } };
    const bytes = summary.outputs.find(({ kind }) => kind === 'measurements.csv')!.bytes;
    expect(Buffer.byteLength(await textOf(world, 'a.tif'))).toBe(bytes);
  });

  it('are found with other rules beside them', async () => {
    const images = { 'a.tif': await imageOf([nuclei, bright, dim], { names }) };
    const rules: JobSettings['positive'] = [
      { channel: 'GFP', threshold: 'otsu' },
      { channel: 'RFP', threshold: 50 },
      { channel: 'DAPI', threshold: 'otsu' },
    ];
    const world = await finished(images, { positive: rules });
    const table = await measured(world);
    expect(Object.keys(table).slice(-3)).toEqual(['RFP_positive', 'GFP_positive', 'DAPI_positive']);
    expect(table).toMatchObject({
      GFP_positive: ['1', '0', '1'],
      RFP_positive: ['0', '1', '1'],
      DAPI_positive: ['0', '0', '0'],
    });
    expect(await summarised(world)).toMatchObject({
      'GFP+ RFP+ DAPI-': ['1'],
      'GFP+ RFP- DAPI-': ['1'],
      'GFP- RFP+ DAPI-': ['1'],
      'GFP- RFP- DAPI-': ['0'],
    });
  });
});
