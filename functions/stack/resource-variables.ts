import type { QueueName } from '../core/messages.ts';
import type { Bucket } from '../core/object-keys.ts';

/*
 * How a function on AWS learns the names of resources: infra sets these variables from the stage's descriptor, runtime/lambda
 * reads them. A function has only those of what its descriptor declares.
 */

export const bucketVariable = (bucket: Bucket): string => `LABDEPLOY_BUCKET_${bucket.toUpperCase()}`;
export const tableVariable = 'LABDEPLOY_TABLE';
/** URL of the queue. */
export const queueVariable = (queue: QueueName): string => `LABDEPLOY_QUEUE_${queue.toUpperCase()}`;
/** URL of the queue's dead letters. */
export const deadLettersVariable = (queue: QueueName): string => `LABDEPLOY_DEAD_LETTERS_${queue.toUpperCase()}`;
/** JSON of core/api-environment's `apiEnvironment`. */
export const apiVariable = 'LABDEPLOY_API';
/** JSON of core/sign-up-environment's `signUpEnvironment`. */
export const signUpVariable = 'LABDEPLOY_SIGN_UP';
/** Days after which a job that ended is forgotten, with its images and results (the buckets' lifecycle rules agree). */
export const retentionVariable = 'LABDEPLOY_RETENTION_DAYS';
/** JSON of stack/fleet-environment's `fleetEnvironment`; absent where a stack has no machines. */
export const fleetVariable = 'LABDEPLOY_FLEET';
/** JSON of stack/endpoint-environment's `endpointEnvironment`; absent where a stack has no endpoint. */
export const endpointVariable = 'LABDEPLOY_ENDPOINT';
/** JSON of stack/builds-environment's `buildsEnvironment`; absent where a stack builds no images. */
export const buildsVariable = 'LABDEPLOY_BUILDS';
/** JSON of stack/members-environment's `membersEnvironment`. */
export const membersVariable = 'LABDEPLOY_MEMBERS';
/** JSON of core/notify-environment's `notifyEnvironment`. */
export const notifyVariable = 'LABDEPLOY_NOTIFY';
/** JSON of stack/sign-in-broker's `brokerEnvironment`. */
export const brokerVariable = 'LABDEPLOY_BROKER';
