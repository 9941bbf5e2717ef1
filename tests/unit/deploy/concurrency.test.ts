import { expect, it } from '@jest/globals';
import { fittedIn } from '../../../cli/deploy/concurrency.ts';
import { notify } from '../../../functions/stages/notify/descriptor.ts';
import { predict } from '../../../functions/stages/predict/descriptor.ts';
import { unzip } from '../../../functions/stages/unzip/descriptor.ts';
import { zip } from '../../../functions/stages/zip/descriptor.ts';
import { concurrencyOf } from '../../../infra/concurrency.ts';
import { readConfig } from '../../../infra/config.ts';

const wanting = (images: number) => readConfig({ maximumConcurrency: String(images) });

it.each([
  { stage: predict, images: 20, expected: 20 },
  { stage: unzip, images: 20, expected: 5 },
  { stage: zip, images: 3, expected: 3 },
  { stage: notify, images: 20, expected: 2 },
])('$stage.name takes of $images images at a time $expected', ({ stage, images, expected }) => {
  expect(concurrencyOf(stage, images)).toBe(expected);
});

it.each([
  ['a new account', 20, 10, 2],
  ['one of 20', 20, 20, 4],
  ['one of 40', 20, 40, 20],
  ['one of 100, with more images', 100, 100, 68],
  ['less than Lambda takes for a queue', 20, 3, 2],
])('%s: of %i images at a time with %i functions at once remain %i', (_, wanted, accountLimit, fitting) => {
  expect(fittedIn(wanting(wanted), accountLimit)?.fitting ?? wanted).toBe(fitting);
});

it('nothing changes where all fits', () => {
  expect(fittedIn(wanting(20), 1000)).toBeUndefined();
});
