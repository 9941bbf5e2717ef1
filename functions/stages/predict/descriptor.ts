import type { Stage } from '../stage.ts';

export const predict = {
  name: 'predict',
  queue: 'files',
  announced: 'inputs',
  reads: ['inputs', 'results'],
  lists: ['inputs', 'results'], // an image that is missing fails its file; a result that is missing is made
  writes: ['results'],
  deletes: ['results'], // what it kept of an image that took it several rounds
  jobs: ['get', 'file', 'finishFile', 'startPackaging', 'touch'],
  sends: ['zips', 'files'], // files: its own message again, before the time is up
  memoryMb: 3538, // two vCPUs on Lambda
  timeoutSeconds: 900, // Lambda's limit
  batchSize: 1,
  attempts: 3,
} as const satisfies Stage;
