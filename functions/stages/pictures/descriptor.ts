import { announcedPrefixes } from '../../core/pictures/keys.ts';
import type { QueueStage } from '../stage.ts';

/** Pictures of people: their regions are found, transformed, and what came of it is shown; or all of it is removed. */
export const pictures = {
  name: 'pictures',
  feature: 'people',
  trigger: { queue: 'pictures', announced: 'pictures', announcedPrefixes, batchSize: 1, attempts: 5 },
  reads: ['pictures'],
  lists: ['pictures'],
  writes: ['pictures'],
  deletes: ['pictures'],
  jobs: [],
  pictures: ['get', 'list', 'person', 'remove', 'take'],
  agreements: ['versions'],
  bases: [],
  sends: [],
  memoryMb: 3008, // 50 megapixels three times, and the network
  timeoutSeconds: 300,
} as const satisfies QueueStage;
