import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { limiter } from '../async/semaphore.ts';
import { Failure } from '../core/errors.ts';
import type { Inspection } from '../stages/predict/check-version.ts';
import type { InspectOptions } from './inspect-package.ts';

/** `bug`: what was thrown that is no answer about the package. */
export type InspectAnswer = { inspection: Inspection } | { bug: string };

const program = fileURLToPath(new URL(`./inspect-alone-process${extname(import.meta.url)}`, import.meta.url));

/** A test input is one small image: what takes longer never ends, or is no package for this machine. */
const usualSeconds = 300;
/** Where images may have to be fetched first. */
const imageSeconds = 3600;

/** What the process is told. */
export interface InspectQuestion extends InspectOptions {
  path: string;
}

interface AloneOptions extends InspectOptions {
  signal?: AbortSignal | undefined;
  seconds?: number;
}

/** Each has a model of its own in memory. */
const oneAtATime = limiter(1);

/**
 * inspect-package in a process of its own: what the package of a stranger takes of memory or time ends that one and not
 * the service. A process that was ended, or that took longer than `seconds`, is a refusal. Throws the signal's reason when
 * that is aborted.
 */
export const inspectAlone = (path: string, options: AloneOptions = {}): Promise<Inspection> =>
  oneAtATime(() => inspect(path, options));

async function inspect(
  path: string,
  { signal, containers = false, seconds = containers ? imageSeconds : usualSeconds }: AloneOptions,
): Promise<Inspection> {
  signal?.throwIfAborted();
  const child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const stop = () => child.kill('SIGKILL');
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    stop();
  }, seconds * 1000);
  signal?.addEventListener('abort', stop);
  try {
    const ended = once(child, 'exit');
    let answer: InspectAnswer | undefined;
    child.on('message', (message) => {
      answer = message as InspectAnswer;
    });
    child.on('error', () => {}); // of a message to one that has died: the exit says so
    child.send({ path, containers } satisfies InspectQuestion);
    await ended;
    signal?.throwIfAborted();
    if (answer === undefined) {
      const { code, message } = late
        ? new Failure('modelCheckTooLong', { seconds })
        : new Failure('modelCheckDied', { attempts: 1 });
      return { refused: { code, message } };
    }
    if ('bug' in answer) throw new Error(answer.bug);
    return answer.inspection;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}
