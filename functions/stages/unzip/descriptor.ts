import { megabytesPerProcessor } from '../../stack/lambda-facts.ts';
import type { QueueStage } from '../stage.ts';

export const unzip = {
  name: 'unzip',
  trigger: { queue: 'unzip', batchSize: 1, attempts: 5 },
  reads: ['uploads', 'inputs'], // inputs: those of another job, and a second delivery does not write what is there
  lists: ['uploads', 'inputs'], // uploads: a zip that is missing fails its job
  writes: ['inputs'],
  jobs: ['get', 'files', 'expect', 'seal', 'submit', 'finishFile', 'startPackaging', 'fail'],
  sends: ['zips', 'notices'], // zips: the last file may be done before the manifest is sealed; notices: a zip that cannot be unpacked
  memoryMb: megabytesPerProcessor,
  timeoutSeconds: 900,
} as const satisfies QueueStage;
