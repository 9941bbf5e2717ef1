import { Failure } from '../core/errors.ts';
import type { Bucket, ObjectRef } from '../core/keys.ts';
import type { QueueName } from '../core/messages.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Ports } from '../ports/ports.ts';
import type { Queue } from '../ports/queue.ts';
import type { Stage } from './stage.ts';

const readingJobs: ReadonlySet<keyof JobStore> = new Set(['get', 'list', 'running', 'files', 'file', 'stuck']);
/** Making and forgetting jobs is the API's: no stage may. */
const changingJobs: ReadonlySet<keyof JobStore> = new Set([
  'expect',
  'submit',
  'seal',
  'finishFile',
  'startPackaging',
  'complete',
  'fail',
  'cancel',
  'expire',
  'reopen',
  'resetFailed',
  'resume',
  'touch',
]);

/**
 * The ports as the stage's role on AWS sees them: what its descriptor does not declare throws `accessRefused`. Receiving
 * the stage's own messages is the runtime's work, so it gives them to the use case and not through these ports.
 */
export function restrict(stage: Stage, { objects, jobs, queue, clock }: Ports): Ports {
  const refuse = (access: string): never => {
    throw new Failure('accessRefused', [stage.name, access]);
  };
  return {
    objects: restrictObjects(stage, objects, refuse),
    jobs: restrictJobs(stage, jobs, refuse),
    queue: restrictQueue(stage, queue, refuse),
    clock,
  };
}

type Refuse = (access: string) => never;

function restrictObjects(stage: Stage, objects: ObjectStore, refuse: Refuse): ObjectStore {
  const allow = (buckets: readonly Bucket[] | undefined, bucket: Bucket, access: string) => {
    if (buckets?.includes(bucket) !== true) refuse(`${access} ${bucket}`);
  };
  const read = (bucket: Bucket) => allow(stage.reads, bucket, 'read');
  const write = (bucket: Bucket) => allow(stage.writes, bucket, 'write');
  const erase = (bucket: Bucket) => allow(stage.deletes, bucket, 'delete from');
  const open = objects.open?.bind(objects);
  return {
    async head(ref) {
      read(ref.bucket);
      return objects.head(ref);
    },
    async get(ref, range) {
      read(ref.bucket);
      return objects.get(ref, range);
    },
    ...(open !== undefined && {
      async open(ref: ObjectRef) {
        read(ref.bucket);
        return open(ref);
      },
    }),
    async put(ref, body, expected) {
      write(ref.bucket);
      return objects.put(ref, body, expected);
    },
    async compose(ref, parts) {
      write(ref.bucket);
      for (const part of parts) if ('from' in part) read(part.from.bucket);
      return objects.compose(ref, parts);
    },
    async list(bucket, prefix, page) {
      read(bucket);
      return objects.list(bucket, prefix, page);
    },
    async remove(ref) {
      erase(ref.bucket);
      return objects.remove(ref);
    },
    async removeAll(bucket, prefix) {
      erase(bucket);
      return objects.removeAll(bucket, prefix);
    },
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
}

/** Every method of the job table goes through one of the two lists, so that a new one is refused until it is in one. */
function restrictJobs(stage: Stage, jobs: JobStore, refuse: Refuse): JobStore {
  return new Proxy(jobs, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof name === 'symbol' || typeof method !== 'function') return method;
      const allowed =
        readingJobs.has(name as keyof JobStore) ||
        (stage.jobs === 'update' && changingJobs.has(name as keyof JobStore));
      return allowed ? method.bind(target) : async () => refuse(`${name} jobs`);
    },
  });
}

function restrictQueue(stage: Stage, queue: Queue, refuse: Refuse): Queue {
  const drain = (name: QueueName) => {
    if (stage.drains?.includes(name) !== true) refuse(`drain the dead letters of ${name}`);
  };
  return {
    async send(name, bodies, options) {
      if (!stage.sends.includes(name)) refuse(`send to ${name}`);
      return queue.send(name, bodies, options);
    },
    receive: async (name) => refuse(`receive from ${name}`),
    acknowledge: async (name) => refuse(`acknowledge in ${name}`),
    hide: async (name) => refuse(`hide in ${name}`),
    async receiveDead(name, options) {
      drain(name);
      return queue.receiveDead(name, options);
    },
    async acknowledgeDead(name, receipts) {
      drain(name);
      return queue.acknowledgeDead(name, receipts);
    },
    async depth(name) {
      drain(name);
      return queue.depth(name);
    },
    [Symbol.asyncDispose]: () => queue[Symbol.asyncDispose](),
  };
}
