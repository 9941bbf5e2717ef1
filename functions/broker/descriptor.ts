import type { Runnable } from '../stages/access.ts';

/** The issuer of the lab's own between the Cognito pool and institutions that do not fit it. Only where a stack has such. */
export const broker = {
  name: 'broker',
  reads: [],
  lists: [],
  writes: [],
  jobs: [],
  sends: [],
  brokers: ['put', 'take'],
  memoryMb: 512, // with a processor that loads it in half a second
  timeoutSeconds: 29, // the HTTP API waits for 30
} as const satisfies Runnable;
