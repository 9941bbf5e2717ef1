import { statfs } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/errors.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { MeasuredStorage, Shortage } from '../../ports/storage-quota.ts';
import type { LocalObjectStore } from './object-store.ts';
import { isPart } from './signed-access.ts';

export interface DiskQuotaOptions {
  /** On the disk that counts. */
  folder: string;
  store: Pick<LocalObjectStore, 'head' | 'storedBytes'>;
  /** Bytes that objects may use together; absent: as the disk allows. Results come on top of what is let in. */
  budget?: number;
  /** Bytes of the disk that nothing is begun in, so that what runs can end and the job table can be written. */
  keepFree: number;
  clock: Clock;
}

export interface DiskQuota extends MeasuredStorage {
  /** The same objects; writing one is refused with `noSpace` when the disk is down to `keepFree`. What arrives is reserved no more. */
  aboveFloor(objects: ObjectStore): ObjectStore;
  /** The same for those who upload: also when the budget is used up. */
  withinBudget(objects: ObjectStore): ObjectStore;
  /** Resolves when the disk is above its floor, or the signal is aborted. `low`: called once when it has to wait. */
  wait(signal: AbortSignal, low: (error: Failure) => void): Promise<void>;
}

const lookAgainMs = 250;

export function diskQuota({ folder, store, budget, keepFree, clock }: DiskQuotaOptions): DiskQuota {
  const reservations = new Map<string, { bytes: number; until: number }>();
  const nameOf = ({ bucket, key }: ObjectRef) => `${bucket} ${key}`;
  /** Bytes of the disk that may be used, by everybody; below 0 when others use more. Looked up now and then, not at every upload. */
  let looked: { at: number; free: Promise<number> } | undefined;
  const free = (): Promise<number> => {
    if (looked === undefined || performance.now() - looked.at > lookAgainMs) {
      const free = statfs(folder).then(({ bavail, bsize }) => bavail * bsize - keepFree);
      looked = { at: performance.now(), free };
    }
    return looked.free;
  };
  const full = () =>
    new Failure('noSpace', { where: `the disk of ${folder}, but for its last ${formatBytes(keepFree)},` });

  /** What is there needs no reservation any more. */
  const arrived = <T>(ref: ObjectRef, stored: T): T => {
    reservations.delete(nameOf(ref));
    return stored;
  };

  const reservedBytes = (): number => {
    let bytes = 0;
    for (const [name, { bytes: more, until }] of reservations) {
      if (until <= clock.now()) reservations.delete(name);
      else bytes += more;
    }
    return bytes;
  };

  const shortage = async (more: number): Promise<Shortage | undefined> => {
    const used = store.storedBytes();
    const reserved = reservedBytes();
    if (budget !== undefined && used + reserved + more > budget) return { of: 'budget', used, reserved, limit: budget };
    const left = await free();
    return reserved + more > left ? { of: 'disk', used, reserved, limit: Math.max(0, used + left) } : undefined;
  };

  const notStored = async <T extends { ref: ObjectRef }>(wanted: readonly T[]): Promise<T[]> => {
    const stored = await Promise.all(wanted.map(({ ref }) => store.head(ref)));
    return wanted.filter((_, i) => stored[i] === undefined);
  };

  return {
    async reserve(wanted, seconds) {
      const missing = await notStored(wanted);
      const before = missing.map(({ ref }) => [nameOf(ref), reservations.get(nameOf(ref))] as const);
      for (const [name] of before) reservations.delete(name); // signed again: not counted twice
      const bytes = missing.reduce((sum, each) => sum + each.bytes, 0);
      const short = bytes === 0 ? undefined : await shortage(bytes);
      if (short === undefined) {
        for (const { ref, bytes } of missing)
          reservations.set(nameOf(ref), { bytes, until: clock.now() + seconds * 1000 });
      } else {
        for (const [name, old] of before) if (old !== undefined) reservations.set(name, old);
      }
      return short;
    },

    use: async () => ({
      used: store.storedBytes(),
      reserved: reservedBytes(),
      free: Math.max(0, await free()),
      ...(budget !== undefined && { budget }),
    }),

    release(refs) {
      for (const ref of refs) reservations.delete(nameOf(ref));
    },

    aboveFloor: (objects) => ({
      ...objects,
      async put(ref, body, conditions) {
        if ((await free()) < (conditions?.bytes ?? 0)) throw full();
        return arrived(ref, await objects.put(ref, body, conditions));
      },
      async compose(ref, parts) {
        if ((await free()) < 0) throw full();
        return arrived(ref, await objects.compose(ref, parts));
      },
    }),

    withinBudget: (objects) => ({
      ...objects,
      async put(ref, body, conditions) {
        const bytes = conditions?.bytes ?? 0;
        if (budget !== undefined && !isPart(ref) && store.storedBytes() + bytes > budget)
          throw new Failure('noSpace', { where: `the disk budget of ${formatBytes(budget)}` });
        return arrived(ref, await objects.put(ref, body, conditions));
      },
      async compose(ref, parts) {
        return arrived(ref, await objects.compose(ref, parts));
      },
    }),

    async wait(signal, low) {
      for (let reported = false; !signal.aborted && (await free()) < 0; reported = true) {
        if (!reported) low(full());
        await sleep(lookAgainMs, undefined, { signal }).catch(() => {}); // aborted: the loop sees it
      }
    },
  };
}
