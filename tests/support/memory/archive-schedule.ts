import fc from 'fast-check';
import type { Job } from '../../../functions/core/job.ts';
import { storageOf } from '../../../functions/core/storage-steps.ts';
import { ArchiveWorld } from './archive-world.ts';

/** Each byte is one step. */
const steps = fc.uint8Array({ minLength: 20, maxLength: 140, size: 'max' });
const pauses = [1, 60, 240, 301, 400, 901, 1300, 2000, 7 * 3600, 26 * 3600, 4 * 24 * 3600, 7 * 24 * 3600];

const goOn = (world: ArchiveWorld, who: number) => world.resume(who);

/** What happens, by the lower four bits of a step, to whom the upper four say. */
const actions: readonly ((world: ArchiveWorld, who: number) => Promise<void> | void)[] = [
  ...Array.from({ length: 7 }, () => goOn),
  (world, who) => (who < 10 ? world.kill(who) : world.resume(who)),
  (world) => world.start('cold'),
  (world) => world.start('cold'),
  (world, who) => world.start(who < 8 ? 'upgrade' : 'downgrade'),
  (world, who) => world.start(who < 6 ? 'ask' : 'sweep'),
  (world) => world.arrive(),
  (world, who) => world.start(who < 6 ? 'retry' : who < 11 ? 'predict' : 'zip'),
  (world, who) => (who === 0 ? world.start('remove') : world.resume(who)),
  (world, who) => world.advance(pauses[who % pauses.length]!),
];

export interface Seen {
  archived: number;
  live: number;
  /** By whoever owns it. */
  deleted: number;
  /** Its days in the archive were over. */
  expired: number;
  retried: number;
}

function endOf(job: Job): 'live' | 'archived' | 'expired' {
  const { state } = storageOf(job);
  if (state === 'deleted') return 'expired';
  return state === 'live' ? 'live' : 'archived';
}

const plan = fc.constantFrom('free' as const, 'free' as const, 'premium' as const);

const property = (ended: (world: ArchiveWorld) => Promise<void>) =>
  fc.asyncProperty(plan, steps, fc.nat(), async (first, schedule, seed) => {
    const world = new ArchiveWorld(first, seed);
    await world.create();
    for (const step of schedule) await actions[step % 16]!(world, step >> 4);
    await world.settle();
    await world.checkEnd();
    await ended(world);
  });

/** Throws with a schedule after which what must hold does not. */
export async function checkSchedules(numRuns: number): Promise<Seen> {
  const seen: Seen = { archived: 0, live: 0, deleted: 0, expired: 0, retried: 0 };
  const count = async (world: ArchiveWorld) => {
    const job = await world.job();
    if (job === undefined) seen.deleted++;
    else seen[endOf(job)]++;
    if (world.retried > 0) seen.retried++;
  };
  await fc.assert(property(count), { numRuns });
  return seen;
}

/** The first of so many schedules after which what must hold does not: how many it took, and what does not hold. */
export async function brokenSchedule(
  numRuns: number,
  seed: number,
): Promise<{ schedules: number; why: string } | undefined> {
  const details = await fc.check(
    property(async () => {}),
    { numRuns, seed, endOnFailure: true },
  );
  if (!details.failed) return undefined;
  return { schedules: details.numRuns, why: String(details.errorInstance) };
}
