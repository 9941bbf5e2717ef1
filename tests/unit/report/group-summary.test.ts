import { describe, expect, it } from '@jest/globals';
import { groupSummaryCsv, summariseGroups } from '../../../functions/report/group-summary.ts';
import { measuresOf, positiveFractions } from '../../../functions/report/measures.ts';
import { imageCounts } from '../../../functions/report/summary-row.ts';

const image = (path: string, condition: string, animal: string | undefined, values: Record<string, number>) => ({
  path,
  labels: { condition, ...(animal !== undefined && { animal }) },
  values: new Map(Object.entries(values)),
});

describe('a summary of groups', () => {
  it('takes animals as units: the mean of their images, not each image', () => {
    const summary = summariseGroups([
      image('a', 'ctrl', 'm1', { objects: 10 }),
      image('b', 'ctrl', 'm1', { objects: 20 }),
      image('c', 'ctrl', 'm2', { objects: 30 }),
    ]);
    expect(summary.unit).toBe('animal');
    const { values, animals, images } = summary.groups[0]!;
    expect([animals, images]).toEqual([2, 3]);
    // the mean of animals 15 and 30, where the mean of images is 20
    expect(values.get('objects')!.statistics).toMatchObject({ n: 2, mean: 22.5, sd: Math.sqrt(112.5), median: 22.5 });
  });

  it('writes a row a measure and condition, then a row a measure and animal', () => {
    const summary = summariseGroups([
      image('a', 'm10', 'x', { objects: 4, area_um2: 2.5 }),
      image('b', 'm2', '=y', { objects: 2 }),
    ]);
    expect([...groupSummaryCsv(summary)].join('')).toBe(
      [
        'condition,animal,images,animals,measure,measure_unit,per,n,mean,sd,median,q1,q3,min,max',
        'm2,,1,1,objects,,animal,1,2,,2,2,2,2,2',
        'm2,,1,1,area_um2,µm²,animal,0,,,,,,,',
        'm10,,1,1,objects,,animal,1,4,,4,4,4,4,4',
        'm10,,1,1,area_um2,µm²,animal,1,2.5,,2.5,2.5,2.5,2.5,2.5',
        "m2,'=y,1,,objects,,image,1,2,,2,2,2,2,2",
        "m2,'=y,1,,area_um2,µm²,image,0,,,,,,,",
        'm10,x,1,,objects,,image,1,4,,4,4,4,4,4',
        'm10,x,1,,area_um2,µm²,image,1,2.5,,2.5,2.5,2.5,2.5,2.5',
        '',
      ].join('\r\n'),
    );
  });

  it('has pixels only where some size is not known in µm', () => {
    const both = {
      values: new Map([
        ['area_px', 1],
        ['area_um2', 1],
        ['GFP_mean', 1],
        ['objects', 1],
      ]),
    };
    const pixels = {
      values: new Map([
        ['area_px', 1],
        ['positive: GFP+', 0.5],
      ]),
    };
    expect(measuresOf([both]).map(({ key }) => key)).toEqual(['objects', 'area_um2', 'GFP_mean']);
    expect(measuresOf([both, pixels]).map(({ key }) => key)).toEqual([
      ...['objects', 'positive: GFP+', 'area_um2', 'area_px', 'GFP_mean'],
    ]);
  });
});

describe('the fraction of positive objects', () => {
  const rules = [
    { channel: 'GFP', threshold: 1 },
    { channel: 'c-Fos', threshold: 'otsu' },
  ] as const;

  it('is of each channel and of each combination', () => {
    expect([...positiveFractions(rules, [1, 2, 3, 4])]).toEqual([
      ['positive: GFP+', 0.3],
      ['positive: c_Fos+', 0.4],
      ['positive: GFP+ c_Fos+', 0.1],
      ['positive: GFP+ c_Fos-', 0.2],
      ['positive: GFP- c_Fos+', 0.3],
      ['positive: GFP- c_Fos-', 0.4],
    ]);
  });

  it('is none where there is no object', () => {
    expect(positiveFractions(rules, [0, 0, 0, 0]).size).toBe(0);
  });
});

describe('the number of objects of an image', () => {
  const size = { width: '1000', height: '500', pixel_size_x_um: '2', pixel_size_y_um: '2' };

  it('is in an area of all its positions', () => {
    const row = { ...size, objects: '12', planes: '3', positions: '3' };
    expect(imageCounts(row, [])).toEqual({ objects: 12, perPlane: false, areaMm2: 6, combinations: [] });
  });

  it('is never a sum over planes', () => {
    expect(imageCounts({ ...size, objects: '50', planes: '5', positions: '1' }, [])).toMatchObject({
      ...{ objects: 10, perPlane: true, areaMm2: 2 },
    });
    expect(imageCounts({ objects: '', objects_per_plane: '8.4', counted: 'each plane by itself' }, [])).toEqual({
      ...{ objects: 8.4, perPlane: true, counted: 'each plane by itself', combinations: [] },
    });
    expect(
      imageCounts({ objects: '12', objects_per_plane: '8.4', counted: 'linked through 5 depths' }, []),
    ).toMatchObject({
      ...{ objects: 12, perPlane: false },
    });
  });

  it('has no area without a pixel size', () => {
    expect(imageCounts({ ...size, pixel_size_x_um: '', objects: '1', 'GFP+': '3' }, ['GFP+', 'GFP-'])).toEqual({
      ...{ objects: 1, perPlane: false, combinations: [3, 0] },
    });
  });
});
