import { describe, expect, it } from '@jest/globals';
import type { JobSettings } from '../../../functions/core/job.ts';
import { inputRef } from '../../../functions/core/object-keys.ts';
import type { FileSummary } from '../../../functions/core/summary.ts';
import type { ImageInfo } from '../../../functions/image/image.ts';
import { openImage } from '../../../functions/image/tiff/image.ts';
import { writeTiff } from '../../../functions/image/tiff/writer.ts';
import { predictFile } from '../../../functions/stages/predict/predict.ts';
import type { PredictServices } from '../../../functions/stages/predict/services.ts';
import { collect, memorySource } from '../../support/memory-source.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';
import { thresholdEngine } from '../../support/threshold-engine.ts';

const path = 'stack.tif';

/** Planes of one row each, in the order of the axes position, time, depth, channel: a digit a pixel, times 100. */
async function tiffOf(planes: string[], axes: Partial<ImageInfo>): Promise<Uint8Array> {
  const size = { height: 1, width: planes[0]!.length };
  const info: ImageInfo = {
    ...{
      ...size,
      samples: 1,
      type: 'uint16',
      positions: 1,
      times: 1,
      depths: 1,
      channels: 1,
      channelNames: [undefined],
    },
    ...axes,
  };
  return collect(
    writeTiff(
      info,
      planes.map((row) => ({
        ...{ ...size, samples: 1, type: 'uint16' as const },
        data: Uint16Array.from([...row], (digit) => 100 * Number(digit)),
      })),
    ),
  );
}

interface Results {
  summary: FileSummary;
  labels: string[];
  rows: Record<string, string>[];
  header: string[];
}

interface Work {
  settings?: Partial<JobSettings>;
  /** Every delivery ends as soon as it may. */
  inSteps?: boolean;
  /** Of the model: maps by name, each pixel given by a formula. */
  classes?: Record<string, (value: number) => number>;
}

async function predicted(bytes: Uint8Array, { settings, inSteps = false, classes = {} }: Work = {}): Promise<Results> {
  const world = await stageWorld(settings);
  await world.jobs.expect(world.job, [{ path, bytes: bytes.length }]);
  await world.jobs.submit(world.job);
  await world.objects.put(inputRef(world.job, path), bytes);
  for (let round = 0; round < 100; round++) {
    const deadline = inSteps ? { near: () => true, attempt: `attempt-${round}` } : undefined;
    const result = await predictFile({ ...world.job, path }, servicesOf(world, classes, deadline));
    if (result !== 'continues') break;
  }
  expect(await world.outcomes()).toEqual([`${path}: done`]);
  return resultsOf(world);
}

const servicesOf = (
  world: StageWorld,
  classes: NonNullable<Work['classes']>,
  deadline: PredictServices['deadline'],
): PredictServices => ({
  ...world,
  model: async () => ({ engine: thresholdEngine(classes), input: { channelCount: 1 } }),
  planesAhead: 2,
  admit: async () => () => {},
  ...(deadline && { deadline }),
});

async function resultsOf(world: StageWorld): Promise<Results> {
  const found = await world.objectsIn('results');
  const text = (name: string) => found[`${path}/${name}`]!.toString();
  const image = await openImage(memorySource(found[`${path}/labels.tif`]!));
  const labels: string[] = [];
  const { positions, times, depths } = image.info;
  for (let position = 0; position < positions; position++)
    for (let time = 0; time < times; time++)
      for (let depth = 0; depth < depths; depth++)
        labels.push([...(await image.readPlane({ position, time, depth, channel: 0 })).data].join(''));
  const [header, ...lines] = text('measurements.csv').replace(/\r\n$/, '').split('\r\n');
  const names = header!.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i]!, cell])));
  return { summary: JSON.parse(text('summary.json')), labels, rows, header: names };
}

/** One cell through three planes, one in the last two, a second time point in which both have moved. */
const stack = ['1110000', '1110022', '0110022'];
const recording = [...stack, '0111000', '0111022', '0011002'];
const spacing = { x: 0.5, y: 0.5, z: 2 };

