import { expect, it } from '@jest/globals';
import { resultFiles } from '../../../functions/runtime/batch/result-files.ts';

it('puts results beside each other under the names that they have in the zip', () => {
  const results = resultFiles('/out');
  results.register(['cells/a.tif', 'cells/b.tif']);
  expect(results.fileOf('results', 'cells/a.tif/labels.tif')).toBe('/out/cells/a_labels.tif');
  expect(results.fileOf('results', '.tables/1/summary.csv')).toBe('/out/summary.csv');
  expect(results.fileOf('downloads', '1/results.zip')).toBe('/out/results.zip');
});

it('keeps the summary of an image among its own files', () => {
  const results = resultFiles('/out');
  results.register(['a.tif']);
  expect(results.fileOf('results', 'a.tif/summary.json')).toBeUndefined();
});

it('keeps apart images whose names differ in the ending only', () => {
  const results = resultFiles('/out');
  results.register(['a.tif']);
  results.register(['a.tiff']);
  expect(results.nameOf('a.tif', 'labels.tif')).not.toBe(results.nameOf('a.tiff', 'labels.tif'));
});

it('takes a result of an unknown file for a bug', () => {
  expect(() => resultFiles('/out').fileOf('results', 'a.tif/labels.tif')).toThrow('no file of the job');
});
