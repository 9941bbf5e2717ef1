import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isNativeError } from 'node:util/types';
import { Failure } from '../../core/errors.ts';
import { LastLines } from './last-lines.ts';
import type { RunningContainer } from './running-container.ts';
import { waitForPing } from './wait-for-ping.ts';

/** A server to start. */
export interface Program {
  command: readonly string[];
  /** Where it runs; absent: here. */
  folder?: string;
  environment?: Record<string, string>;
  /** Run when it has ended: removes what it leaves. */
  cleanUp?: readonly string[];
}

/** What the guard gets as its argument, as JSON. */
export type Guarded = Pick<Program, 'command' | 'cleanUp'>;

/** A program that ends is started again: an image that it dies of is not to end the others. */
const mostRestarts = 10;

const guard = fileURLToPath(new URL(`./guard-process${extname(import.meta.url)}`, import.meta.url));

/**
 * Starts a program that answers at `url`, waits for its /ping, starts it again where it ends, and ends it when it is
 * disposed of or when this process ends, however that happens. Throws `modelProgramEnded` and `modelBroken`.
 */
export async function superviseProgram(
  program: Program,
  { url, seconds }: { url: string; seconds: number },
): Promise<RunningContainer> {
  const name = program.command.join(' ');
  let closing = false;
  let restarts = 0;
  let last: { how: string; lines: readonly string[] } | undefined;
  let child: ChildProcess;
  const start = (ended: () => void): void => {
    const output = new LastLines();
    child = startGuarded(program, (line) => output.add(line));
    child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
      last = { how: howItEnded(code, signal), lines: output.lines };
      if (!closing) ended();
    });
  };
  const again = (): void => {
    if (restarts++ < mostRestarts) start(again);
  };
  const stop = async (): Promise<void> => {
    closing = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.stdin!.end(); // the guard ends it and exits
    await ended;
  };

  const early = new AbortController();
  let ready = false;
  start(() => (ready ? again() : early.abort()));
  try {
    await waitForPing(url, { seconds, signal: early.signal });
    ready = true;
  } catch (error) {
    await stop();
    if (early.signal.aborted)
      throw new Failure(
        'modelProgramEnded',
        { program: name, how: last!.how, output: textOf(last!.lines) },
        { cause: error },
      );
    throw error;
  }
  return {
    url,
    explain(error) {
      if (last === undefined || error instanceof Failure || !isNativeError(error)) return error;
      const words = `the program of the model (${name}) ${last.how}; its last lines: ${textOf(last.lines)}`;
      return new Error(`${error.message}; ${words}`, { cause: error });
    },
    [Symbol.asyncDispose]: stop,
  };
}

const textOf = (lines: readonly string[]): string => lines.join('\n') || 'none';

function startGuarded(
  { command, folder, environment, cleanUp }: Program,
  onLine: (line: string) => void,
): ChildProcess {
  const guarded: Guarded = { command, ...(cleanUp && { cleanUp }) };
  const child = spawn(process.execPath, [guard, JSON.stringify(guarded)], {
    cwd: folder,
    env: { ...withoutSecrets(process.env), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // Ctrl-C in a terminal is for us: work that is under way ends first
  });
  child.stdin.on('error', () => {}); // it has ended: the exit says so
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', onLine);
  return child;
}

/** What a model's program has no use for. */
const secret = /^AWS_|^PULUMI_|^LABDEPLOY_(?!CONTAINER_ENGINE$)|TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY/i;
const withoutSecrets = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !secret.test(name)));

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `was ended by ${signal}`;
  return code === 137 ? 'was killed (code 137), most likely because memory ran out' : `ended with code ${code}`;
}
