import { readFile } from 'node:fs/promises';

/** Milliseconds of the processor since `start`, not of the clock: other programs run too. */
export function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Ticks a second in which Linux tells processor time to programs, on all that Node runs on: sysconf(_SC_CLK_TCK). */
const ticks = 100;

/** Processor seconds of the processes that this one has started and that have ended, and of theirs. Linux only. */
export async function secondsOfChildren(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from the third on: proc_pid_stat(5)
  return (Number(fields[16 - 3]) + Number(fields[17 - 3])) / ticks;
}
