import { megabytesPerProcessor } from '../../stack/lambda-facts.ts';
import type { QueueStage } from '../stage.ts';

export const zip = {
  name: 'zip',
  trigger: { queue: 'zips', batchSize: 1, attempts: 5 },
  reads: ['results'],
  lists: ['results'],
  writes: ['results', 'downloads'], // results: the tables of the job, and in measurements what all of its objects decide
  composes: ['downloads'],
  jobs: ['get', 'files', 'complete', 'fail'],
  sends: ['notices', 'cold'],
  memoryMb: megabytesPerProcessor,
  timeoutSeconds: 900,
} as const satisfies QueueStage;
