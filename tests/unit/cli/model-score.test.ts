import { expect, it } from '@jest/globals';
import { pairUp } from '../../../cli/train/pair-labels.ts';

it('pairs images with labels of the same name, or of that name with labels behind it', () => {
  expect(
    pairUp(['a.tif', 'b.ome.tif', 'c.tif', 'd.tif'], ['a.tiff', 'b-labels.tif', 'c_labels.tif', 'c.tif'], false),
  ).toEqual([
    { image: 'a.tif', label: 'a.tiff' },
    { image: 'b.ome.tif', label: 'b-labels.tif' },
    { image: 'c.tif', label: 'c_labels.tif' },
  ]);
});

it('takes no image for its own labels where both lie in one folder', () => {
  const names = ['a-labels.tif', 'a.tif', 'b.tif'];
  expect(pairUp(names, names, true)).toEqual([{ image: 'a.tif', label: 'a-labels.tif' }]);
});
