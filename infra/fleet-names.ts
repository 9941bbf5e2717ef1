import type { FleetEnvironment } from '../functions/stack/fleet-environment.ts';
import { large, visibilitySeconds } from '../functions/stages/large/descriptor.ts';
import { WorkQueue } from './components/work-queue.ts';
import { machinePrices } from './machine-prices.ts';
import type { PartArgs } from './part-args.ts';
import type { StackContext } from './stack-context.ts';

/** What starts machines for large images, known before they are there, so that roles can name it. */
export interface FleetNames {
  /** ARN. */
  jobQueue: string;
  /** ARN without its revision. */
  jobDefinition: string;
  logGroup: string;
  environment: FleetEnvironment;
}

const part = large.trigger.queue;

/** Undefined where a stack has no machines. */
export function fleetNames({ config, name, arn, region }: StackContext): FleetNames | undefined {
  if (config.large === 'off') return undefined;
  const jobQueue = arn('batch', `job-queue/${name(part, 'jobQueue')}`);
  const jobDefinition = arn('batch', `job-definition/${name(part, 'jobDefinition')}`);
  return {
    ...{ jobQueue, jobDefinition },
    logGroup: `/aws/batch/${name(part, 'jobQueue')}`,
    environment: {
      jobQueue,
      jobDefinition: name(part, 'jobDefinition'), // its newest revision
      most: config.largeMachines,
      monthlyLimit: config.largeMonthlyLimit,
      prices: machinePrices(region),
    },
  };
}

/** The queue of images that are too large for a function, where there are machines for them. */
export function makeFleetQueue({ name, context, childOpts }: PartArgs): { large?: WorkQueue } {
  if (context.config.large === 'off') return {};
  const { attempts } = large.trigger;
  return { large: new WorkQueue(`${name}-queue-${part}`, { context, part, attempts, visibilitySeconds }, childOpts) };
}
