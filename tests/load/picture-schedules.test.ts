import { expect, it, jest } from '@jest/globals';
import { encodePng } from '../../functions/image/png.ts';
import type { Pixels } from '../../functions/photographs/pixels.ts';
import { quarters } from '../support/photographs.ts';

jest.setTimeout(600_000); // a slow machine takes longer, and is no failure

/** 10,000 with other seeds (1000 to 10,999) have run by hand, without a fault: some minutes of a processor. */
const schedules = 500;
const firstSeed = 13; // after those of the unit test, which encodes JPEGs

const png = (pixels: Pixels) => encodePng({ ...pixels, samples: 3 }, { level: 1 });
// A JPEG takes most of a schedule's time, and this is about states.
jest.unstable_mockModule('../../functions/photographs/encode-jpeg.ts', () => ({ encodeJpeg: png }));
const { numbersFrom, runSchedule } = await import('../support/picture-schedule.ts');

it(`shows no picture without consent, and none again that was withdrawn, over ${schedules} schedules with crashes`, async () => {
  const sent = await png(quarters(4, 4));
  let shown = 0;
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    const outcome = await runSchedule(numbersFrom(seed), sent, 40);
    expect({ seed, faults: outcome.faults }).toEqual({ seed, faults: [] });
    shown += outcome.shown;
  }
  expect(shown).toBeGreaterThan(schedules); // or they would show nothing
});
