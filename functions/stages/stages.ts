import type { Feature } from '../core/features.ts';
import type { QueueName } from '../core/messages.ts';
import { answers } from './answers/descriptor.ts';
import { cold } from './cold/descriptor.ts';
import type { LoadableStage } from './handler.ts';
import { large } from './large/descriptor.ts';
import { notify } from './notify/descriptor.ts';
import { pictures } from './pictures/descriptor.ts';
import { predict } from './predict/descriptor.ts';
import { isFed, type Stage } from './stage.ts';
import { sweep } from './sweep/descriptor.ts';
import { teach } from './teach/descriptor.ts';
import { tidyPictures } from './tidy-pictures/descriptor.ts';
import { unzip } from './unzip/descriptor.ts';
import { zip } from './zip/descriptor.ts';

/**
 * The stages of the pipeline, those of features too. Resources and permissions, the names and entries of functions, the cost model, the local
 * runtime and the page of permissions follow from this list.
 */
export const stages = [
  { ...unzip, load: () => import('./unzip/handler.ts') },
  { ...predict, load: () => import('./predict/handler.ts') },
  { ...zip, load: () => import('./zip/handler.ts') },
  { ...notify, load: () => import('./notify/handler.ts') },
  { ...answers, load: () => import('./answers/handler.ts') },
  { ...cold, load: () => import('./cold/handler.ts') },
  { ...sweep, load: () => import('./sweep/handler.ts') },
  { ...pictures, load: () => import('./pictures/handler.ts') },
  { ...teach, load: () => import('./teach/handler.ts') },
  { ...tidyPictures, load: () => import('./tidy-pictures/handler.ts') },
] as const satisfies readonly LoadableStage[];

/** Those of these stages that run where these features are on. */
export const stagesWith = <S extends Stage>(on: ReadonlySet<Feature>, from: readonly S[]): readonly S[] =>
  from.filter(({ feature }) => feature === undefined || on.has(feature));

type FedQueue = Extract<(typeof stages)[number]['trigger'], { queue: QueueName }>['queue'];

/** Deliveries before a message of a queue is dead. Does not compile while a queue of core/messages feeds no stage. */
export const attempts: Readonly<Record<QueueName, number>> = Object.fromEntries(
  [...stages.filter(isFed), large].map(({ trigger }) => [trigger.queue, trigger.attempts]),
) as Record<FedQueue | typeof large.trigger.queue, number>;

/** Queues of functions; those of core/messages' featureOfQueue only where the feature is on. */
export const queueNames = stages.filter(isFed).map(({ trigger }) => trigger.queue) as readonly FedQueue[];
