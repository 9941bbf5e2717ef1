import { Failure } from '../core/errors.ts';
import type { QueueName } from '../core/messages.ts';
import type { Bucket, ObjectRef } from '../core/object-keys.ts';
import type { Notices } from '../ports/notifier.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { PeoplePorts, Ports } from '../ports/ports.ts';
import type { Queue } from '../ports/queue.ts';
import type { Access, Runnable } from '../stages/access.ts';

/**
 * The ports as the stage's role on AWS sees them: what its descriptor does not declare throws `accessRefused`. Receiving
 * the stage's own messages is the runtime's work, so it gives them to the use case and not through these ports.
 */
export function restrict(stage: Runnable, { objects, jobs, queue, clock, ...more }: Ports): Ports {
  const { models, figures, dataSets, people, members, notices, fleet, builds, archiving, awaiting } = more;
  const refuse = (access: string): never => {
    throw new Failure('accessRefused', { stage: stage.name, access });
  };
  return {
    objects: restrictObjects(stage, objects, refuse),
    jobs: restrictStore(jobs, stage.jobs, (name) => refuse(`${name} jobs`)),
    queue: restrictQueue(stage, queue, refuse),
    clock,
    ...(fleet !== undefined && stage.fleet !== undefined && { fleet }),
    ...(builds !== undefined && stage.builds === 'follows' && { builds }),
    ...(models !== undefined && {
      models: restrictStore(models, stage.models ?? [], (name) => refuse(`${name} models`)),
    }),
    ...(people !== undefined && { people: restrictPeople(stage, people, refuse) }),
    ...(figures !== undefined && {
      figures: restrictStore(figures, stage.figures ?? [], (name) => refuse(`${name} figures`)),
    }),
    ...(dataSets !== undefined && {
      dataSets: restrictStore(dataSets, stage.dataSets ?? [], (name) => refuse(`${name} data sets`)),
    }),
    ...(archiving && { archiving }),
    ...(awaiting && { awaiting }),
    ...(members !== undefined && {
      members: restrictStore(members, stage.members ?? [], (name) => refuse(`${name} of members`)),
    }),
    ...(notices !== undefined && { notices: stage.notifies === true ? notices : refuseNotices(notices, refuse) }),
  };
}

type Refuse = (access: string) => never;

const restrictPeople = (stage: Access, { pictures, agreements, bases }: PeoplePorts, refuse: Refuse): PeoplePorts => ({
  pictures: restrictStore(pictures, stage.pictures ?? [], (name) => refuse(`${name} pictures`)),
  agreements: restrictStore(agreements, stage.agreements ?? [], (name) => refuse(`${name} agreements`)),
  bases: restrictStore(bases, stage.bases ?? [], (name) => refuse(`${name} base resources`)),
});

function refuseNotices({ channels, page }: Notices, refuse: Refuse): Notices {
  const silent = { send: async () => refuse('send notices') };
  return {
    channels: Object.fromEntries(Object.keys(channels).map((name) => [name, silent])),
    addresses: { find: async () => refuse('look up addresses') },
    page,
  };
}

function restrictObjects(stage: Access, objects: ObjectStore, refuse: Refuse): ObjectStore {
  const allow = (buckets: readonly Bucket[] | undefined, bucket: Bucket, access: string) => {
    if (buckets?.includes(bucket) !== true) refuse(`${access} ${bucket}`);
  };
  const read = (bucket: Bucket) => allow(stage.reads, bucket, 'read');
  const list = (bucket: Bucket) => allow(stage.lists, bucket, 'list');
  const write = (bucket: Bucket) => allow(stage.writes, bucket, 'write');
  const erase = (bucket: Bucket) => allow(stage.deletes, bucket, 'delete from');
  /** S3 answers that an object is missing only to those who may list; to others that they may not read it. */
  const found = async <T>(buckets: Iterable<Bucket>, answer: Promise<T>): Promise<T> => {
    const missing = () => {
      for (const bucket of buckets) allow(stage.lists, bucket, 'learn what is missing in');
    };
    const value = await answer.catch((error: unknown) => {
      if (error instanceof Failure && error.code === 'objectMissing') missing();
      throw error;
    });
    if (value === undefined) missing();
    return value;
  };
  /** S3 may do it by way of other objects in that bucket. */
  const composeSeveral = (bucket: Bucket) => {
    if (stage.reads.includes(bucket) && stage.deletes?.includes(bucket) === true) return;
    allow(stage.composes, bucket, 'compose of several ranges in');
  };
  const open = objects.open?.bind(objects);
  const { copiesFrom, coldStorage } = objects;
  const freeze = <T extends unknown[], R>(move: (ref: ObjectRef, ...rest: T) => Promise<R>) => {
    return async (ref: ObjectRef, ...rest: T): Promise<R> => {
      allow(stage.freezes, ref.bucket, 'freeze in');
      return found([ref.bucket], move(ref, ...rest));
    };
  };
  return {
    ...(copiesFrom !== undefined && { copiesFrom }),
    ...(coldStorage !== undefined && {
      coldStorage: {
        freeze: freeze(coldStorage.freeze),
        requestThaw: freeze(coldStorage.requestThaw),
        thaw: freeze(coldStorage.thaw),
      },
    }),
    async head(ref) {
      read(ref.bucket);
      return found([ref.bucket], objects.head(ref));
    },
    async get(ref, range) {
      read(ref.bucket);
      return found([ref.bucket], objects.get(ref, range));
    },
    ...(open !== undefined && {
      async open(ref: ObjectRef) {
        read(ref.bucket);
        return found([ref.bucket], open(ref));
      },
    }),
    async put(ref, body, expected) {
      write(ref.bucket);
      return objects.put(ref, body, expected);
    },
    async compose(ref, parts) {
      write(ref.bucket);
      const sources = new Set<Bucket>();
      const allowed = async function* () {
        let ranges = 0;
        for await (const part of parts) {
          if ('from' in part) {
            read(part.from.bucket);
            sources.add(part.from.bucket);
            if (++ranges > 1) composeSeveral(ref.bucket);
          }
          yield part;
        }
      };
      return found(sources, objects.compose(ref, allowed()));
    },
    async list(bucket, prefix, page) {
      list(bucket);
      return objects.list(bucket, prefix, page);
    },
    async remove(ref) {
      erase(ref.bucket);
      return objects.remove(ref);
    },
    async removeAll(bucket, prefix) {
      erase(bucket);
      list(bucket);
      return objects.removeAll(bucket, prefix);
    },
    [Symbol.asyncDispose]: () => objects[Symbol.asyncDispose](),
  };
}

/** A store in the table, whose methods are declared by name. */
function restrictStore<Store extends object>(
  store: Store,
  declared: readonly string[],
  refuse: (method: string) => never,
): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof name === 'symbol' || typeof method !== 'function') return method;
      return declared.includes(name) ? method.bind(target) : async () => refuse(name);
    },
  });
}

function restrictQueue(stage: Access, queue: Queue, refuse: Refuse): Queue {
  const drain = (name: QueueName) => {
    const isDrained = name === 'large' ? stage.fleet === 'drains' : stage.drains?.includes(name) === true;
    if (!isDrained) refuse(`drain the dead letters of ${name}`);
  };
  return {
    async send(name, bodies, options) {
      const isSent = stage.sends.includes(name) || (name === 'large' && stage.fleet === 'sends');
      if (!isSent) refuse(`send to ${name}`);
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
