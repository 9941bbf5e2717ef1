import type { QueueName } from '../core/messages.ts';
import type { LoadableStage } from './handler.ts';
import { large } from './large/descriptor.ts';
import { notify } from './notify/descriptor.ts';
import { predict } from './predict/descriptor.ts';
import { isFed } from './stage.ts';
import { sweep } from './sweep/descriptor.ts';
import { unzip } from './unzip/descriptor.ts';
import { zip } from './zip/descriptor.ts';

/**
 * The stages of the pipeline. Resources and permissions, the names and entries of functions, the cost model, the local
 * runtime and the page of permissions follow from this list.
 */
export const stages = [
  { ...unzip, load: () => import('./unzip/handler.ts') },
  { ...predict, load: () => import('./predict/handler.ts') },
  { ...zip, load: () => import('./zip/handler.ts') },
  { ...notify, load: () => import('./notify/handler.ts') },
  { ...sweep, load: () => import('./sweep/handler.ts') },
] as const satisfies readonly LoadableStage[];

type FedQueue = Extract<(typeof stages)[number]['trigger'], { queue: QueueName }>['queue'];

/** Deliveries before a message of a queue is dead. Does not compile while a queue of core/messages feeds no stage. */
export const attempts: Readonly<Record<QueueName, number>> = Object.fromEntries(
  [...stages.filter(isFed), large].map(({ trigger }) => [trigger.queue, trigger.attempts]),
) as Record<FedQueue | typeof large.trigger.queue, number>;

/** Queues that every stack has: those of its functions. */
export const queueNames = stages.filter(isFed).map(({ trigger }) => trigger.queue) as readonly FedQueue[];
