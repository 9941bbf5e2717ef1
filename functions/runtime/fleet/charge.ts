import { setTimeout as sleep } from 'node:timers/promises';
import { monthOf } from '../../core/machine-sizes.ts';
import type { Spending } from '../../ports/fleet.ts';

export interface Charged {
  spending: Spending;
  /** US dollars of an hour of this machine. */
  hourlyUsd: number;
  /** US dollars a month of all machines. */
  monthlyLimit: number;
  /** ms since 1970. */
  now(): number;
  everyMs?: number;
  /** The month's limit is reached. */
  onLimit(): void;
  onTrouble(error: unknown): void;
}

/**
 * Writes down every minute what this machine has cost, until it is disposed of, and then the rest. A machine that dies
 * leaves its last minute out; what could not be written is written with the next.
 */
export function chargeTime({ spending, hourlyUsd, monthlyLimit, now, ...given }: Charged): AsyncDisposable {
  const { everyMs = 60_000, onLimit, onTrouble } = given;
  const stop = new AbortController();
  let paidTo = now();
  const pay = async () => {
    const to = now();
    const month = monthOf(to);
    try {
      await spending.add(month, ((to - paidTo) / 3_600_000) * hourlyUsd);
      paidTo = to;
      if ((await spending.spent(month)) >= monthlyLimit) onLimit();
    } catch (error) {
      onTrouble(error);
    }
  };
  const paying = (async () => {
    while (!stop.signal.aborted) {
      await sleep(everyMs, undefined, { signal: stop.signal, ref: false }).catch(() => {}); // aborted: paid below
      await pay();
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await paying;
    },
  };
}
