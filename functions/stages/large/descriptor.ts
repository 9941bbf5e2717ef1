import type { Access } from '../access.ts';
import { predict } from '../predict/descriptor.ts';
import type { QueueStage } from '../stage.ts';

/**
 * The work of predict on a machine of its own, which ends by itself: for images that take a function too long, or more
 * memory than it has. No function: `labdeploy worker` is what runs it.
 */
export const large = {
  name: 'large',
  trigger: { queue: 'large', batchSize: 1, attempts: 10 }, // a machine that is taken away costs a delivery
  reads: predict.reads,
  lists: predict.lists,
  writes: ['results'],
  deletes: predict.deletes,
  jobs: predict.jobs,
  spending: ['add', 'spent'],
  sends: ['zips'],
  fleet: 'sends', // its own message again, when the machine goes or is too small
  memoryMb: 122_880, // the most that Fargate gives
  timeoutSeconds: 11 * 3600, // SQS takes back what was received 12 hours before
} as const satisfies QueueStage;

/** What such a machine may touch beside that, where it trains models too. */
const training = {
  reads: ['datasets'],
  lists: ['datasets'], // what is missing of it
  writes: ['datasets', 'inputs'], // report and model that was better; the package on its way to the registry
  deletes: ['datasets'], // what a data set had that is gone
  models: ['add'],
  dataSets: ['get', 'change'],
} as const satisfies Partial<Access>;

/** The same on a stack that teaches. */
const teaching = {
  ...large,
  reads: [...large.reads, ...training.reads],
  lists: [...large.lists, ...training.lists],
  writes: [...large.writes, ...training.writes],
  deletes: [...large.deletes, ...training.deletes],
  models: training.models,
  dataSets: training.dataSets,
} as const satisfies QueueStage;

/** What a machine is: `teaches`, where it trains models too. */
export const machineStage = (teaches: boolean): typeof large | typeof teaching => (teaches ? teaching : large);

/** A message stays hidden for so long, and longer while the machine that has it says so: one that died gives it back soon. */
export const visibilitySeconds = 300;
