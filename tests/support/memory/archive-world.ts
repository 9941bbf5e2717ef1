import { changePlan } from '../../../functions/api/change-plan.ts';
import type { Job } from '../../../functions/core/job.ts';
import { downloadRef, type JobRef } from '../../../functions/core/object-keys.ts';
import { archivingPlans } from '../../../functions/core/plans.ts';
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
import { storeResults } from '../completed-job.ts';
import { type ManualClock, manualClock } from '../manual-clock.ts';
import { archiveRules } from './archive-rules.ts';
import { coldObjectStore } from './cold-object-store.ts';
import { memoryJobStore } from './job-store.ts';
import { type Gate, processes } from './processes.ts';
import { memoryQueue } from './queue.ts';

const ref: JobRef = { owner: 'olga', id: 'job1' };
const images = ['a.tif', 'b.tif'];
const files = images.map((path) => ({ path, bytes: 1 }));
/** Of what the plan archives. */
const archiveDays = 6;
const plans = { ...archivingPlans, free: { ...archivingPlans.free, archiveDays } };
const signed = { abortAll: async () => {} } as unknown as SignedAccess;
/** Of a job that goes away under their hands; and what the archive does not take now. */
const expected = /^(jobMissing|objectMissing|objectFrozen)$/;
const attempts = attemptsOf(3);

type Actor = 'cold' | 'sweep' | 'ask' | 'upgrade' | 'downgrade' | 'retry' | 'predict' | 'zip' | 'remove';
type Actors = Record<Actor, (ports: Ports, gate: Gate) => Promise<unknown>>;

/**
 * One completed job with everybody who works on its results, as processes that stop at every call of a port. The schedule
 * decides who goes on and who dies there. All that moves the job is the real code.
 */
export class ArchiveWorld {
  readonly clock: ManualClock = manualClock();
  plan: 'free' | 'premium';
  deleted = false;
  retried = 0;
  #random: number;
  #objects = coldObjectStore(this.clock, { hasCapacity: () => this.#pick(2) === 0 });
  #jobs = memoryJobStore(this.clock);
  #queue = memoryQueue(this.clock, attempts, (count) => this.#pick(count));
  /** Whatever runs longer ends: Lambda ends a function, a machine its process. */
  #processes = processes(this.clock, cold.timeoutSeconds);
  #errors: unknown[] = [];
  /** Did a process fail, in a way that may be? */
  #failed = false;
  #notified = new Set<number>();
  #rules: ReturnType<typeof archiveRules>;

