import type { Job, Outcome } from '../../../functions/core/job.ts';
import type { PredictMessage } from '../../../functions/core/messages.ts';
import { isTerminal, refusalCodes } from '../../../functions/core/transitions.ts';
import {
  finishAndAdvance,
  retryAndAdvance,
  sealAndAdvance,
  sendNotice,
  submitArchive,
} from '../../../functions/jobs/advance.ts';
import type { JobStore } from '../../../functions/ports/job-store.ts';
import type { Notifier } from '../../../functions/ports/notifier.ts';
import type { Queue, Received } from '../../../functions/ports/queue.ts';
import { notifyOwner } from '../../../functions/stages/notify/notify.ts';
import { queueNames } from '../../../functions/stages/stages.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { attemptsOf } from '../attempts.ts';
import { type ManualClock, manualClock } from '../manual-clock.ts';
import { memoryJobStore } from './job-store.ts';
import { memoryObjectStore } from './object-store.ts';
import { memoryQueue } from './queue.ts';

/**
 * What one file does: `good` and `bad` always end so, `flaky` fails in the first generation, `broken` makes the service
 * throw, `refused` (in a zip) is never unpacked.
 */
export const behaviours = ['good', 'good', 'bad', 'flaky', 'broken', 'refused'] as const;
export type Behaviour = (typeof behaviours)[number];

export interface Folder {
  way: 'files' | 'zip';
  files: Behaviour[];
}

const attempts = attemptsOf(2, { files: 3, notices: 1000 });
const ref = { owner: 'olga', id: 'job1' };
const failure = { code: 'imageBroken', message: 'the image file is damaged' };
const refusal = { code: 'archiveUnsupported', message: 'this kind of zip entry cannot be unpacked' };

/**
 * One job with everybody who works on it, as processes that stop at every call of a port. The schedule decides who goes
 * on and who dies there. The helpers that move the job are the real ones, the stores follow the real rules; what unzip,
 * predict and zip do between is cut short.
 */
export class World {
  readonly clock: ManualClock = manualClock();
  /** Times that a generation was packaged and completed. */
  readonly packaged = new Map<number, number>();
  readonly ended = new Map<number, number>();
  /** Ends that the owner was told of, and all that there were: `2.failed`. */
  readonly notified = new Set<string>();
  readonly ends = new Set<string>();
  crashes = 0;
  retries = 0;
  #folder: Folder;
  #random: number;
  #running = 0;
  #blocked: (() => void)[] = [];
  #frozen: (() => void)[] = [];
  #errors: unknown[] = [];
  #jobs: JobStore;
  #queue: Queue;
  #ports: { jobs: JobStore; queue: Queue; clock: ManualClock };
  #last: Job | undefined;
  #done = new Set<string>();
  /** How many results the zip of a generation holds. */
  #zips = new Map<number, number>();

  constructor(folder: Folder, seed: number) {
    this.#folder = folder;
    this.#random = seed;
    this.#jobs = memoryJobStore(this.clock);
    this.#queue = memoryQueue(this.clock, attempts, (count) => this.#pick(count));
    this.#ports = { jobs: this.#gated(this.#counting()), queue: this.#gated(this.#duplicating()), clock: this.clock };
  }

  async create(): Promise<void> {
    await this.#jobs.create({ ...ref, name: 'folder', settings: { model: { name: 'nuclei', sha256: '0' } } });
  }

  get blocked(): number {
    return this.#blocked.length;
  }

  /** One process goes on to its next call, or its end. */
  async resume(index: number): Promise<void> {
    const [next] = this.#blocked.splice(index % this.#blocked.length, 1);
    if (next === undefined) return;
    this.#running++;
    next();
    await this.#quiet();
    await this.check();
  }

  /** One process dies before its next call. */
  kill(index: number): void {
    this.crashes += this.#blocked.splice(index % this.#blocked.length, 1).length;
  }

  /** One process stands still, over all that the others do, until `thaw`. */
  freeze(index: number): void {
    this.#frozen.push(...this.#blocked.splice(index % this.#blocked.length, 1));
  }

  thaw(): void {
    this.#blocked.unshift(...this.#frozen.splice(0));
  }

