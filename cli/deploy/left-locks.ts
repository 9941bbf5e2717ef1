import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Io } from '../io/events.ts';

/** An engine whose labdeploy was killed ends what it has in hand: the slowest single resource takes so long. */
const patienceMs = 10 * 60_000;
const askEveryMs = 1000;

interface Holder {
  host: string;
  pid: number;
}

/** Who holds the locks that the engine's error names. */
const holdersOf = (text: string): Holder[] =>
  [...text.matchAll(/created by \S+@(\S+) \(pid (\d+)\)/g)].map(([, host, pid]) => ({
    host: host!,
    pid: Number(pid),
  }));

/**
 * Whether all holders of the locks are engines of this machine that nobody waits for any more, once they have ended.
 * False at once where another machine or a running labdeploy holds one.
 */
export async function untilLeft(error: Error, io: Io, signal: AbortSignal): Promise<boolean> {
  const holders = holdersOf((error as { stderr?: string }).stderr ?? error.message);
  if (holders.length === 0) return false;
  const started = Date.now();
  for (;;) {
    if (!holders.every(({ host, pid }) => host === hostname() && (!isAlive(pid) || isOrphan(pid)))) return false;
    const [running] = holders.filter(({ pid }) => isAlive(pid));
    if (running === undefined) return true;
    if (Date.now() - started > patienceMs) return false;
    io.emit('deploy.waitingForOther', { holder: `process ${running.pid}`, seconds: (Date.now() - started) / 1000 });
    await wait(askEveryMs, undefined, { signal });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // somebody else's process
  }
}

/** Its labdeploy is gone: another kind of process has taken it over. */
function isOrphan(pid: number): boolean {
  try {
    const ask = (field: string, of: number) =>
      execFileSync('ps', ['-o', `${field}=`, '-p', String(of)])
        .toString()
        .trim();
    return !/node|labdeploy/i.test(ask('comm', Number(ask('ppid', pid))));
  } catch {
    return false; // it ended meanwhile, which the next look sees; or there is no ps, and nothing is known
  }
}
