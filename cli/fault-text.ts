/**
 * `Error: creating SQS Queue (x): operation error …, api error QueueNameExists: …`: only what says why. The engine's own
 * errors come with the whole command, the provider's below a line `1 error occurred:`.
 */
export const shorten = (message: string): string =>
  (
    /api error (.+)/s.exec(message)?.[1] ??
    /\* (.+)/s.exec(message)?.[1] ??
    /^\s*error: (.+)/m.exec(message)?.[1] ??
    message
  )
    .split('\n')[0]!
    .trim();

/** What the provider says of a request that a Ctrl-C cut off. */
export const isCancelled = (message: string): boolean => /context cancell?ed|request cancell?ed/i.test(message);
