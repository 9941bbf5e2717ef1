import type { Bucket } from './keys.ts';
import type { QueueName } from './messages.ts';

/*
 * How a function on AWS learns where things are: infra sets these variables from the stage's descriptor, runtime/lambda
 * reads them. A function has only those of what its descriptor declares.
 */

export const bucketVariable = (bucket: Bucket): string => `LABDEPLOY_BUCKET_${bucket.toUpperCase()}`;
export const tableVariable = 'LABDEPLOY_TABLE';
/** URL of the queue. */
export const queueVariable = (queue: QueueName): string => `LABDEPLOY_QUEUE_${queue.toUpperCase()}`;
/** URL of the queue's dead letters. */
export const deadLettersVariable = (queue: QueueName): string => `LABDEPLOY_DEAD_LETTERS_${queue.toUpperCase()}`;
/** JSON: what the API must know of its stack (issuer, clients, page, plans). */
export const apiVariable = 'LABDEPLOY_API';
