import { expect, it } from '@jest/globals';
import { withColumns } from '../../../web/image/csv-table.ts';
import { summaryColumns } from '../../../web/jobs/summary-columns.ts';

it('the summary of a job begins with its objects and which are positive, the commonest question first', () => {
  const rules = [{ channel: 'GFP', threshold: 'otsu' } as const, { channel: 1, threshold: 800 }];
  const combinations = ['GFP+ channel_1+', 'GFP+ channel_1-', 'GFP- channel_1+', 'GFP- channel_1-'];
  expect(summaryColumns(rules)).toEqual({
    first: ['path', 'objects', 'objects_per_plane', ...combinations, 'mean_area_um2', 'mean_area_px', 'notes'],
    best: ['GFP+ channel_1+'],
  });
  expect(summaryColumns([]).best).toEqual([]);
});

it('columns that no row has a value in are left out of the narrow table', () => {
  const table = { columns: ['path', 'objects', 'notes', 'width'], rows: [['a.tif', '3', '', '9'], ['b.tif']] };
  expect(withColumns(table, ['objects', 'path', 'notes', 'GFP+'])).toEqual({
    columns: ['objects', 'path'],
    rows: [
      ['3', 'a.tif'],
      ['', 'b.tif'],
    ],
  });
});
