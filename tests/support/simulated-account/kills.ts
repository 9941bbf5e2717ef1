import type { ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { Credentials } from './clients.ts';
import type { DeployerWorld } from './deployer.ts';

/** How a command is cut off: the whole of it, only labdeploy so that its engine goes on, or by Ctrl-C. */
export const ways = ['all', 'labdeploy', 'interrupt'] as const;
export type Way = (typeof ways)[number];

export interface Kill {
  way: Way;
  /** After the start of the command. */
  ms: number;
}

/** The same numbers in [0, 1) for the same seed. Source: mulberry32, public domain. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const exitOf = (child: ChildProcess): Promise<unknown> =>
  new Promise((resolve) =>
    (child.exitCode ?? child.signalCode) === null ? child.once('exit', resolve) : resolve(undefined),
  );

/**
 * Runs a command and cuts it off as planned, again and again, then lets it come to its end. Returns how many kills met it at
 * work; the others came after its end. Throws where an interrupted one does not end in order, or the last one fails.
 */
export async function throughKills(
  world: DeployerWorld,
  { as, args }: { as: Credentials; args: readonly string[] },
  kills: readonly Kill[],
  tell: (line: string) => void,
): Promise<number> {
  let met = 0;
  for (const { way, ms } of kills) {
    const { child, finished } = world.start(as, args);
    const ended = await Promise.race([finished, wait(ms, undefined)]);
    if (ended !== undefined) {
      tell(`${args[0]} had ended with ${ended.code} before ${Math.round(ms / 1000)} s`);
      if (ended.code !== 0) throw new Error(`${args[0]} failed after ${met} kills:\n${ended.stdout}\n${ended.stderr}`);
      return met;
    }
    met++;
    tell(`${args[0]}: ${way} after ${Math.round(ms / 1000)} s`);
    if (way === 'all') process.kill(-child.pid!, 'SIGKILL');
    else child.kill(way === 'labdeploy' ? 'SIGKILL' : 'SIGINT');
    if (way === 'interrupt') {
      const { code, stdout, stderr } = await finished;
      if (code === 0) return met; // it had nothing left to stop
      if (code !== 130) throw new Error(`${args[0]} ended with ${code} after Ctrl-C:\n${stdout}\n${stderr}`);
    } else await exitOf(child);
  }
  const { code, stdout, stderr } = await world.run(as, args);
  if (code !== 0)
    throw new Error(`${args[0]} failed after ${met} kills:\n${stdout.slice(-4000)}\n${stderr.slice(-4000)}`);
  return met;
}
