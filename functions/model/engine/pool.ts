import { extname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Failure } from '../../core/errors.ts';
import type { Greeting, Order, Refusal, Reply, Request, TaskKind, Tasks, WorkerSetup } from './tasks.ts';

/** Worker threads that take tasks from one queue. */
export interface Pool {
  /** Rejects with a `Failure`, with the signal's reason, or with `modelFailed` when the worker died of the task. */
  run<K extends TaskKind>(kind: K, ask: Tasks[K]['ask'], options?: RunOptions): Promise<Tasks[K]['answer']>;
  /** Has each worker free the shared memory that it no longer uses, before its next task. */
  collect(): void;
  /** Waits for the threads to end, `graceMs` at most: one inside a model that never ends cannot be stopped. */
  close(graceMs?: number): Promise<void>;
}

interface RunOptions {
  signal?: AbortSignal | undefined;
  /** Goes before what waits: work that frees memory. */
  urgent?: boolean;
}

interface Job {
  request: Request;
  resolve(value: unknown): void;
  reject(error: unknown): void;
  signal: AbortSignal | undefined;
}

interface Seat {
  worker: Worker;
  /** Sent and not answered: the one at work and at most one behind it, so that no thread idles while ours is busy. */
  jobs: Map<number, Job>;
}

/** What is at work when a pool is closed is no longer wanted. */
const closingMs = 2000;

/** This file's own ending: sources run as they are, the built package as .js, bundles as .mjs. */
const workerFile = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);

/** Starts the workers (their code in `file`) and waits until each has its session. Throws what the first one refuses. */
export async function openPool(setup: WorkerSetup, size: number, file: URL = workerFile): Promise<Pool> {
  const seats = new Set<Seat>();
  const waiting: Job[] = [];
  let starting = 0;
  let nextId = 1;
  let closed = false;

  const send = (seat: Seat, job: Job): void => {
    seat.jobs.set(job.request.id, job);
    seat.worker.postMessage(job.request);
  };

  /** First one task for each idle worker; a second one ahead only while more tasks wait than workers are there. */
  const dispatch = (): void => {
    for (const depth of [0, 1])
      for (const seat of seats) {
        if (waiting.length <= (depth === 0 ? 0 : seats.size)) break;
        if (seat.jobs.size === depth) send(seat, waiting.shift()!);
      }
  };

  const settle = (seat: Seat, reply: Reply): void => {
    const job = seat.jobs.get(reply.id);
    seat.jobs.delete(reply.id);
    dispatch();
    if ('refusal' in reply) job?.reject(errorOf(reply.refusal));
    else job?.resolve(reply.value);
  };

  const start = (): Promise<void> => {
    starting++;
    return new Promise((resolve, reject) => {
      const worker = new Worker(file, { workerData: setup });
      const seat: Seat = { worker, jobs: new Map() };
      let greeted = false;
      worker.on('message', (message: Greeting | Reply) => {
        if (greeted) return settle(seat, message as Reply);
        greeted = true;
        starting--;
        if ('refusal' in message) {
          void worker.terminate();
          return reject(errorOf((message as { refusal: Refusal }).refusal));
        }
        resolve();
        if (closed) return void worker.terminate();
        seats.add(seat);
        dispatch();
      });
      let cause: Error | undefined;
      worker.on('error', (error) => {
        cause = error;
      });
      worker.on('exit', (code) => {
        if (!greeted) {
          starting--;
          reject(cause ?? new Error(`an inference thread ended with code ${code} before it was ready`));
        }
        if (seats.delete(seat) && !closed) replace(seat, cause ?? new Error(`it ended with code ${code}`));
      });
    });
  };

  /** The task at work is what the worker died of; a task behind it goes back to the queue. */
  const replace = (seat: Seat, cause: Error): void => {
    const [atWork, ...behind] = seat.jobs.values();
    waiting.unshift(...behind);
    atWork?.reject(new Failure('modelFailed', { detail: `the inference thread died: ${cause.message}` }, { cause }));
    start().catch((error) => {
      if (seats.size > 0 || starting > 0) return; // the others carry on
      for (const job of waiting.splice(0)) job.reject(error);
    });
  };

  try {
    await Promise.all(Array.from({ length: size }, start));
  } catch (error) {
    closed = true;
    await Promise.all([...seats].map(({ worker }) => worker.terminate()));
    throw error;
  }

  return {
    run(kind, ask, { signal, urgent = false } = {}) {
      return new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the engine is closed'));
        if (signal?.aborted) return reject(signal.reason);
        if (seats.size === 0 && starting === 0) return reject(new Error('no inference thread could be started'));
        const job = { request: { ...ask, kind, id: nextId++ } as Request, signal } as Job;
        const abort = (): void => {
          const at = waiting.indexOf(job);
          if (at >= 0) waiting.splice(at, 1); // one at work runs to its end, unheard
          reject(signal!.reason);
        };
        job.resolve = (value) => {
          signal?.removeEventListener('abort', abort);
          resolve(value as Tasks[typeof kind]['answer']);
        };
        job.reject = (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error);
        };
        signal?.addEventListener('abort', abort, { once: true });
        if (urgent) waiting.unshift(job);
        else waiting.push(job);
        dispatch();
      });
    },
    collect() {
      for (const { worker } of seats) worker.postMessage('collect' satisfies Order);
    },
    async close(graceMs = closingMs) {
      closed = true;
      const jobs = [...waiting.splice(0), ...[...seats].flatMap((seat) => [...seat.jobs.values()])];
      for (const job of jobs) job.reject(new Error('the engine is closed'));
      const ended = Promise.all([...seats].map(({ worker }) => worker.terminate()));
      const late = new AbortController();
      await Promise.race([ended, sleep(graceMs, undefined, { signal: late.signal }).catch(() => {})]); // aborted below
      late.abort();
    },
  };
}

const errorOf = (refusal: Refusal): Error =>
  'bug' in refusal ? refusal.bug : new Failure(refusal.code, { detail: refusal.detail });
