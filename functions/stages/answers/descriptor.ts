import type { QueueStage } from '../stage.ts';

/** Takes what an endpoint answers to the image that asked, which goes on then. */
export const answers = {
  name: 'answers',
  feature: 'endpoint',
  trigger: { queue: 'answers', batchSize: 10, attempts: 10 },
  reads: ['results'],
  lists: ['results'], // an answer is of an image that has ended, or was taken before
  writes: ['results'],
  deletes: ['results'],
  jobs: [],
  sends: ['files'],
  memoryMb: 256,
  timeoutSeconds: 60,
} as const satisfies QueueStage;
