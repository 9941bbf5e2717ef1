import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OverlayFile } from '../adapters/local/file-overlay.ts';
import { limiter } from '../async/semaphore.ts';
import type { JobSettings } from '../core/job.ts';
import type { PredictMessage } from '../core/messages.ts';
import type { ObjectRef } from '../core/object-keys.ts';

/** One image and all that a process needs to predict it. */
export interface AloneTask {
  image: PredictMessage;
  settings: JobSettings;
  generation: number;
  /** Path of the model package. */
  model: string;
  workers: number;
  /** Bytes that planes in work may use together. */
  memoryLimit: number;
  store: { root: string; durable: boolean };
  /** Objects that are plain files, by `nameOfObject`; `temporary`: as in fileOverlay. */
  overlay?: { temporary: string; files: Record<string, OverlayFile> };
}

export const nameOfObject = ({ bucket, key }: ObjectRef): string => `${bucket}/${key}`;

const program = fileURLToPath(new URL(`./predict-alone-process${extname(import.meta.url)}`, import.meta.url));

/** Each has a model of its own in memory. */
const oneAtATime = limiter(1);

/**
 * Predicts one image in a process of its own and leaves its results in the store, where the usual way finds them: for an
 * image that was in work when an earlier process ended. `died`: so did this one, so the image is what they died of.
 * `ended`: it did not, whatever it found. Throws the signal's reason when that is aborted.
 */
export const predictAlone = (task: AloneTask, signal: AbortSignal): Promise<'ended' | 'died'> =>
  oneAtATime(() => runAlone(task, signal));

async function runAlone(task: AloneTask, signal: AbortSignal): Promise<'ended' | 'died'> {
  signal.throwIfAborted();
  const child = fork(program, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop);
  try {
    const ended = once(child, 'exit') as Promise<[code: number | null, by: NodeJS.Signals | null]>;
    child.on('error', () => {}); // of a message to one that has died: the exit says so
    child.send(task);
    const [code] = await ended;
    signal.throwIfAborted();
    return code === 0 ? 'ended' : 'died';
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