  async start(actor: 'client' | 'unzip' | 'predict' | 'zip' | 'notify' | 'sweep' | 'retry' | 'cancel'): Promise<void> {
    this.#running++;
    this.#actors[actor]()
      .catch((error: unknown) => this.#errors.push(error))
      .finally(() => this.#running--);
    await this.#quiet();
  }

  /** Everybody finishes, messages are delivered, sweeps come, time passes. */
  async settle(): Promise<Job> {
    for (const minutes of [0, 2, 2, 2, 6, 6, 31, 31, 31, 7 * 60, 7 * 60, 7 * 60, 25 * 60, 8 * 24 * 60]) {
      this.clock.advance(minutes * 60);
      await this.#runAll(['sweep']);
      for (let round = 0; round < 30 && (await this.#hasWork()); round++) {
        await this.#runAll(['unzip', 'predict', 'zip', 'notify']);
      }
      if (isTerminal((await this.#jobs.get(ref))!) && !(await this.#hasMessages())) break;
    }
    return (await this.#jobs.get(ref))!;
  }

  async #runAll(actors: Parameters<World['start']>[0][]): Promise<void> {
    for (const actor of actors) await this.start(actor);
    for (;;) {
      while (this.#blocked.length > 0) await this.resume(0);
      // One that makes two calls at once and dies at one of them is miscounted: whoever still runs reaches a call by then.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#blocked.length === 0) return;
    }
  }

  async #hasWork(): Promise<boolean> {
    for (const queue of queueNames) {
      if ((await this.#queue.depth(queue)).waiting > 0) return true;
    }
    return false;
  }

  async #hasMessages(): Promise<boolean> {
    for (const queue of queueNames) {
      const { waiting, hidden, dead } = await this.#queue.depth(queue);
      if (waiting + hidden + dead > 0) return true;
    }
    return false;
  }

  #paths = () => this.#folder.files.map((_, i) => `${i}.tif`);
  #behaviour = (path: string): Behaviour => this.#folder.files[Number.parseInt(path, 10)]!;

  /** The same again after each crash, as a client that resumes and a redelivered message do. */
  #actors = {
    client: async () => {
      const { jobs, queue } = this.#ports;
      if (this.#folder.way === 'zip') return submitArchive(ref, 'folder.zip', { jobs, queue });
      const paths = this.#paths();
      for (const path of paths) {
        await jobs.expect(ref, [{ path, bytes: 1 }]);
        await queue.send('files', [{ ...ref, path }]); // its bytes arrive
      }
      await sealAndAdvance(ref, { jobs, queue });
    },
    unzip: async () => {
      const { jobs, queue } = this.#ports;
      const [message] = await queue.receive('unzip', { max: 1, visibilitySeconds: 60 });
      if (message === undefined) return;
      const job = await jobs.get(message.body);
      if (job !== undefined && !isTerminal(job)) {
        await jobs.expect(
          ref,
          this.#paths().map((path) => ({ path, bytes: 1 })),
        );
        for (const path of this.#paths()) {
          if (this.#behaviour(path) === 'refused')
            await finishAndAdvance(ref, path, { state: 'failed', failure: refusal }, { jobs, queue });
          else await queue.send('files', [{ ...ref, path }]);
        }
        await sealAndAdvance(ref, { jobs, queue });
      }
      await queue.acknowledge('unzip', [message.receipt]);
    },
    predict: async () => {
      for (const message of await this.#ports.queue.receive('files', { max: 4, visibilitySeconds: 60 })) {
        await this.#predict(message);
      }
    },
    zip: async () => {
      const { jobs, queue } = this.#ports;
      const [message] = await queue.receive('zips', { max: 1, visibilitySeconds: 60 });
      if (message === undefined) return;
      const job = await jobs.get(ref);
      const { generation } = message.body;
      if (job?.state === 'packaging' && job.generation === generation) {
        this.#zips.set(generation, (await jobs.files(ref, { state: 'done' })).items.length);
        await jobs.complete(ref, generation);
        await sendNotice(message.body, queue);
      } else if (job !== undefined && isTerminal(job)) await sendNotice(message.body, queue);
      await queue.acknowledge('zips', [message.receipt]);
    },
    notify: async () => {
      const { jobs, queue } = this.#ports;
      const [message] = await queue.receive('notices', { max: 1, visibilitySeconds: 60 });
      if (message === undefined) return;
      const hook: Notifier = {
        send: async ({ payload: { job } }) => {
          const end = `${job.generation}.${job.state}`;
          if (!this.ends.has(end)) throw new Error(`told before the end: ${end}`);
          this.notified.add(end);
        },
      };
      const addresses = { find: async () => undefined };
      const objects = memoryObjectStore(this.clock);
      await notifyOwner(message.body, { jobs, objects, queue, notices: { channels: { hook }, addresses, page: '' } });
      await queue.acknowledge('notices', [message.receipt]);
    },
    sweep: async () => {
      await sweepJobs({ ...this.#ports, objects: memoryObjectStore(this.clock) });
    },
    retry: async () => {
      if ((await retryAndAdvance(ref, this.#ports)) !== undefined) this.retries++;
    },
    cancel: async () => {
      await this.#ports.jobs.cancel(ref);
    },
  };

  async #predict({ body: { path }, receipt }: Received<PredictMessage>): Promise<void> {
    const { jobs, queue } = this.#ports;
    const job = await jobs.get(ref);
    const file = await jobs.file(ref, path);
    if (file?.state === 'pending' && job !== undefined) {
      const behaviour = this.#behaviour(path);
      if (behaviour === 'broken') return queue.hide('files', receipt, 0);
      const good = behaviour === 'good' || (behaviour === 'flaky' && job.generation > 1);
      const outcome: Outcome = good ? { state: 'done' } : { state: 'failed', failure };
      await finishAndAdvance(ref, path, outcome, { jobs, queue });
    }
    await queue.acknowledge('files', [receipt]);
  }

  #pick(count: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return (this.#random >>> 8) % count;
  }

  /** Some messages are sent twice: at-least-once. */
  #duplicating(): Queue {
    const queue = this.#queue;
    return {
      ...queue,
      send: (name, bodies, options) => queue.send(name, this.#pick(4) === 0 ? [...bodies, ...bodies] : bodies, options),
    };
  }

  #counting(): JobStore {
    const jobs = this.#jobs;
    const count = (counts: Map<number, number>, job: Job | undefined) => {
      if (job !== undefined) counts.set(job.generation, (counts.get(job.generation) ?? 0) + 1);
      return job;
    };
    return {
      ...jobs,
      startPackaging: async (job) => count(this.packaged, await jobs.startPackaging(job)),
      complete: async (job, generation) => count(this.ended, await jobs.complete(job, generation)),
    };
  }

  /** Every call waits until the schedule lets it go on. A process whose call never goes on is dead. */
  #gated<T extends object>(port: T): T {
    const gated: Record<string, unknown> = {};
    for (const [name, method] of Object.entries(port) as [string, (...args: unknown[]) => unknown][]) {
      gated[name] = (...args: unknown[]) => {
        this.#running--;
        return new Promise<void>((resolve) => {
          this.#blocked.push(resolve);
        }).then(() => method(...args));
      };
    }
    return gated as T;
  }

  async #quiet(): Promise<void> {
    while (this.#running > 0) await null;
  }

  /** What must hold after every step. */
  async check(): Promise<void> {
    if (this.#errors.length > 0) throw this.#errors[0];
    const job = (await this.#jobs.get(ref))!;
    const before = this.#last;
    if (job === before) return;
    this.#last = job;
    if (isTerminal(job)) this.ends.add(`${job.generation}.${job.state}`);
    const files = (await this.#jobs.files(ref)).items;
    const count = (state: string) => files.filter((file) => file.state === state).length;
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new Error(`${what}: ${JSON.stringify({ before, job, files })}`);
    };
    must(
      job.done === count('done') &&
        job.failed === count('failed') &&
        job.leftOut === count('leftOut') &&
        job.expected === files.length,
      'counters differ from rows',
    );
    for (const { path, state, failure } of files) {
      if (this.#folder.way === 'zip' && this.#behaviour(path) === 'refused' && job.sealed)
        must(failure?.code === refusal.code, 'a refused file lost its reason');
      if (state === 'done') this.#done.add(path);
      else must(!this.#done.has(path), 'a done file was lost');
    }
    if (job.state === 'packaging' || job.state === 'completed') {
      must(count('pending') === 0 && job.sealed && !job.retrying, 'false completion: files are pending');
      must(files.length === this.#folder.files.length, 'false completion: files are missing');
      const untried = files.filter(
        ({ state, generation, failure }) =>
          state === 'failed' && generation !== job.generation && !refusalCodes.includes(failure!.code),
      );
      must(untried.length === 0, 'false completion: failed files were not tried again');
    }
    must(job.state !== 'completed' || this.#zips.get(job.generation) === job.done, 'completed without its zip');
    const unpacked = this.#folder.way === 'zip' || !/unpacked/.test(job.failure?.message ?? '');
    must(unpacked, 'failed for a zip that never was');
    must(
      [...this.packaged.values()].every((times) => times === 1),
      'two winners of one generation',
    );
    must(
      [...this.ended.values()].every((times) => times === 1),
      'two completions of one generation',
    );
    must(job.state !== 'completed' || job.done > 0, 'completed without any result');
    if (before !== undefined) {
      must(job.generation >= before.generation && (job.sealed || !before.sealed), 'went backwards');
      const retried = job.state === 'processing' && job.generation === before.generation + 1;
      must(job.state === before.state || !isTerminal(before) || retried, 'left a terminal state');
      const final = before.state === 'cancelled' || before.state === 'expired';
      must(!final || job.state === before.state, 'came back from cancelled or expired');
    }
  }
}
