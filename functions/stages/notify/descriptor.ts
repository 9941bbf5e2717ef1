import type { QueueStage } from '../stage.ts';

export const notify = {
  name: 'notify',
  trigger: {
    queue: 'notices',
    batchSize: 1,
    attempts: 10, // half an hour: a mail server that is restarted loses nothing
  },
  reads: ['results'], // the manifest says how many objects there are
  lists: ['results'], // its tables may be deleted already
  writes: [],
  jobs: ['get'],
  sends: ['notices'], // one message a channel, where there are several
  notifies: true,
  memoryMb: 256,
  timeoutSeconds: 30,
  concurrency: 2, // so that one slow server does not keep the other
} as const satisfies QueueStage;
