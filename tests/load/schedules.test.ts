import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Job } from '../../functions/core/job.ts';
import { isTerminal } from '../../functions/core/transitions.ts';
import { behaviours, World } from '../support/memory/world.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

const schedules = 10_000;

const folder = fc.record({
  way: fc.constantFrom('files' as const, 'zip' as const),
  files: fc.array(fc.constantFrom(...behaviours), { maxLength: 4 }),
});
/** Each byte is one step. */
const steps = fc.uint8Array({ minLength: 10, maxLength: 80, size: 'max' });

const pauses = [1, 40, 70, 400, 2000, 7 * 3600, 26 * 3600, 8 * 24 * 3600];
const goOn = (world: World, who: number) => (world.blocked > 0 ? world.resume(who) : undefined);

/** What happens, by the lower four bits of a step, to whom the upper four say. */
const actions: readonly ((world: World, who: number) => Promise<void> | undefined | void)[] = [
  ...Array.from({ length: 8 }, () => goOn),
  (world, who) => (who % 2 === 0 ? world.kill(who >> 1) : world.freeze(who >> 1)),
  (world) => world.start('client'),
  (world) => world.start('unzip'),
  (world) => world.start('predict'),
  (world) => world.start('predict'),
  (world, who) => world.start(who < 12 ? 'zip' : 'notify'),
  (world, who) => world.start(who === 0 ? 'cancel' : who < 8 ? 'retry' : 'sweep'),
  (world, who) => world.clock.advance(pauses[Math.min(who >> 1, who % 8)]!),
];

async function run(world: World, schedule: Uint8Array): Promise<void> {
  for (const step of schedule) await actions[step % 16]!(world, step >> 4);
}

/** Throws where the owner of a cancelled job was notified, or of another was not. */
function isNotified({ notified, crashes }: World, job: Job): boolean {
  const isSent = notified.has(`${job.generation}.${job.state}`);
  // Sweep notifies ahead of an end that it makes itself: a process that dies there after a minute's sleep has sent nothing.
  const excused = crashes > 0 && (job.state === 'expired' || !job.sealed);
  if (job.state === 'cancelled' ? isSent : !isSent && !excused)
    throw new Error(`notified: ${isSent}: ${JSON.stringify(job)}`);
  return isSent;
}

describe('a job under any schedule', () => {
  it(`never completes falsely or twice, always ends and says so, over ${schedules} schedules with crashes`, async () => {
    const seen = { completed: 0, partly: 0, failed: 0, cancelled: 0, expired: 0, notified: 0, retries: 0, crashes: 0 };
    const property = fc.asyncProperty(folder, fc.tuple(steps, steps), fc.nat(), async (what, [first, second], seed) => {
      const world = new World(what, seed);
      await world.create();
      await world.start('client');
      await run(world, first);
      // Once more from the job as it was left: running, or ended and worth a retry.
      if (seed % 4 > 0) await world.settle();
      await world.start('retry');
      await run(world, second.subarray(0, second.length >> 1));
      world.thaw();
      await run(world, second.subarray(second.length >> 1));
      world.thaw();
      const job = await world.settle();
      if (!isTerminal(job)) throw new Error(`missing: the job never ends: ${JSON.stringify(job)}`);
      if (isNotified(world, job)) seen.notified++;
      seen[job.state as 'completed']++;
      if (job.state === 'completed' && job.failed > 0) seen.partly++;
      seen.retries += world.retries;
      seen.crashes += world.crashes;
    });
    await fc.assert(property, { numRuns: schedules });
    // The schedules reach every end often, or they would show nothing.
    for (const [what, times] of Object.entries(seen))
      expect({ what, often: times > 100 }).toEqual({ what, often: true });
  });
});
