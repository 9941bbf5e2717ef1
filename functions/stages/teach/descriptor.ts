import type { QueueStage } from '../stage.ts';

/** What is done for data sets on AWS: images are copied into them, they are packed, and machines are asked to train. */
export const teach = {
  name: 'teach',
  feature: 'teaching',
  trigger: { queue: 'teaching', batchSize: 1, attempts: 3 },
  reads: ['inputs', 'results', 'datasets'],
  lists: ['inputs', 'results', 'datasets'], // what is missing, and the log of corrections
  writes: ['datasets'],
  deletes: ['datasets'], // copies that others took the place of, and zips of what it was before
  jobs: ['get', 'file'],
  dataSets: ['get', 'change'],
  sends: [],
  fleet: 'sends', // trainings
  memoryMb: 3008, // a plane of 2^26 pixels with its labels; as much as new accounts have
  timeoutSeconds: 900,
} as const satisfies QueueStage;
