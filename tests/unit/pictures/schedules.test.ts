import { expect, it } from '@jest/globals';
import { encodePng } from '../../../functions/image/png.ts';
import { quarters } from '../../support/photographs.ts';
import { runSchedule } from '../../support/picture-schedule.ts';

/** Numbers of a linear congruential generator (Numerical Recipes, 7.1), so that a fault can be repeated by its seed. */
const numbers = (seed: number) => {
  let state = seed >>> 0;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

it('shows nothing without consent, and leaves nothing after a withdrawal, in any order of calls and crashes', async () => {
  const sent = await encodePng({ ...quarters(4, 4), samples: 3 });
  let shown = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const outcome = await runSchedule(numbers(seed), sent, 30);
    expect({ seed, faults: outcome.faults }).toEqual({ seed, faults: [] });
    shown += outcome.shown;
  }
  expect(shown).toBeGreaterThan(12);
});
