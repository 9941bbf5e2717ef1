import { execFileSync } from 'node:child_process';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { isAlive } from '../../../infra/is-alive.ts';
import type { Io } from '../../io/events.ts';

/** An engine whose labdeploy was killed ends what it has in progress: the slowest single resource takes so long. */
const patienceMs = 10 * 60_000;
const askEveryMs = 1000;

/** An engine that changes the stack. */
export interface LockHolder {
  user: string;
  host: string;
  pid: number;
  /** ISO 8601. */
  since: string;
}

/** Who holds the locks that the engine's error names. */
export const holdersIn = (text: string): LockHolder[] =>
  [...text.matchAll(/created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)/g)].map(([, user, host, pid, since]) => ({
    user: user!,
    host: host!,
    pid: Number(pid),
    since: since!,
  }));

/** As people read it. */
export const reportHolders = (holders: readonly LockHolder[]): string =>
  holders.map(({ user, host, pid, since }) => `${user}@${host}, process ${pid}, since ${since}`).join(' and ');

/**
 * Whether all holders of the locks are engines of this machine whose labdeploy has ended, once they have ended.
 * False at once where another machine or a running labdeploy holds one.
 */
export async function untilLeft(holders: readonly LockHolder[], io: Io, signal: AbortSignal): Promise<boolean> {
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

/** Its labdeploy is gone: another kind of process has taken it over. By the command line, for Node calls its own process MainThread. */
function isOrphan(pid: number): boolean {
  try {
    const ask = (field: string, of: number) =>
      execFileSync('ps', ['-o', `${field}=`, '-p', String(of)])
        .toString()
        .trim();
    return !/\bnode\b|labdeploy/i.test(ask('args', Number(ask('ppid', pid))));
  } catch {
    return !isAlive(pid); // it ended meanwhile; else there is no ps, and nothing is known
  }
}
