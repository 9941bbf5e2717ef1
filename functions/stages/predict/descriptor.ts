import type { Stage } from '../stage.ts';

export const predict = {
  name: 'predict',
  queue: 'files',
  reads: ['inputs', 'results'],
  lists: ['inputs', 'results'], // an image that is missing fails its file; a result that is missing is made
  writes: ['results'],
  jobs: ['get', 'file', 'finishFile', 'startPackaging'],
  sends: ['zips'],
  memoryMb: 3538, // two vCPUs on Lambda
  timeoutSeconds: 900, // Lambda's limit
  batchSize: 1,
  attempts: 3,
} as const satisfies Stage;
