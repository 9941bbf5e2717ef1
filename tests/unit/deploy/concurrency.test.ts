import { expect, it } from '@jest/globals';
import { fittedIn } from '../../../cli/deploy/concurrency.ts';
import { concurrencyOf } from '../../../infra/concurrency.ts';

it.each([
  ['predict', 20, 20],
  ['unzip', 20, 5],
  ['zip', 3, 3],
  ['notify', 20, 2],
])('%s takes of %i images at a time %i', (stage, maximumConcurrency, expected) => {
  expect(concurrencyOf(stage, maximumConcurrency)).toBe(expected);
});

it.each([
  ['a new account', 20, 10, 2],
  ['one of 20', 20, 20, 4],
  ['one of 40', 20, 40, 20],
  ['one of 100, with more images', 100, 100, 68],
  ['less than Lambda takes for a queue', 20, 3, 2],
])('%s: of %i images at a time with %i functions at once remain %i', (_, wanted, accountLimit, fitting) => {
  expect(fittedIn(wanted, accountLimit)?.fitting ?? wanted).toBe(fitting);
});

it('nothing changes where all fits', () => {
  expect(fittedIn(20, 1000)).toBeUndefined();
});
