import type { Stage } from '../stage.ts';

export const predict = {
  name: 'predict',
  queue: 'files',
  reads: ['inputs', 'results'],
  writes: ['results'],
  jobs: 'update',
  sends: ['zips'],
  memoryMb: 3538, // two vCPUs on Lambda
  timeoutSeconds: 900, // Lambda's limit
  batchSize: 1,
  attempts: 3,
} as const satisfies Stage;
