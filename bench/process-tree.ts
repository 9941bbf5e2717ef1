import { type SpawnOptions, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Finished {
  seconds: number;
  /** Most bytes of memory that the process and its descendants had resident at one time. */
  peakBytes: number;
  stdout: string;
}

const everyMs = 20;

/**
 * Runs a program to its end and watches its memory in /proc. Shared pages count for each process, as in `ps`. Throws
 * when it does not exit with 0, with the end of what it wrote.
 */
export async function runWatched(
  program: string,
  args: readonly string[],
  options: Pick<SpawnOptions, 'cwd' | 'env'> = {},
): Promise<Finished> {
  const start = performance.now();
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    text.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    text.stderr += chunk;
  });
  let peakBytes = 0;
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, child.pid === undefined ? 0 : treeBytes(child.pid));
  }, everyMs);
  try {
    const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (...end) => resolve(end));
    });
    if (code !== 0)
      throw new Error(`${program} ${args.join(' ')} ended with ${code ?? signal}: ${text.stderr.slice(-2000)}`);
    return { seconds: (performance.now() - start) / 1000, peakBytes, stdout: text.stdout };
  } finally {
    clearInterval(watch);
  }
}

/** Processor time of a program and its descendants, from its start to its end. Throws as runWatched does. */
export async function processorSeconds(program: string, args: readonly string[]): Promise<number> {
  const { stdout } = await runWatched('sh', ['-c', '"$@" && times', 'sh', program, ...args]);
  const last = stdout.trimEnd().split('\n').at(-1)!; // of the shell's children: `0m1.50s 0m0.20s`
  const parts = [...last.matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  if (parts.length !== 2) throw new Error(`times printed ${last}`);
  return parts[0]! + parts[1]!;
}

/** Of one process its high-water mark; of several the sum of what they have now, if that is more. */
function treeBytes(root: number): number {
  const children = new Map<number, number[]>();
  const now = new Map<number, number>();
  let highest = 0;
  for (const name of readdirSync('/proc')) {
    const parent = /^\d+$/.test(name) ? Number(field(name, 'PPid') ?? Number.NaN) : Number.NaN;
    if (Number.isNaN(parent)) continue;
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const pending = [root];
  for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
    now.set(pid, kilobytes(pid, 'VmRSS') * 1024);
    highest = Math.max(highest, kilobytes(pid, 'VmHWM') * 1024);
    pending.push(...(children.get(pid) ?? []));
  }
  const sum = [...now.values()].reduce((total, bytes) => total + bytes, 0);
  return Math.max(sum, highest);
}

const kilobytes = (pid: number, name: string): number => Number.parseInt(field(String(pid), name) ?? '0', 10);

/** One field of /proc/PID/status; undefined once the process is gone. */
function field(pid: string, name: string): string | undefined {
  try {
    return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
