import type { Runnable } from '../../stages/access.ts';

/** Cognito asks it before a user makes an account. It touches the people of institutions only, where a stack has such. */
export const preSignUp = {
  name: 'pre-sign-up',
  reads: [],
  lists: [],
  writes: [],
  jobs: [],
  sends: [],
  federates: true,
  memoryMb: 512, // with a processor that loads the client of Cognito in a second
  timeoutSeconds: 5, // Cognito waits no longer
} as const satisfies Runnable;
