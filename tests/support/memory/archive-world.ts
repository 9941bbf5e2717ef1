import type { Job } from '../../../functions/core/job.ts';
import { downloadRef, type JobRef, jobPrefix, resultRef } from '../../../functions/core/object-keys.ts';
import type { Plan } from '../../../functions/core/plans.ts';
import { archivingPlans } from '../../../functions/core/plans.ts';
import { isLive, storageOf } from '../../../functions/core/storage-steps.ts';
import { dayMs } from '../../../functions/core/time.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance } from '../../../functions/jobs/advance.ts';
import { forgetJob } from '../../../functions/jobs/forget.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import type { SignedAccess } from '../../../functions/ports/signed-access.ts';
import { visibilitySeconds } from '../../../functions/stack/lambda-facts.ts';
import { cold } from '../../../functions/stages/cold/descriptor.ts';
import { handler } from '../../../functions/stages/cold/handler.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { packageResults } from '../../../functions/stages/zip/package.ts';
import { attemptsOf } from '../attempts.ts';
import { type ManualClock, manualClock } from '../manual-clock.ts';
import { coldObjectStore } from './cold-object-store.ts';
import { memoryJobStore } from './job-store.ts';
import { memoryQueue } from './queue.ts';

const ref: JobRef = { owner: 'olga', id: 'job1' };
const images = ['a.tif', 'b.tif'];
/** Of what the plan archives. */
const archiveDays = 6;
const plans = { free: { ...archivingPlans.free, archiveDays } as Plan, premium: archivingPlans.premium as Plan };
/** Whatever runs ends then: Lambda ends a function, a machine its process. */
const lifeMs = cold.timeoutSeconds * 1000;
const signed = { abortAll: async () => {} } as unknown as SignedAccess;

interface Process {
  startedAt: number;
  waiting: (() => void)[];
}

/**
 * One completed job with everybody who works on its results, as processes that stop at every call of a port. The schedule
 * decides who goes on and who dies there. All that moves the job is the real code.
 */
export class ArchiveWorld {
  readonly clock: ManualClock = manualClock();
  plan: keyof typeof plans;
  deleted = false;
  retried = 0;
  #random: number;
  #objects = coldObjectStore(this.clock, { hasCapacity: () => this.#pick(2) === 0 });
  #jobs = memoryJobStore(this.clock);
  #queue = memoryQueue(this.clock, attemptsOf(3), (count) => this.#pick(count));
  #processes: Process[] = [];
  #running = 0;
  #errors: unknown[] = [];
  /** Has the plan kept results since before the job was marked, with a zip that was not frozen? Undefined: it is not marked. */
  #keptSinceMark: boolean | undefined;
  #markedRound = 0;
  /** Of the job as it was last seen archived. */
  #keptUntil = Number.POSITIVE_INFINITY;

  constructor(plan: keyof typeof plans, seed: number) {
    this.plan = plan;
    this.#random = seed;
  }

  /** Two images, of which the first is done. */
  async create(): Promise<void> {
    const stores = { jobs: this.#jobs, queue: this.#queue };
    await this.#jobs.create({ ...ref, name: 'plate', settings: { model: { name: 'nuclei', sha256: '0' } } });
    await this.#jobs.expect(
      ref,
      images.map((path) => ({ path, bytes: 1 })),
    );
    await this.#predict('a.tif');
    await finishAndAdvance(ref, 'a.tif', { state: 'done' }, stores);
    const failure = { code: 'gaveUp', message: 'processing was given up' };
    await finishAndAdvance(ref, 'b.tif', { state: 'failed', failure }, stores);
    await sealAndAdvance(ref, stores);
    await this.#package();
  }

  get blocked(): number {
    return this.#processes.filter(({ waiting }) => waiting.length > 0).length;
  }

  async job(): Promise<Job | undefined> {
    return this.#jobs.get(ref);
  }

  /** One process goes on to its next call, or its end. */
  async resume(index: number): Promise<void> {
    const stopped = this.#processes.filter(({ waiting }) => waiting.length > 0);
    const next = stopped[index % Math.max(1, stopped.length)]?.waiting.shift();
    if (next === undefined) return;
    this.#running++;
    next();
    await this.#quiet();
    await this.check();
  }

  /** One process dies before its next call. */
  kill(index: number): void {
    const stopped = this.#processes.filter(({ waiting }) => waiting.length > 0);
    const one = stopped[index % Math.max(1, stopped.length)];
    this.#processes = this.#processes.filter((process) => process !== one);
  }

  /** Time passes, and ends what runs for too long. */
  advance(seconds: number): void {
    this.clock.advance(seconds);
    this.#processes = this.#processes.filter(({ startedAt }) => startedAt + lifeMs > this.clock.now());
  }

