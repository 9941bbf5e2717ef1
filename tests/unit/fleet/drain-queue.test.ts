import { describe, expect, it } from '@jest/globals';
import type { Queue } from '../../../functions/ports/queue.ts';
import type { Trouble } from '../../../functions/runtime/consume.ts';
import { chargeTime } from '../../../functions/runtime/fleet/charge.ts';
import { drainQueue } from '../../../functions/runtime/fleet/drain-queue.ts';
import { large } from '../../../functions/stages/large/descriptor.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryQueue } from '../../support/memory/queue.ts';

const job = { owner: 'olga', id: 'job1' };
const message = (path: string) => ({ ...job, path });

function world() {
  const clock = manualClock();
  const queue: Queue = memoryQueue(clock, attemptsOf(2, { large: 10 }));
  const troubles: Trouble[] = [];
  const stop = new AbortController();
  const drain = (handle: (path: string) => Promise<unknown>) =>
    drainQueue(
      {
        ...{ stage: large, queue, idleMs: 60_000, now: () => clock.now() },
        handle: async (body) => ('path' in body ? handle(body.path) : undefined),
        pause: async () => clock.advance(10),
        onTrouble: (each) => troubles.push(each),
      },
      stop.signal,
    );
  return { clock, queue, troubles, stop, drain };
}

describe('a worker', () => {
  it('takes all that waits, and ends when the queue has been empty for a minute', async () => {
    const { clock, queue, drain } = world();
    await queue.send('large', [message('a.tif'), message('b.tif')]);
    const seen: string[] = [];
    const from = clock.now();
    expect(await drain(async (path) => seen.push(path))).toBe('idle');
    expect(seen).toEqual(['a.tif', 'b.tif']);
    expect(clock.now() - from).toBe(60_000);
    expect(await queue.depth('large')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
  });

  it('that is told to stop ends what it has begun, and takes nothing more', async () => {
    const { queue, stop, drain } = world();
    await queue.send('large', [message('a.tif'), message('b.tif')]);
    expect(await drain(async () => stop.abort())).toBe('stopped');
    expect(await queue.depth('large')).toEqual({ waiting: 1, hidden: 0, dead: 0 });
  });

  it('that fails while it stops gives its message back at once', async () => {
    const { queue, stop, drain, troubles } = world();
    await queue.send('large', [message('a.tif')]);
    const end = drain(async () => {
      stop.abort();
      throw new Error('the disk is gone');
    });
    expect(await end).toBe('stopped');
    expect(await queue.depth('large')).toEqual({ waiting: 1, hidden: 0, dead: 0 });
    expect(troubles).toMatchObject([{ stage: 'large', attempt: 1, last: false, body: { path: 'a.tif' } }]);
  });

  it('tries again what failed, later each time, until it is dead', async () => {
    const { clock, queue, drain, troubles } = world();
    await queue.send('large', [message('a.tif')]);
    const tries: number[] = [];
    const from = clock.now();
    // while it waits for the ninth and tenth try the queue is empty for more than a minute
    for (let i = 0; i < 8; i++) {
      await drain(async () => {
        tries.push(clock.now() - from);
        throw new Error('no');
      });
      clock.advance(300);
    }
    expect(tries.length).toBe(10);
    expect(troubles.at(-1)).toMatchObject({ attempt: 10, last: true });
    expect(await queue.depth('large')).toMatchObject({ dead: 1 });
  });
});

describe('what a machine costs', () => {
  it('is written down to the end, by month, and the limit is seen', async () => {
    let now = Date.UTC(2026, 10, 30, 12);
    const spent = new Map<string, number>();
    const limits: number[] = [];
    const charged = chargeTime({
      spending: {
        add: async (month, usd) => void spent.set(month, (spent.get(month) ?? 0) + usd),
        spent: async (month) => spent.get(month) ?? 0,
      },
      ...{ hourlyUsd: 1.2, monthlyLimit: 0.6, everyMs: 3_600_000, now: () => now },
      onLimit: () => limits.push(now),
      onTrouble: (error) => {
        throw error;
      },
    });
    now += 30 * 60_000;
    await charged[Symbol.asyncDispose]();
    expect([...spent]).toEqual([['2026-11', 0.6]]);
    expect(limits).toEqual([now]);
  });
});