describe('a stack', () => {
  it('has each object once, with one label through depth, by default', async () => {
    const { summary, labels, rows } = await predicted(await tiffOf(stack, { depths: 3, pixelSize: spacing }));
    expect(labels).toEqual(['1110000', '1110022', '0110022']);
    expect(summary).toMatchObject({ objects: 2, counted: { planes: 'link', sections: 5, meanVolumeVoxels: 6 } });
    expect(summary.settings).toEqual({ probabilities: false });
    const [first, second] = rows as [Record<string, string>, Record<string, string>];
    expect(rows).toHaveLength(2);
    expect(first).toMatchObject({ position: '0', time: '0', depth: '0', label: '1', area_px: '3', volume_voxels: '8' });
    expect(first).toMatchObject({ volume_um3: '4', planes: '3', z_extent_um: '6', intensity_mean: '100' });
    expect(second).toMatchObject({ depth: '1', label: '2', bbox_z_planes: '1', bbox_depth_planes: '2' });
    expect(second).toMatchObject({ centroid_z_planes: '1.5', centroid_z_um: '3', intensity_sum: '800' });
    expect(first).not.toHaveProperty('track');
  });

  it('has no volume in micrometres and no surface without the distance of its planes', async () => {
    const { header } = await predicted(await tiffOf(stack, { depths: 3, pixelSize: { x: 0.5, y: 0.5 } }));
    expect(header.filter((name) => /_um/.test(name))).toEqual(['area_um2', 'centroid_x_um', 'centroid_y_um']);
  });

  it('has no number of objects, but one for each plane, where planes count by themselves', async () => {
    const { summary, labels, rows } = await predicted(await tiffOf(stack, { depths: 3 }), {
      settings: { planes: 'each' },
    });
    expect(labels).toEqual(['1110000', '1110022', '0110022']);
    expect(summary).not.toHaveProperty('objects');
    expect(summary).toMatchObject({ counted: { planes: 'each', sections: 5 }, settings: { planes: 'each' } });
    expect(rows.map(({ depth, label }) => [depth, label])).toEqual([
      ['0', '1'],
      ['1', '1'],
      ['1', '2'],
      ['2', '1'],
      ['2', '2'],
    ]);
  });

  it.each([
    ['max', ['300', '400']],
    ['mean', ['200', '200']],
  ] as const)('is one plane, the %s of its depths, where it is projected', async (planes, intensities) => {
    const bytes = await tiffOf(['110000', '330044', '020000'], { depths: 3 });
    const { summary, labels, rows } = await predicted(bytes, { settings: { planes } });
    expect(labels).toEqual(['110022']);
    expect(summary).toMatchObject({ objects: 2, depths: 3, type: 'uint16', counted: { planes, sections: 2 } });
    const max = planes === 'max';
    expect(rows.map((row) => row.intensity_max)).toEqual(
      max ? intensities : [String(Math.fround(500 / 3 + 100 / 3)), String(Math.fround(400 / 3))],
    );
  });

  it('starts its labels anew at each position, whose objects add up', async () => {
    const bytes = await tiffOf([...stack, ...stack], { positions: 2, depths: 3 });
    const { summary, labels, rows } = await predicted(bytes);
    expect(labels).toEqual([...stack, ...stack].map((row) => row));
    expect(summary.objects).toBe(4);
    expect(rows.map(({ position, label }) => `${position}/${label}`)).toEqual(['0/1', '0/2', '1/1', '1/2']);
  });

  it('of one plane is as it was before planes could be linked', async () => {
    const one = await predicted(await tiffOf(['1100222'], {}));
    expect(one.summary).toMatchObject({ objects: 2 });
    expect(one.summary).not.toHaveProperty('counted');
    expect(one.header).not.toContain('track');
    expect(one.header).not.toContain('planes');
  });
});

