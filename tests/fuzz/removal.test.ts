import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { localSignedAccess } from '../../functions/adapters/local/signed-access.ts';
import { Failure } from '../../functions/core/errors.ts';
import { buckets, inputRef, resultRef, uploadRef } from '../../functions/core/object-keys.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance } from '../../functions/jobs/advance.ts';
import { forgetJob } from '../../functions/jobs/forget.ts';
import { patience } from '../../functions/stages/sweep/descriptor.ts';
import { sweepJobs } from '../../functions/stages/sweep/sweep.ts';
import { unpack } from '../../functions/stages/unzip/unpack.ts';
import { packageResults } from '../../functions/stages/zip/package.ts';
import { attemptsOf } from '../support/attempts.ts';
import { manualClock } from '../support/manual-clock.ts';
import { memoryJobStore } from '../support/memory/job-store.ts';
import { memoryObjectStore } from '../support/memory/object-store.ts';
import { memoryQueue } from '../support/memory/queue.ts';
import { buildZip } from '../support/zip-builder.ts';

const job = { owner: 'olga', id: 'job1' };
/** Its prefix starts like the job's. */
const neighbour = { owner: 'olga', id: 'job10' };
const archive = 'archive.zip';
const bytes = Buffer.from('x');
const summary = Buffer.from(
  JSON.stringify({
    ...{ path: 'a.tif', sha256: 'a'.repeat(64), bytes: 1, height: 1, width: 1, samples: 1, type: 'uint16' },
    ...{ positions: 1, times: 1, depths: 1, channels: 1, channel: { index: 0 }, objects: 0 },
    model: { name: 'nuclei', version: '1', sha256: 'b'.repeat(64), definition: 'c'.repeat(64) },
    settings: { probabilities: false },
    outputs: [{ kind: 'labels.tif', bytes: 1 }],
  }),
);

/** One job that is worked on and deleted; every call of a port waits until the schedule lets it go on. */
class Removal {
  readonly clock = manualClock();
  readonly objects = memoryObjectStore(this.clock);
  readonly jobs = memoryJobStore(this.clock);
  readonly queue = memoryQueue(this.clock, attemptsOf(5));
  blocked: (() => void)[] = [];
  #running = 0;
  #errors: unknown[] = [];

  async create(): Promise<void> {
    for (const ref of [job, neighbour]) {
      await this.jobs.create({ ...ref, name: 'x', settings: { model: { name: 'nuclei', sha256: 'b'.repeat(64) } } });
      await this.jobs.expect(ref, [{ path: 'a.tif', bytes: 1 }]);
      for (const object of [uploadRef(ref, archive), inputRef(ref, 'a.tif'), resultRef(ref, 'a.tif', 'labels.tif')])
        await this.objects.put(object, bytes);
    }
  }

  async start(actor: keyof Removal['actors']): Promise<void> {
    this.#running++;
    this.actors[actor]()
      .catch((error: unknown) => {
        // A job that goes away under their hands, or a second call of the same; the queue would bring the message again.
        if (!(error instanceof Failure && /^(jobMissing|objectMissing|objectPresent)$/.test(error.code)))
          this.#errors.push(error);
      })
      .finally(() => this.#running--);
    await this.#quiet();
  }

  async resume(who: number): Promise<void> {
    const [next] = this.blocked.splice(who % this.blocked.length, 1);
    if (next === undefined) return;
    this.#running++;
    next();
    await this.#quiet();
  }

  kill(who: number): void {
    this.blocked.splice(who % this.blocked.length, 1);
  }

  /** Everything of a job that is in the store. */
  async left({ owner, id }: typeof job): Promise<string[]> {
    const keys: string[] = [];
    for (const bucket of buckets) {
      const { objects } = await this.objects.list(bucket, '');
      keys.push(...objects.filter(({ key }) => key.includes(`${owner}/${id}/`)).map(({ key }) => `${bucket} ${key}`));
    }
    return keys;
  }

  get #ports() {
    return {
      objects: this.#gated(this.objects),
      jobs: this.#gated(this.jobs),
      queue: this.#gated(this.queue),
      clock: this.clock,
    };
  }

