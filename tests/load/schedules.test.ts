import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { isTerminal } from '../../functions/core/transitions.ts';
import { behaviours, World } from '../support/memory/world.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

const schedules = 10_000;

const folder = fc.record({
  way: fc.constantFrom('files' as const, 'zip' as const),
  files: fc.array(fc.constantFrom(...behaviours), { maxLength: 4 }),
});
/** Each byte is one step: what happens, and to whom. */
const steps = fc.uint8Array({ minLength: 10, maxLength: 80, size: 'max' });

async function run(world: World, schedule: Uint8Array): Promise<void> {
  const pauses = [1, 40, 70, 400, 2000, 7 * 3600, 26 * 3600, 8 * 24 * 3600];
  for (const step of schedule) {
    const what = step % 16;
    const who = step >> 4;
    if (what < 8 && world.blocked > 0) await world.resume(who);
    else if (what === 8) who % 2 === 0 ? world.kill(who >> 1) : world.freeze(who >> 1);
    else if (what === 9) await world.start('client');
    else if (what === 10) await world.start('unzip');
    else if (what === 11 || what === 12) await world.start('predict');
    else if (what === 13) await world.start(who < 12 ? 'zip' : 'notify');
    else if (what === 14) await world.start(who === 0 ? 'cancel' : who < 8 ? 'retry' : 'sweep');
    else if (what === 15) world.clock.advance(pauses[Math.min(who >> 1, who % 8)]!);
  }
}

describe('a job under any schedule', () => {
  it(`never completes falsely or twice, always ends and tells it, over ${schedules} schedules with crashes`, async () => {
    const seen = { completed: 0, partly: 0, failed: 0, cancelled: 0, expired: 0, told: 0, retries: 0, crashes: 0 };
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
      const told = world.notified.has(`${job.generation}.${job.state}`);
      // Sweep tells ahead of an end that it makes itself; who dies there after a minute's sleep has told nobody.
      const excused = world.crashes > 0 && (job.state === 'expired' || !job.sealed);
      if (job.state === 'cancelled' ? told : !told && !excused)
        throw new Error(`told: ${told}: ${JSON.stringify(job)}`);
      if (told) seen.told++;
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
