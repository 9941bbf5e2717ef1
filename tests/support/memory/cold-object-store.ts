import { Failure } from '../../../functions/core/errors.ts';
import type { ObjectRef } from '../../../functions/core/object-keys.ts';
import type { Clock } from '../../../functions/ports/clock.ts';
import type { Cold, ColdStorage } from '../../../functions/ports/cold-storage.ts';
import type { ObjectStore } from '../../../functions/ports/object-store.ts';
import { memoryObjectStore } from './object-store.ts';

export interface ColdObjectStore extends ObjectStore {
  coldStorage: ColdStorage;
  /** Objects that were asked for and are not there. */
  onTheirWay(): ObjectRef[];
  /** What was asked for is there. */
  arrive(ref: ObjectRef): void;
}

const dayMs = 24 * 3600 * 1000;

/** Objects in memory with cold storage that takes its time, as S3's; with `instant` it takes none. */
export function coldObjectStore(
  clock: Clock,
  { instant = false, hasCapacity = () => true }: { instant?: boolean; hasCapacity?: () => boolean } = {},
): ColdObjectStore {
  const store = memoryObjectStore(clock);
  const colds = new Map<string, { ref: ObjectRef; cold: Cold; days: number }>();
  const nameOf = ({ bucket, key }: ObjectRef) => `${bucket} ${key}`;
  const coldOf = (ref: ObjectRef): Cold | undefined => {
    const found = colds.get(nameOf(ref));
    if (found === undefined || typeof found.cold === 'string') return found?.cold;
    return found.cold.readableUntil > clock.now() ? found.cold : 'frozen';
  };
  const readable = (ref: ObjectRef) => {
    if (typeof coldOf(ref) === 'string') throw new Failure('objectFrozen', { key: ref.key });
  };
  const existing = async (ref: ObjectRef) => {
    if ((await store.head(ref)) === undefined) throw new Failure('objectMissing', { key: ref.key });
  };
  const forget = (ref: ObjectRef) => colds.delete(nameOf(ref));
  const arrive = (ref: ObjectRef) => {
    const found = colds.get(nameOf(ref));
    if (found?.cold === 'thawing') found.cold = { readableUntil: clock.now() + found.days * dayMs };
  };
  return {
    ...store,
    async head(ref) {
      const [head, cold] = [await store.head(ref), coldOf(ref)];
      return head && { ...head, ...(cold !== undefined && { cold }) };
    },
    async get(ref, range) {
      readable(ref);
      return store.get(ref, range);
    },
    async put(ref, body, conditions) {
      const head = await store.put(ref, body, conditions);
      forget(ref);
      return head;
    },
    async compose(ref, parts) {
      const checked = async function* () {
        for await (const part of parts) {
          if ('from' in part) readable(part.from);
          yield part;
        }
      };
      const head = await store.compose(ref, checked());
      forget(ref);
      return head;
    },
    async remove(ref) {
      await store.remove(ref);
      forget(ref);
    },
    async removeAll(bucket, prefix) {
      for (const { ref } of colds.values()) if (ref.bucket === bucket && ref.key.startsWith(prefix)) forget(ref);
      return store.removeAll(bucket, prefix);
    },
    onTheirWay: () => [...colds.values()].filter(({ cold }) => cold === 'thawing').map(({ ref }) => ref),
    arrive,
    coldStorage: {
      async freeze(ref) {
        await existing(ref);
        if (coldOf(ref) === undefined) colds.set(nameOf(ref), { ref, cold: 'frozen', days: 0 });
      },
      async requestThaw(ref, { tier, days }) {
        await existing(ref);
        const cold = coldOf(ref);
        if (cold === 'thawing') return 'running';
        if (cold !== 'frozen') return 'ready';
        if (tier === 'expedited' && !hasCapacity()) return 'noCapacity';
        colds.set(nameOf(ref), { ref, cold: 'thawing', days });
        if (instant) arrive(ref);
        return 'started';
      },
      async thaw(ref) {
        await existing(ref);
        readable(ref);
        forget(ref);
      },
    },
  };
}
