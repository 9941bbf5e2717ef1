import { expect, it } from '@jest/globals';
import { downloadRef, type JobRef, jobPrefix } from '../../functions/core/object-keys.ts';
import { archivingPlans, type Plan } from '../../functions/core/plans.ts';
import { isLive } from '../../functions/core/storage-steps.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import { handler } from '../../functions/stages/cold/handler.ts';
import { atCall } from '../support/at-call.ts';
import { attemptsOf } from '../support/attempts.ts';
import { bytesOf } from '../support/bytes.ts';
import { completeJob } from '../support/completed-job.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { memoryQueue } from '../support/memory/queue.ts';

/** The stage over the stores of an adapter, with a plan that tests change. */
export function archivingWorld({ objects, jobs }: Pick<Ports, 'objects' | 'jobs'>, clock: ManualClock) {
  const queue = memoryQueue(clock, attemptsOf(5));
  const plan: { now: Plan } = { now: archivingPlans.free };
  const members = { planOf: async () => plan.now };
  const ports = { objects, jobs, queue, clock, members, archiving: true as const };
  return {
    ...{ ports, plan, clock },
    /** Handles what is visible; returns what came of it. `through`: the ports as its handler sees them. */
    async deliver(through: (given: Ports) => Ports = (given) => given): Promise<unknown[]> {
      const done: unknown[] = [];
      for (;;) {
        const [message] = await queue.receive('cold', { max: 1, visibilitySeconds: 60 });
        if (message === undefined) return done;
        done.push(await handler.handle(message.body, restrict(handler.stage, through(ports))));
        await queue.acknowledge('cold', [message.receipt]);
      }
    },
    /** Names and bytes of what can be downloaded of a job. */
    async stored(job: JobRef): Promise<[string, Buffer][]> {
      const found: [string, Buffer][] = [];
      for (const bucket of ['results', 'downloads'] as const)
        for await (const { key } of allObjects(objects, bucket, jobPrefix(job)))
          found.push([key, await bytesOf(await objects.get({ bucket, key }))]);
      return found;
    },
  };
}

export interface ArchivingWorld extends ReturnType<typeof archivingWorld>, AsyncDisposable {
  /** What was asked for is there: what the adapter does and says then. */
  arrive(key: string): Promise<void>;
}

/** What the stores of an adapter must give together. */
export const archivedJobContract = (open: () => Promise<ArchivingWorld>) =>
  it('is kept or comes back whole when its owner pays in the fifth minute, whichever calls of archiving that falls between', async () => {
    await using world = await open();
    const { ports, plan, deliver, stored, arrive, clock } = world;
    const { jobs, queue } = ports;
    /** The plan changes before a call of the process that archives. Returns how many calls there are. */
    const upgradeAt = async (call: number): Promise<number> => {
      const job = { owner: `olga-${call}`, id: 'job1' };
      plan.now = archivingPlans.free;
      await completeJob(job, [{ path: 'a.tif', bytes: 500 }], ports);
      const before = await stored(job);
      await deliver(); // it becomes due
      clock.advance(300);
      const upgrade = async () => {
        plan.now = archivingPlans.premium;
        await queue.send('cold', [{ kind: 'restoreAll', owner: job.owner }]);
        await deliver();
      };
      const counter = atCall(call, upgrade);
      await deliver((given) => ({
        ...given,
        objects: { ...counter.of(given.objects), coldStorage: counter.of(given.objects.coldStorage!) },
        jobs: counter.of(given.jobs),
        members: counter.of(given.members!),
      }));
      if (counter.calls <= call) await upgrade(); // it comes after all of them
      for (let tries = 0; !isLive((await jobs.get(job))!); tries++) {
        if (tries > 3) throw new Error(`upgraded at call ${call}: ${JSON.stringify(await jobs.get(job))}`);
        clock.advance(60);
        await arrive(downloadRef({ ...job, generation: 1 }).key);
        await deliver();
      }
      expect(await stored(job)).toEqual(before);
      return counter.calls;
    };
    let call = 0;
    for (let calls = 1; call <= calls; call++) calls = Math.max(calls, await upgradeAt(call));
    expect(call).toBeGreaterThan(10);
  }, 600_000);
