import type { ScheduledStage } from '../stage.ts';

/** Looks at pictures that are due: those that nothing happens with, those whose time is over, and what containers stored too late. */
export const tidyPictures = {
  name: 'tidy-pictures',
  feature: 'people',
  trigger: { everySeconds: 5 * 60, attempts: 1 },
  reads: ['pictures'],
  lists: ['pictures'],
  writes: [],
  deletes: ['pictures'],
  jobs: [],
  pictures: ['due', 'get', 'person', 'take'],
  agreements: ['versions'],
  sends: ['pictures'],
  drains: ['pictures'],
  memoryMb: 256,
  timeoutSeconds: 120,
} as const satisfies ScheduledStage;
