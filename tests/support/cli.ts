import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

const main = join(import.meta.dirname, '../../cli/main.ts');

/** Node keeps there what it has made of sources: the same program starts hundreds of times. */
export const compiled = { NODE_COMPILE_CACHE: join(import.meta.dirname, '../../.cache/compiled') };

export interface Finished {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A `labdeploy` of its own, as a user's shell starts it: no terminal, the real exit code. */
export interface Running {
  child: ChildProcess;
  finished: Promise<Finished>;
}

/** `under`: a command that starts it, with its arguments. */
export function startCli(
  args: readonly string[],
  {
    cwd,
    env = {},
    under = [],
    detached = false,
    program = main,
  }: {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    under?: readonly string[];
    /** In a process group of its own, which can be killed as a whole. */
    detached?: boolean;
    /** Absent: the sources. */
    program?: string;
  } = {},
): Running {
  const [command = process.execPath, ...rest] = [...under, process.execPath, program, ...args];
  const child = spawn(command, rest, {
    cwd,
    detached,
    env: { ...process.env, ...compiled, NODE_OPTIONS: '', CI: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, finished };
}

export const cli = (args: readonly string[], options?: Parameters<typeof startCli>[1]): Promise<Finished> =>
  startCli(args, options).finished;

/** The objects of `--json`, one a line. */
export const jsonLines = (stdout: string): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
