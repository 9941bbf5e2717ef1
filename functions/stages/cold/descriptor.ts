import type { QueueStage } from '../stage.ts';

/** Results to the archive and back. One queue for all of it, as each costs its polling. */
export const cold = {
  name: 'cold',
  feature: 'archiving',
  trigger: {
    queue: 'cold',
    restored: 'downloads', // what was asked for is there
    batchSize: 1,
    attempts: 10,
  },
  reads: ['downloads', 'results'], // results: what the archived zip has of them
  lists: ['downloads', 'results'],
  writes: ['downloads', 'results'], // what comes back
  deletes: ['downloads', 'results'],
  composes: ['results'],
  freezes: ['downloads'],
  jobs: ['get', 'list', 'files', 'moveStorage'],
  members: ['planOf'],
  sends: ['cold', 'notices'],
  memoryMb: 512,
  timeoutSeconds: 900,
} as const satisfies QueueStage;