describe('every channel of a stack', () => {
  const channels = { depths: 3, channels: 2, channelNames: ['DAPI', 'GFP'] };
  const planes = [stack[0]!, '1230000', stack[1]!, '3210044', stack[2]!, '0120088'];
  const settings: Partial<JobSettings> = { ring: 1, positive: [{ channel: 'GFP', threshold: 300 }] };

  it('is measured in all voxels of each object, and decides once which is positive', async () => {
    const { summary, rows, header } = await predicted(await tiffOf(planes, channels), { settings });
    const column = (name: string) => rows.map((row) => row[name]);
    expect(column('GFP_mean')).toEqual(['187.5', '600']);
    expect(column('GFP_min')).toEqual(['100', '400']);
    expect(column('GFP_max')).toEqual(['300', '800']);
    expect(column('GFP_sum')).toEqual(['1500', '2400']);
    expect(Number(column('GFP_std')[0])).toBeCloseTo(100 * Math.sqrt(33 / 8 - 1.875 ** 2), 9);
    expect(column('GFP_std')[1]).toBe('200');
    expect(column('ring_area_px')).toEqual(['4', '2']);
    expect(column('GFP_ring_mean')).toEqual(['0', '0']);
    expect(column('GFP_positive')).toEqual(['0', '1']);
    expect(header.filter((name) => name.endsWith('median'))).toEqual([
      ...['intensity_median', 'DAPI_median', 'GFP_median'],
      ...['DAPI_ring_median', 'GFP_ring_median'],
    ]);
    expect(column('GFP_median')).toEqual(['200', '600']);
    expect(column('DAPI_median')).toEqual(column('intensity_median'));
    expect(column('GFP_ring_median')).toEqual(['0', '0']);
    expect(summary.positive).toEqual({
      rules: [{ mean: 'GFP_mean', column: 'GFP_positive', threshold: 300 }],
      combinations: [1, 1],
    });
  });

  it('is the same in many deliveries', async () => {
    const bytes = await tiffOf(planes, channels);
    expect(await predicted(bytes, { settings, inSteps: true })).toEqual(await predicted(bytes, { settings }));
  });

  it('leaves cells that the job decides the last, after the track', async () => {
    const otsu: Partial<JobSettings> = { positive: [{ channel: 'GFP', threshold: 'otsu' }] };
    const bytes = await tiffOf([...planes, ...planes], { ...channels, times: 2 });
    const { summary, header, rows } = await predicted(bytes, { settings: otsu });
    expect(header.indexOf('track')).toBeLessThan(header.indexOf('DAPI_mean'));
    expect(header.at(-1)).toBe('GFP_positive');
    expect(rows.map(({ GFP_positive }) => GFP_positive)).toEqual([' ', ' ', ' ', ' ']);
    expect(summary.positive?.rules[0]?.ends).toEqual([187.5, 600]);
  });

  it('has the class of an object where it is widest', async () => {
    const classes = {
      dim: (value: number) => (value < 150 ? 0.75 : 0),
      bright: (value: number) => (value < 150 ? 0 : 1),
    };
    const stack = await tiffOf(['2100', '1110'], { depths: 2 });
    const { summary, rows } = await predicted(stack, { classes });
    expect(rows.map((row) => [row.depth, row.class, row.class_probability])).toEqual([['1', 'dim', '0.75']]);
    expect(summary.classes).toEqual({ dim: 1 });
    const each = await predicted(stack, { classes, settings: { planes: 'each' } });
    expect([each.rows.length, each.summary.classes]).toEqual([2, undefined]); // one object, twice
    const positions = await predicted(await tiffOf(['2010', '1110'], { positions: 2 }), { classes, inSteps: true });
    expect(positions.summary).toMatchObject({ objects: 3, classes: { bright: 1, dim: 2 } });
  });
});

describe('a recording', () => {
  it('has a track for each object, and counts tracks', async () => {
    const bytes = await tiffOf(['1110002', '0111002', '0000002', '0011100'], { times: 4 });
    const { summary, labels, rows, header } = await predicted(bytes);
    expect(labels).toEqual(['1110002', '0111002', '0000001', '0011100']); // labels are each time point's own
    expect(header.at(-1)).toBe('track');
    expect(rows.map(({ time, label, track }) => [time, label, track])).toEqual([
      ['0', '1', '1'],
      ['0', '2', '2'],
      ['1', '1', '1'],
      ['1', '2', '2'],
      ['2', '1', '2'],
      ['3', '1', '1'], // across the time point that misses it
    ]);
    expect(summary).toMatchObject({ objects: 2, counted: { planes: 'link', sections: 6 } });
    expect(summary.counted).not.toHaveProperty('meanVolumeVoxels');
  });

  it('of stacks is linked through depth, then tracked', async () => {
    const { summary, rows, labels } = await predicted(
      await tiffOf(recording, { times: 2, depths: 3, pixelSize: spacing }),
    );
    expect(labels).toEqual([...stack, '0111000', '0111022', '0011002']);
    expect(summary).toMatchObject({ objects: 2, counted: { sections: 10, meanVolumeVoxels: 5.75 } });
    expect(rows.map(({ time, label, track }) => [time, label, track])).toEqual([
      ['0', '1', '1'],
      ['0', '2', '2'],
      ['1', '1', '1'],
      ['1', '2', '2'],
    ]);
  });
});

it.each([
  ['a stack', stack, { depths: 3 }],
  ['a recording of stacks', recording, { times: 2, depths: 3 }],
  ['stacks at two positions', [...stack, ...stack], { positions: 2, depths: 3 }],
] as const)('%s that many deliveries share has the same results as in one', async (_name, planes, axes) => {
  const bytes = await tiffOf([...planes], { ...axes, pixelSize: spacing });
  const alone = await predicted(bytes);
  expect(await predicted(bytes, { inSteps: true })).toEqual(alone);
  const each = { planes: 'each' } as const;
  expect(await predicted(bytes, { inSteps: true, settings: each })).toEqual(await predicted(bytes, { settings: each }));
});