  get #signed() {
    const { objects, clock } = this.#ports;
    return localSignedAccess({ objects, secret: Buffer.alloc(32), base: '', clock });
  }

  readonly actors = {
    forget: () => forgetJob(job, { ...this.#ports, signed: this.#signed }),
    /** Two signed uploads whose bytes are on their way. */
    upload: async () => {
      const { jobs, objects } = this.#ports;
      if ((await jobs.get(job)) === undefined) return;
      await objects.put(inputRef(job, 'late.tif'), bytes);
      await objects.put(uploadRef(job, archive), bytes);
    },
    complete: async () => {
      const { jobs } = this.#ports;
      if ((await jobs.get(job)) === undefined) return;
      const size = { bytes: 0, partBytes: 1 };
      const { uploadId } = await this.#signed.startMultipart(inputRef(job, 'large.tif'), size);
      await this.#signed.completeMultipart(inputRef(job, 'large.tif'), uploadId, [], size);
    },
    unzip: async () => {
      const zip = buildZip({
        entries: [
          { name: 'a.tif', data: bytes },
          { name: 'b/c.tif', data: bytes },
        ],
      });
      await this.objects.put(uploadRef(neighbour, archive), zip);
      const { objects, ...ports } = this.#ports;
      const reading: typeof objects = {
        ...objects, // the zip itself is read to the end, as S3 lets who has begun
        head: (ref) => objects.head(ref.bucket === 'uploads' ? uploadRef(neighbour, archive) : ref),
        get: (ref, range) => objects.get(ref.bucket === 'uploads' ? uploadRef(neighbour, archive) : ref, range),
      };
      await unpack({ ...job, archive }, { ...ports, objects: reading });
    },
    /** What predict does between its calls is of no interest here. */
    predict: async () => {
      const { objects, jobs, queue } = this.#ports;
      if ((await jobs.file(job, 'a.tif'))?.state !== 'pending') return;
      await objects.put(resultRef(job, 'a.tif', 'labels.tif'), bytes);
      await objects.put(resultRef(job, 'a.tif', 'summary.json'), summary);
      await finishAndAdvance(job, 'a.tif', { state: 'done' }, { jobs, queue });
    },
    submit: () => sealAndAdvance(job, this.#ports),
    zip: async () => {
      const generation = (await this.#ports.jobs.get(job))?.generation;
      if (generation !== undefined) await packageResults({ ...job, generation }, { ...this.#ports, version: '0' });
    },
    retry: async () => void (await retryAndAdvance(job, this.#ports)),
    sweep: async () => void (await sweepJobs(this.#ports)),
  };

  #gated<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          this.#running--;
          await new Promise<void>((resolve) => this.blocked.push(resolve));
          return method.apply(target, args);
        };
      },
    });
  }

  async #quiet(): Promise<void> {
    while (this.#running > 0) await new Promise(setImmediate);
    if (this.#errors.length > 0) throw this.#errors[0];
  }
}

const actors = ['upload', 'complete', 'unzip', 'predict', 'predict', 'submit', 'zip', 'retry', 'sweep'] as const;

it('leaves nothing of a deleted job, whoever was writing to it', async () => {
  let late = 0;
  const schedule = fc.uint8Array({ minLength: 30, maxLength: 80, size: 'max' });
  const property = fc.asyncProperty(schedule, fc.nat({ max: 20 }), async (steps, deletedAt) => {
    const world = new Removal();
    await world.create();
    const kept = await world.left(neighbour);
    for (const [i, step] of steps.entries()) {
      if (i === deletedAt) await world.start('forget');
      const [what, who] = [step % 16, step >> 4];
      if (what < 9 && world.blocked.length > 0) await world.resume(who);
      else if (what === 9) world.kill(who);
      else await world.start(actors[who % actors.length]!);
    }
    while (world.blocked.length > 0) await world.resume(0);
    const signed = localSignedAccess({ ...world, secret: Buffer.alloc(32), base: '' });
    await forgetJob(job, { ...world, signed }).catch(
      (error: Failure) => expect(error.code).toBe('jobMissing'), // it was not cut off
    );
    if ((await world.left(job)).length > 0) late++;
    world.clock.advance(patience.removal + 1);
    await sweepJobs(world);
    await signed.abortAbandoned(world.clock.now() - 1000); // a rule of the bucket, and of retention here
    expect(await world.left(job)).toEqual([]);
    expect((await world.jobs.removed(world.clock.now())).items).toEqual([]);
    expect(await world.left(neighbour)).toEqual(kept);
  });
  await fc.assert(property, { numRuns: 2000 });
  expect(late).toBeGreaterThan(200); // or the schedules show nothing
}, 60_000);
