import type { Stage } from '../stage.ts';

export const zip = {
  name: 'zip',
  queue: 'zips',
  reads: ['results'],
  lists: ['results'],
  writes: ['results', 'downloads'], // results: the tables of the job
  composes: ['downloads'],
  jobs: ['get', 'files', 'complete', 'fail'],
  sends: ['notices'],
  memoryMb: 1769, // one vCPU on Lambda
  timeoutSeconds: 900,
  batchSize: 1,
  attempts: 5,
} as const satisfies Stage;
