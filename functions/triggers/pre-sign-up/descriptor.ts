import type { Runnable } from '../../stages/access.ts';

/** Cognito asks it before a user makes an account; it touches nothing. */
export const preSignUp = {
  name: 'pre-sign-up',
  reads: [],
  lists: [],
  writes: [],
  jobs: [],
  sends: [],
  memoryMb: 128,
  timeoutSeconds: 5, // Cognito waits no longer
} as const satisfies Runnable;
