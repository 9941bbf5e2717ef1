import { expect, it } from '@jest/globals';
import { encodePng } from '../../functions/image/png.ts';
import { quarters } from '../support/photographs.ts';
import { numbersFrom, runSchedule } from '../support/picture-schedule.ts';

it('shows nothing without consent, and leaves nothing after a withdrawal, in any order of calls and crashes', async () => {
  const sent = await encodePng({ ...quarters(4, 4), samples: 3 });
  let shown = 0;
  for (let seed = 1; seed <= 12; seed++) {
    const outcome = await runSchedule(numbersFrom(seed), sent, 40);
    expect({ seed, faults: outcome.faults }).toEqual({ seed, faults: [] });
    shown += outcome.shown;
  }
  expect(shown).toBeGreaterThan(12);
});