  /** What was asked of the archive is there, and the store says so, sometimes twice, sometimes not. */
  async arrive(): Promise<void> {
    for (const arrived of this.#objects.onTheirWay()) {
      this.#objects.arrive(arrived);
      const events = Array.from({ length: this.#pick(3) }, () => ({ kind: 'thaw' as const, ...ref }));
      await this.#queue.send('cold', events);
    }
  }

  async start(actor: keyof ArchiveWorld['actors']): Promise<void> {
    const process: Process = { startedAt: this.clock.now(), waiting: [] };
    this.#processes.push(process);
    this.#running++;
    this.actors[actor](this.#portsOf(process))
      .catch((error: unknown) => {
        // Of a job that goes away under their hands; and what the archive does not take now.
        const { code, message } = error as { code?: string; message?: string };
        if (!/^(jobMissing|objectMissing|objectFrozen)$/.test(code ?? '')) this.#errors.push(error ?? message);
      })
      .finally(() => {
        this.#running--;
        this.#processes = this.#processes.filter((other) => other !== process);
      });
    await this.#quiet();
  }

  readonly actors = {
    cold: async (ports: Ports) => {
      const visible = { max: 1, visibilitySeconds: visibilitySeconds(cold) };
      const [message] = await this.#queue.receive('cold', visible);
      if (message === undefined) return;
      try {
        await handler.handle(message.body, ports);
      } catch (error) {
        await this.#queue.hide('cold', message.receipt, 1);
        throw error;
      }
      await ports.queue.acknowledge('cold', [message.receipt]);
    },
    sweep: async (ports: Ports) => void (await sweepJobs(ports)),
    ask: async ({ queue }: Ports) => queue.send('cold', [{ kind: 'restore', ...ref, asked: true }]),
    upgrade: (ports: Ports) => this.#change('premium', ports),
    downgrade: (ports: Ports) => this.#change('free', ports),
    /** As the API does; the images are predicted and packaged in one go. */
    retry: async (ports: Ports) => {
      const retried = await retryAndAdvance(ref, ports);
      if (retried === undefined) return;
      this.retried++;
      await ports.objects.remove(downloadRef({ ...retried, generation: retried.generation - 1 }));
    },
    predict: async (ports: Ports) => {
      const [message] = await this.#queue.receive('files', { max: 1, visibilitySeconds: 60 });
      if (message === undefined) return;
      if ((await ports.jobs.file(ref, message.body.path))?.state === 'pending') {
        await this.#predict(message.body.path);
        await finishAndAdvance(ref, message.body.path, { state: 'done' }, ports);
      }
      await ports.queue.acknowledge('files', [message.receipt]);
    },
    zip: async () => this.#package(),
    remove: async (ports: Ports) => {
      this.deleted = true;
      await forgetJob(ref, { ...ports, signed });
    },
  };

  /** Everybody finishes, messages are delivered, the archive answers, sweeps come, days pass. */
  async settle(): Promise<void> {
    const minutes = [0, 1, 5, 16, 31, 31, 31, 400, 400, 400, 25 * 60, 31, 31, 31, 400, 400, 25 * 60, 400, 400];
    if (this.#pick(3) === 0) minutes.push((archiveDays + 1) * 24 * 60, 31);
    if (this.deleted) await this.#runAll('remove'); // whoever deletes tries again
    for (const pause of minutes) {
      this.advance(pause * 60);
      await this.#runAll('sweep');
      for (let round = 0; round < 40; round++) {
        await this.arrive();
        const waiting = await Promise.all(
          (['cold', 'files', 'zips'] as const).map(async (queue) => (await this.#queue.depth(queue)).waiting),
        );
        if (waiting.every((count) => count === 0)) break;
        for (const actor of ['cold', 'predict', 'zip'] as const) await this.#runAll(actor);
      }
    }
    if (!this.deleted) return;
    this.advance(3 * 24 * 3600);
    await this.#runAll('sweep');
  }

  async #runAll(actor: keyof ArchiveWorld['actors']): Promise<void> {
    await this.start(actor);
    while (this.blocked > 0) await this.resume(0);
  }

  /** What must hold after every step. */
  async check(): Promise<void> {
    if (this.#errors.length > 0) throw this.#errors[0];
    const job = await this.job();
    if (job === undefined || this.deleted) return;
    await this.#checkPlan(job);
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new Error(`${what}: ${JSON.stringify(job)}`);
    };
    const here = await Promise.all(
      images.map(async (path) => {
        if ((await this.#jobs.file(ref, path))?.state !== 'done') return true;
        return (await this.#objects.head(resultRef(ref, path, 'labels.tif'))) !== undefined;
      }),
    );
    if (storageOf(job).state === 'deleted')
      return must(this.clock.now() >= this.#keptUntil, 'deleted before its time in the archive was over');
    const zip = job.state === 'completed' ? await this.#objects.head(downloadRef(job)) : undefined;
    this.#checkTime(job);
    if (isLive(job)) {
      must(
        here.every((is) => is),
        'live, and a result is not here',
      );
      must(
        job.state !== 'completed' || (zip !== undefined && typeof zip.cold !== 'string'),
        'live without a zip to read',
      );
    } else must(zip !== undefined, 'a result is nowhere');
  }

  /** What is archived is kept for the days of the plan, or with its job where the plan had changed by then. */
  #checkTime(job: Job): void {
    const { state, since, keptUntil } = storageOf(job);
    this.#keptUntil = keptUntil ?? Number.POSITIVE_INFINITY;
    if (state === 'archived' && keptUntil !== undefined && keptUntil !== since + archiveDays * dayMs)
      throw new Error(`archived, and not for the days of its plan: ${JSON.stringify(job)}`);
  }

  /** Who pays before the mark is set, and goes on to, has nothing archived. */
  async #checkPlan(job: Job): Promise<void> {
    const { state, round } = storageOf(job);
    const keeps = this.plan === 'premium';
    if (state === 'archived' && this.#keptSinceMark === true && keeps)
      throw new Error(`archived, and the plan had changed before: ${JSON.stringify(job)}`);
    if (state !== 'archiving') {
      this.#keptSinceMark = undefined;
      return;
    }
    const isNew = this.#markedRound !== round;
    this.#markedRound = round;
    const zip = await this.#objects.head(downloadRef(job));
    this.#keptSinceMark = isNew ? keeps && zip?.cold === undefined : this.#keptSinceMark === true && keeps;
  }

  /** What must hold in the end. */
  async checkEnd(): Promise<void> {
    await this.check();
    const job = await this.job();
    const keys: string[] = [];
    for (const bucket of ['results', 'downloads', 'inputs', 'uploads'] as const)
      keys.push(...(await this.#objects.list(bucket, jobPrefix(ref))).objects.map(({ key }) => key));
    const must = (holds: boolean, what: string) => {
      if (!holds) throw new Error(`${what}: ${JSON.stringify({ job, keys, plan: this.plan })}`);
    };
    if (this.deleted) return must(job === undefined && keys.length === 0, 'deleted, and not gone');
    const { state } = storageOf(job!);
    must(state === 'live' || state === 'archived' || state === 'deleted', 'on its way for ever');
    must(state !== 'archived' || this.plan === 'free', 'archived, and the plan does not archive');
    const isThere = keys.some((key) => key.endsWith('/labels.tif'));
    must(state === 'live' || !isThere, 'archived, and here as well');
    const zip = job!.state === 'completed' ? await this.#objects.head(downloadRef(job!)) : undefined;
    must(state !== 'deleted' || zip === undefined, 'deleted, and still in the archive');
    must(state !== 'archived' || zip?.cold !== undefined, 'archived, and not in the archive');
    must(state !== 'live' || zip?.cold === undefined, 'live, and in the archive as well');
  }

  async #change(plan: keyof typeof plans, { queue }: Ports): Promise<void> {
    this.plan = plan;
    await queue.send('cold', [{ kind: 'restoreAll', owner: ref.owner }]);
  }

  async #predict(path: string): Promise<void> {
    const results = [
      ['labels.tif', Buffer.from(`labels of ${path}`)],
      ['preview.png', Buffer.from('preview')],
    ] as const;
    for (const [kind, bytes] of results) await this.#objects.put(resultRef(ref, path, kind), bytes);
    const summary = {
      ...{ path, sha256: 'a'.repeat(64), bytes: 1, height: 1, width: 1, samples: 1, type: 'uint16' },
      ...{ positions: 1, times: 1, depths: 1, channels: 1, channel: { index: 0 }, objects: 0 },
      model: { name: 'nuclei', version: '1', sha256: 'b'.repeat(64), definition: 'c'.repeat(64) },
      settings: { probabilities: false },
      outputs: results.map(([kind, bytes]) => ({ kind, bytes: bytes.length })),
    };
    await this.#objects.put(resultRef(ref, path, 'summary.json'), Buffer.from(JSON.stringify(summary)));
  }

  async #package(): Promise<void> {
    const [message] = await this.#queue.receive('zips', { max: 1, visibilitySeconds: 60 });
    if (message === undefined) return;
    const services = { objects: this.#objects, jobs: this.#jobs, queue: this.#queue, version: '0' };
    await packageResults(message.body, { ...services, archiving: true });
    await this.#queue.acknowledge('zips', [message.receipt]);
  }

  #portsOf(process: Process): Ports {
    const plan = () => plans[this.plan];
    const { coldStorage, ...objects } = this.#objects;
    return {
      objects: { ...this.#gated(process, objects), coldStorage: this.#gated(process, coldStorage) },
      jobs: this.#gated(process, this.#jobs),
      queue: this.#gated(process, this.#queue),
      members: this.#gated(process, { planOf: async () => plan() }),
      clock: this.clock,
      archiving: true,
    };
  }

  /** Every call waits until the schedule lets it go on. */
  #gated<T extends object>(process: Process, port: T): T {
    const gated: Record<string | symbol, unknown> = {};
    for (const [name, method] of Object.entries(port)) {
      gated[name] =
        typeof method !== 'function'
          ? method
          : async (...args: unknown[]) => {
              this.#running--;
              await new Promise<void>((resolve) => process.waiting.push(resolve));
              return method(...args);
            };
    }
    return gated as T;
  }

  /** Until every process waits at a call, or has ended. */
  async #quiet(): Promise<void> {
    do await new Promise(setImmediate);
    while (this.#running > 0);
  }

  #pick(count: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return (this.#random >>> 8) % count;
  }
}
