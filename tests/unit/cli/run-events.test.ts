import { expect, it } from '@jest/globals';
import { runEvents } from '../../../cli/io/run-events.ts';

const image = (path: string, objects?: number) => ({
  path,
  labels: `${path}_labels.tif`,
  planes: 1,
  ...(objects !== undefined && { objects }),
  objectsPerPlane: 4,
  counted: objects === undefined ? 'each plane by itself' : 'in one plane',
  bytes: 1000,
});

it.each([
  ['all of a run whose images all have one', [image('a', 7), image('b', 1)], '2 of 2 files done, 8 objects, 3.0 s'],
  [
    'of how many images it is where others have none',
    [image('a', 7), image('b')],
    '2 of 2 files done, 7 objects in 1 of 2 images, 3.0 s',
  ],
  ['nothing where no image has one', [image('a'), image('b')], '2 of 2 files done, 3.0 s'],
])('the number of objects at the end of a run says %s', (_, images, line) => {
  const objects = images.reduce((sum, each) => sum + (each.objects ?? 0), 0);
  const counts = { files: 2, done: 2, failed: 0, leftOut: 0, reused: 0, seconds: 3, shown: 20 };
  const text = runEvents['run.done'].text({ out: 'results', ...counts, objects, images });
  expect(text.split('\n')).toContain(line);
});

it.each([
  ['of one plane', { ...image('a', 7), reused: false }, 'a: 7 objects, in one plane'],
  [
    'whose planes were counted each by itself',
    { ...image('b'), reused: true },
    'b: 4.0 a plane, each plane by itself (finished before)',
  ],
])('an image %s is named with its objects and how they were counted', (_, file, text) => {
  expect(runEvents['run.file'].text(file)).toBe(text);
});

it('a run without an image that worked ends without a table', () => {
  const counts = { files: 2, done: 0, failed: 1, leftOut: 1, reused: 0, objects: 0, seconds: 3, shown: 20 };
  expect(runEvents['run.done'].text({ out: 'results', ...counts, images: [] }).split('\n')).toEqual([
    '0 of 1 file done, 0 objects, 3.0 s',
    'results   results',
    'summary   results/summary.csv',
    'failed    1 file, with the reason in results/errors.csv',
    'left out  1 file, with the reason in results/errors.csv',
  ]);
});