  constructor(plan: 'free' | 'premium', seed: number) {
    this.plan = plan;
    this.#random = seed;
    const stores = { jobs: this.#jobs, objects: this.#objects, clock: this.clock };
    const seen = { plan: () => this.plan, isDeleted: () => this.deleted, notified: () => this.#notified };
    this.#rules = archiveRules({ ...stores, ...seen, ref, images, plans });
  }

  /** Two images, of which the first is done. */
  async create(): Promise<void> {
    const stores = { jobs: this.#jobs, queue: this.#queue };
    await this.#jobs.create({ ...ref, name: 'plate', settings: { model: { name: 'nuclei', sha256: '0' } } });
    await this.#jobs.expect(ref, files);
    await this.#predict('a.tif');
    await finishAndAdvance(ref, 'a.tif', { state: 'done' }, stores);
    await finishAndAdvance(ref, 'b.tif', { state: 'failed', failure: { code: 'gaveUp', message: 'given up' } }, stores);
    await sealAndAdvance(ref, stores);
    await this.#runAll('zip');
  }

  get blocked(): number {
    return this.#processes.blocked;
  }

  job = (): Promise<Job | undefined> => this.#jobs.get(ref);

  /** One process goes on to its next call, or its end. */
  async resume(index: number): Promise<void> {
    if (await this.#processes.resume(index)) await this.check();
  }

  /** One process dies before its next call. */
  readonly kill = (index: number): void => this.#processes.kill(index);

  /** Time passes, and ends what runs for too long. */
  advance(seconds: number): void {
    this.clock.advance(seconds);
    this.#processes.endOverdue();
  }

  /** What was asked of the archive is there, and the store says so, sometimes twice, sometimes not. */
  async arrive(): Promise<void> {
    for (const arrived of this.#objects.onTheirWay()) {
      this.#objects.arrive(arrived);
      const events = Array.from({ length: this.#pick(3) }, () => ({ kind: 'thaw' as const, ...ref }));
      await this.#queue.send('cold', events);
    }
  }

  start(actor: Actor): Promise<void> {
    const failed = (error: unknown) => {
      this.#failed = true;
      if (!expected.test((error as { code?: string }).code ?? '')) this.#errors.push(error);
    };
    return this.#processes.start((gate) => this.#actors[actor](this.#portsBehind(gate), gate), failed);
  }

  readonly #actors: Actors = {
    cold: async (ports) => {
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
    sweep: sweepJobs,
    ask: async ({ queue }) => {
      await queue.send('cold', [{ kind: 'restore', ...ref, asked: true }]);
      this.#rules.asked();
    },
    upgrade: (ports, gate) => this.#change('premium', ports, gate),
    downgrade: (ports, gate) => this.#change('free', ports, gate),
    /** As the API does. */
    retry: async (ports) => {
      const retried = await retryAndAdvance(ref, ports);
      if (retried === undefined) return;
      this.retried++;
      await ports.objects.remove(downloadRef({ ...retried, generation: retried.generation - 1 }));
    },
    /** In one go. */
    predict: async (ports) => {
      const [message] = await this.#queue.receive('files', { max: 1, visibilitySeconds: 60 });
      if (message === undefined) return;
      if ((await ports.jobs.file(ref, message.body.path))?.state === 'pending') {
        await this.#predict(message.body.path);
        await finishAndAdvance(ref, message.body.path, { state: 'done' }, ports);
      }
      await ports.queue.acknowledge('files', [message.receipt]);
    },
    zip: async (ports) => {
      const [message] = await this.#queue.receive('zips', { max: 1, visibilitySeconds: 60 });
      if (message === undefined) return;
      await packageResults(message.body, { ...ports, version: '0' });
      await ports.queue.acknowledge('zips', [message.receipt]);
    },
    remove: (ports) => {
      this.deleted = true;
      return forgetJob(ref, { ...ports, signed });
    },
  };

  /** Everybody finishes, messages are delivered, the archive answers, sweeps come, days pass. */
  async settle(): Promise<void> {
    if (this.deleted) await this.#runAll('remove'); // whoever deletes tries again
    await this.#pass([0, 1, 5, 16, 31, 31, 31, 400, 400, 400]);
    // A process that died may be waited for a day.
    if (this.#processes.ended === 0 && !this.#failed) await this.#rules.checkPrompt();
    await this.#pass([25 * 60, 31, 31, 31, 400, 400, 25 * 60, 400, 400]);
    if (this.#pick(3) === 0) await this.#pass([(archiveDays + 1) * 24 * 60, 31]);
    if (!this.deleted) return;
    this.advance(3 * 24 * 3600);
    await this.#runAll('sweep');
  }

  async #pass(minutes: readonly number[]): Promise<void> {
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
  }

  async #runAll(actor: Actor): Promise<void> {
    await this.start(actor);
    while (this.blocked > 0) await this.resume(0);
  }

  /** What must hold after every step. */
  async check(): Promise<void> {
    if (this.#errors.length > 0) throw this.#errors[0];
    await this.#readNotices();
    await this.#rules.check();
  }

  /** What must hold in the end. */
  async checkEnd(): Promise<void> {
    await this.check();
    await this.#rules.checkEnd();
  }

  async #readNotices(): Promise<void> {
    const notices = await this.#queue.receive('notices', { max: 10, visibilitySeconds: 60 });
    for (const { body, receipt } of notices) {
      if (body.id !== undefined && body.restored !== undefined) this.#notified.add(body.restored);
      await this.#queue.acknowledge('notices', [receipt]);
    }
  }

  #change(plan: 'free' | 'premium', ports: Ports, gate: Gate): Promise<void> {
    const accounts = gate({
      setPlan: async () => {
        this.plan = plan;
        this.#rules.planChanged();
      },
      find: () => Promise.reject(new Error('nobody looks for an account here')),
    });
    return changePlan(ref.owner, plan, { planChanges: { accounts, upgrades: 'off' }, plans, ports });
  }

  #predict(path: string): Promise<void> {
    return storeResults(ref, { path, bytes: 20 }, this.#objects);
  }

  #portsBehind(gate: Gate): Ports {
    const { coldStorage, ...objects } = this.#objects;
    return {
      objects: { ...gate(objects), coldStorage: gate(coldStorage) },
      jobs: gate(this.#jobs),
      queue: gate(this.#queue),
      members: gate({ planOf: async () => plans[this.plan] }),
      clock: this.clock,
      archiving: true,
    };
  }

  #pick(count: number): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return (this.#random >>> 8) % count;
  }
}
