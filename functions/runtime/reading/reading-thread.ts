import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { formatBytes } from '../../core/format-bytes.ts';
import type { Beside } from '../../image/image.ts';
import { type Allowance, allowanceFor, type ReadingLimits, watchUse } from './allowance.ts';
import {
  errorOf,
  type Greeting,
  type Reply,
  refusalOf,
  type SiblingAnswer,
  type SiblingClosed,
  type SiblingQuestion,
  type TaskKind,
  type Tasks,
} from './reading-tasks.ts';

export interface Work {
  /** Of the file, or of the plane that is read: what the work may cost. */
  bytes: number;
  /** No limit: the user asked for all of it, and can interrupt it. */
  unlimited?: boolean;
  /** The failure that work has that costs more. `limit`: in words. */
  costly(limit: string): Error;
  sibling?: Beside['sibling'];
}

/** One thread that reads. */
export interface ReadingThread {
  ask<K extends TaskKind>(kind: K, ask: Tasks[K]['ask'], work: Work): Promise<Tasks[K]['answer']>;
  /** Alive, and nothing is asked of it. */
  isFree(): boolean;
  /** What is asked of it is rejected with the reason; resolves when nothing of it reads any more. */
  end(reason?: Error): Promise<void>;
}

interface Pending {
  work: Work;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** This file's own ending: sources run as they are, the built package as .js, bundles as .mjs. */
const workerFile = new URL(`./reading-worker${extname(import.meta.url)}`, import.meta.url);

export function startReadingThread(limits: ReadingLimits): ReadingThread {
  const worker = new Worker(workerFile, { resourceLimits: { maxOldGenerationSizeMb: limits.heapBytes / 2 ** 20 } });
  worker.unref();
  const pending = new Map<number, Pending>();
  const siblings = siblingSources();
  let lastId = 0;
  let allowed: Allowance = { milliseconds: 0, bytes: 0 };
  let watch: Disposable | undefined;
  let dead: Error | undefined;
  let ready = false;

  const rest = () => {
    watch?.[Symbol.dispose]();
    watch = undefined;
    worker.unref();
  };
  const die = (reason: (work: Work) => Error, idle: Error) => {
    dead ??= idle;
    for (const { work, reject } of pending.values()) reject(reason(work));
    pending.clear();
    rest();
    siblings.closeAll();
  };
  const dieOf = (error: Error) => die(() => error, error);
  const stop = (limit: string) => {
    die(({ costly }) => costly(limit), new Error(`a reading thread was ended: ${limit}`));
    void worker.terminate();
  };
  const begin = ({ bytes, unlimited }: Work) => {
    const more = allowanceFor(bytes, limits);
    if (unlimited === true) more.milliseconds = more.bytes = Number.POSITIVE_INFINITY;
    if (pending.size > 0) {
      allowed = { milliseconds: allowed.milliseconds + more.milliseconds, bytes: allowed.bytes + more.bytes };
      return;
    }
    allowed = more;
    worker.ref();
    if (ready) watch = watchUse(worker, { allowed: () => allowed, lookEveryMs: limits.lookEveryMs }, stop);
  };
  const answerSibling = async (question: SiblingQuestion) => {
    const asking = [...pending.values()].find(({ work }) => work.sibling !== undefined);
    worker.postMessage(await siblings.answer(question, asking?.work.sibling));
  };

  worker.on('message', (message: Greeting | Reply | SiblingQuestion | SiblingClosed) => {
    if ('ready' in message) {
      ready = true;
      if (pending.size > 0) watch = watchUse(worker, { allowed: () => allowed, lookEveryMs: limits.lookEveryMs }, stop);
      return;
    }
    if ('name' in message) return void answerSibling(message);
    if ('closed' in message) return siblings.close(message.closed);
    const asked = pending.get(message.id);
    pending.delete(message.id);
    if (pending.size === 0) rest();
    if ('refusal' in message) asked?.reject(errorOf(message.refusal));
    else asked?.resolve(message.value);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') stop(`it took more than ${formatBytes(limits.heapBytes)} of memory`);
    else dieOf(error);
  });
  worker.on('exit', (code) => dieOf(new Error(`a reading thread ended with ${code}`)));

  return {
    ask: (kind, ask, work) =>
      new Promise((resolve, reject) => {
        if (dead !== undefined) return reject(dead);
        const id = ++lastId;
        begin(work);
        pending.set(id, { work, resolve: resolve as Pending['resolve'], reject });
        worker.postMessage({ kind, id, ...ask });
      }),
    isFree: () => dead === undefined && pending.size === 0,
    async end(reason = new Error('the reading threads are closed')) {
      dieOf(reason);
      await worker.terminate();
    },
  };
}

/** Files beside an image that a thread has asked for by name, open until it needs them no more. */
function siblingSources() {
  const open = new Map<number, AsyncDisposable>();
  const close = (id: number): void => {
    void open.get(id)?.[Symbol.asyncDispose]();
    open.delete(id);
  };
  return {
    async answer({ sibling, name }: SiblingQuestion, find: Beside['sibling']): Promise<SiblingAnswer> {
      try {
        const source = await find?.(name);
        if (source !== undefined) open.set(sibling, source);
        if (source !== undefined && source.handle === undefined) throw new Error(`${name} has no handle`);
        return { sibling, source: source?.handle };
      } catch (error) {
        return { sibling, refusal: refusalOf(error) };
      }
    },
    close,
    closeAll() {
      for (const id of [...open.keys()]) close(id);
    },
  };
}
