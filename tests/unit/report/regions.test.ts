import { expect, it } from '@jest/globals';
import { groupSummaryCsv, summariseGroups } from '../../../functions/report/group-summary.ts';
import { inRegion } from '../../../functions/report/measures.ts';
import { regionsByImage } from '../../../functions/report/region-rows.ts';

it('reads the regions of each image from regions.csv', () => {
  const row = { path: "'=a.tif", region: 'CA1', objects: '4', objects_per_plane: '4', density_per_mm2: '200' };
  const rows = [
    { ...row, 'GFP+': '1', 'GFP-': '3' },
    { ...row, region: 'CA3', objects: '', objects_per_plane: '1.5', density_per_mm2: '', 'GFP+': '0', 'GFP-': '0' },
  ];
  const regions = regionsByImage(rows, [{ channel: 'GFP', threshold: 800 }], ['GFP+', 'GFP-']);
  expect([...regions.keys()]).toEqual(['=a.tif']);
  expect(regions.get('=a.tif')!.map(({ region, values }) => [region, Object.fromEntries(values)])).toEqual([
    ['CA1', { objects: 4, density_per_mm2: 200, 'positive: GFP+': 0.25 }],
    ['CA3', { objects: 1.5 }],
  ]);
});

it('compares the conditions in each region, after whole images', () => {
  const image = (path: string, condition: string, values: Record<string, number>) => ({
    path,
    labels: { condition },
    values: new Map(Object.entries(values)),
  });
  const summary = summariseGroups([
    image('a', 'ctrl', { objects: 9, [inRegion('objects', 'CA10')]: 2, [inRegion('objects', 'CA3')]: 4 }),
    image('b', 'treated', { objects: 7, [inRegion('objects', 'CA3')]: 6 }),
  ]);
  expect(summary.measures.map(({ title }) => title)).toEqual([
    'Objects per image',
    'Objects in CA3',
    'Objects in CA10',
  ]);
  expect([...groupSummaryCsv(summary)].join('').split('\r\n')).toEqual([
    'condition,animal,images,animals,measure,measure_unit,per,n,mean,sd,median,q1,q3,min,max,region',
    'ctrl,,1,,objects,,image,1,9,,9,9,9,9,9,',
    'ctrl,,1,,objects,,image,1,4,,4,4,4,4,4,CA3',
    'ctrl,,1,,objects,,image,1,2,,2,2,2,2,2,CA10',
    'treated,,1,,objects,,image,1,7,,7,7,7,7,7,',
    'treated,,1,,objects,,image,1,6,,6,6,6,6,6,CA3',
    'treated,,1,,objects,,image,0,,,,,,,,CA10',
    '',
  ]);
});
