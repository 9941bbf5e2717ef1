import type { Clock } from '../../../functions/ports/clock.ts';

interface Process {
  startedAt: number;
  /** Its calls that wait to be let on. */
  waiting: (() => void)[];
}

/** The same port, each of whose calls waits until the schedule lets it go on. */
export type Gate = <T extends object>(port: T) => T;

/**
 * Processes that stop at every call of a port: who goes on, and who dies there, is decided from outside. `lifeSeconds`:
 * what runs for longer is ended.
 */
export function processes(clock: Clock, lifeSeconds: number) {
  let all: Process[] = [];
  let running = 0;
  let ended = 0;

  const stopped = () => all.filter(({ waiting }) => waiting.length > 0);

  /** Until every process waits at a call, or has ended. */
  const quiet = async () => {
    do await new Promise(setImmediate);
    while (running > 0);
  };

  const gate = (process: Process, port: object): object =>
    Object.fromEntries(
      Object.entries(port).map(([name, method]: [string, unknown]) => [
        name,
        typeof method !== 'function'
          ? method
          : async (...args: unknown[]) => {
              running--;
              await new Promise<void>((resolve) => process.waiting.push(resolve));
              return method(...args);
            },
      ]),
    );

  return {
    /** Processes that wait at a call. */
    get blocked(): number {
      return stopped().length;
    },
    /** Processes that were ended before they were done. */
    get ended(): number {
      return ended;
    },
    /** Runs `work` up to its first call. */
    async start(work: (gated: Gate) => Promise<unknown>, failed: (error: unknown) => void): Promise<void> {
      const process: Process = { startedAt: clock.now(), waiting: [] };
      all.push(process);
      running++;
      work((port) => gate(process, port) as typeof port)
        .catch(failed)
        .finally(() => {
          running--;
          all = all.filter((other) => other !== process);
        });
      await quiet();
    },
    /** One goes on to its next call, or its end. False where none waits. */
    async resume(index: number): Promise<boolean> {
      const waiting = stopped();
      const next = waiting[index % Math.max(1, waiting.length)]?.waiting.shift();
      if (next === undefined) return false;
      running++;
      next();
      await quiet();
      return true;
    },
    /** One dies before its next call. */
    kill(index: number): void {
      const waiting = stopped();
      const one = waiting[index % Math.max(1, waiting.length)];
      if (one === undefined) return;
      ended++;
      all = all.filter((process) => process !== one);
    },
    /** Ends what runs for too long. */
    endOverdue(): void {
      const before = all.length;
      all = all.filter(({ startedAt }) => startedAt + lifeSeconds * 1000 > clock.now());
      ended += before - all.length;
    },
  };
}
