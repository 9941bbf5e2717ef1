import { expect, it, jest } from '@jest/globals';
import { checkSchedules } from '../support/memory/archive-schedule.ts';

jest.setTimeout(900_000); // a slow machine takes longer, and is no failure

const schedules = 10_000;

it(`loses no archived result and keeps none that is due back, over ${schedules} schedules with crashes`, async () => {
  const seen = await checkSchedules(schedules);
  // The schedules reach every end often, or they would show nothing.
  for (const [end, times] of Object.entries(seen)) expect({ end, often: times > 100 }).toEqual({ end, often: true });
});
