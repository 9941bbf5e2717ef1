/** MB of a function's memory for which Lambda gives one vCPU. Source: AWS Lambda developer guide, configure function memory. */
export const megabytesPerProcessor = 1769;

/**
 * A message stays hidden for six times what its function may take, so that none is delivered again while it is worked on.
 * Source: AWS Lambda developer guide, using Lambda with Amazon SQS.
 */
export const visibilitySeconds = ({ timeoutSeconds }: { timeoutSeconds: number }): number => 6 * timeoutSeconds;
