import type { Stage } from '../stage.ts';

export const unzip = {
  name: 'unzip',
  queue: 'unzip',
  reads: ['uploads', 'inputs'], // inputs: a second delivery does not write what is there
  writes: ['inputs'],
  jobs: 'update',
  sends: ['zips'], // the last file may be done before the manifest is sealed
  memoryMb: 1769, // one vCPU on Lambda
  timeoutSeconds: 900,
  batchSize: 1,
  attempts: 5,
} as const satisfies Stage;
