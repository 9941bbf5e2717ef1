import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import type { Guarded } from './supervise-program.ts';

/*
 * Runs one program and ends it when its own standard input ends: that happens when whoever started it ends, also by
 * SIGKILL. Exits with the code of the program, or 128 and the number of the signal that ended it.
 */

const { command, cleanUp } = JSON.parse(process.argv[2]!) as Guarded;
/** Seen by all that the program starts: a runtime may put them into other process groups. */
const mark = `LABDEPLOY_PROGRAM=${randomUUID()}`;
const [markName, markValue] = mark.split('=') as [string, string];
/** Time to end by itself. */
const graceMs = 5000;

const child = spawn(command[0]!, command.slice(1), {
  env: { ...process.env, [markName]: markValue },
  stdio: ['ignore', 'inherit', 'inherit'],
  detached: true, // a group of its own, which is ended as one
});

child.on('error', (error) => {
  process.stderr.write(`${command[0]}: ${error.message}\n`, () => void finish(127));
});
child.on('exit', (code, signal) => void finish(code ?? 128 + constants.signals[signal!]));

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  signalAll('SIGTERM');
  setTimeout(() => signalAll('SIGKILL'), graceMs).unref();
}
process.stdin.on('end', end).on('error', end).resume();
process.on('SIGTERM', end).on('SIGINT', end).on('SIGHUP', end);

function signalAll(signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  send(process.platform === 'win32' ? child.pid : -child.pid, signal);
  void marked().then((pids) => {
    for (const pid of pids) send(pid, signal);
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error; // ended meanwhile
  }
}

/** Processes that have the mark; where there is no /proc there are none. */
async function marked(): Promise<number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => ''); // another user's, or ended
      return environment.split('\0').includes(mark) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/** What the program left is ended too. */
async function finish(code: number): Promise<void> {
  for (const pid of await marked()) send(pid, 'SIGKILL');
  if (cleanUp !== undefined)
    await new Promise((resolve) => {
      spawn(cleanUp[0]!, cleanUp.slice(1), { stdio: 'ignore' }).once('error', resolve).once('exit', resolve);
    });
  process.exit(code);
}
