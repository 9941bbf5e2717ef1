import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { inputRef, type JobRef, jobPrefix } from '../../functions/core/object-keys.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { allObjects } from '../../functions/object-streams/all-pages.ts';
import { offerModels } from '../../functions/runtime/offered-models.ts';
import { fleetVariable } from '../../functions/stack/resource-variables.ts';
import { visibilitySeconds } from '../../functions/stages/large/descriptor.ts';
import { attempts } from '../../functions/stages/stages.ts';
import { bytesOf } from '../support/bytes.ts';
import { type Finished, jsonLines, type Running, startCli } from '../support/cli.ts';
import { type FunctionAccount, functionAccount } from '../support/function-account.ts';
import { collect } from '../support/memory-source.ts';
import { modelFolder, planeOf, randomNumbers } from '../support/models.ts';
import { describeWithMoto } from '../support/simulated-account/describe-with-moto.ts';

jest.setTimeout(600_000); // a slow machine takes longer, and is no failure

const [images, machines, kills] = [8, 2, 4];
const [height, width, depths] = [96, 80, 3];
const paths = Array.from({ length: images }, (_, i) => `plate/${i}.tif`);
const uniform = randomNumbers(12);

const stackOf = (seed: number): Promise<Uint8Array> => {
  const random = randomNumbers(seed);
  const planes = Array.from({ length: depths }, () => planeOf(height, width, () => random() * 4000, 'uint16'));
  const info = { height, width, depths, samples: 1, type: 'uint16', positions: 1, times: 1, channels: 1 } as const;
  return collect(writeTiff({ ...info, channelNames: [undefined] }, planes));
};

await describeWithMoto('machines for large images', (moto) => {
  let account: FunctionAccount;
  let model: { name: string; sha256: string };
  let lastingMs: number;
  const fleet = {
    ...{ jobQueue: 'jobs', jobDefinition: 'worker', most: machines, monthlyLimit: 20 },
    prices: { vcpuHour: 0.04, gigabyteHour: 0.0044, addressHour: 0.005 },
  };
  const machine = () =>
    startCli(['worker', '--idle', '1', '--json'], {
      env: {
        ...account.variables,
        [fleetVariable]: JSON.stringify(fleet),
        LABDEPLOY_MODEL: modelFolder('unet'),
      },
    });

  beforeAll(async () => {
    account = await functionAccount(moto().url, attempts);
    await using offered = await offerModels([modelFolder('unet')], { workers: 1 });
    const { name, sha256 } = offered.views[0]!;
    model = { name, sha256 };
  });
  afterAll(() => account.close());

  /** A job whose images all wait for a machine. */
  async function jobOf(id: string): Promise<JobRef> {
    const { jobs, objects, queue } = account;
    const job = { owner: 'olga', id };
    await jobs.create({ ...job, name: id, settings: { model } });
    const files = await Promise.all(
      paths.map(async (path, i) => ({ path, bytes: (await objects.put(inputRef(job, path), await stackOf(i))).bytes })),
    );
    await jobs.expect(job, files);
    await jobs.seal(job);
    await jobs.submit(job);
    await queue.send(
      'large',
      paths.map((path) => ({ ...job, path })),
    );
    return job;
  }

  /** Ends a machine at a random moment of its work, where it is still there. */
  async function endOf({ child, finished }: Running, signal?: NodeJS.Signals): Promise<Finished> {
    const late = signal && setTimeout(() => child.kill(signal), (uniform() * lastingMs) / 2);
    const end = await finished;
    clearTimeout(late);
    return end;
  }

  /** sha256 of all that is stored of the job's results, by key below its prefix. */
  async function resultsOf(job: JobRef): Promise<Record<string, string>> {
    const prefix = jobPrefix(job);
    const found: Record<string, string> = {};
    for await (const { key } of allObjects(account.objects, 'results', prefix)) {
      const bytes = await bytesOf(await account.objects.get({ bucket: 'results', key }));
      found[key.slice(prefix.length)] = hash('sha256', bytes);
    }
    return found;
  }

  it(`of which ${kills} are killed or stopped at random moments write the same bytes, and each image counts once`, async () => {
    const calm = await jobOf('calm');
    const started = performance.now();
    expect(await machine().finished).toMatchObject({ code: 0 });
    lastingMs = performance.now() - started;
    const expected = await resultsOf(calm);
    expect(Object.keys(expected)).toHaveLength(4 * images);

    const job = await jobOf('disturbed');
    const done: string[] = [];
    const ends = { SIGKILL: 0, SIGTERM: 0 };
    const signals = Array.from({ length: kills }, (_, i) => (i % 2 === 0 ? 'SIGKILL' : 'SIGTERM'));
    /** Machines one after the other, until one ends by itself. */
    const keepMachine = async (): Promise<void> => {
      const signal = signals.pop();
      const end = await endOf(machine(), signal);
      done.push(...doneOf(end.stdout));
      if (end.code === 0) return;
      expect([130, signal]).toContain(end.code ?? end.signal); // one that was stopped while it started knows no better
      ends[signal!]++;
      return keepMachine();
    };
    for (;;) {
      await Promise.all(Array.from({ length: machines }, keepMachine));
      const pending = await account.jobs.files(job, { state: 'pending', limit: images });
      if (pending.items.length === 0) break;
      await moto().queuesAhead(visibilitySeconds + 1); // messages of machines that were killed come again
    }
    expect(await account.jobs.get(job)).toMatchObject({ state: 'packaging', done: images, failed: 0 });
    expect(await account.queue.depth('large')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    expect(await resultsOf(job)).toEqual(expected);
    expect(done.filter((path, i) => done.indexOf(path) !== i)).toEqual([]); // nobody began what was done
    process.stderr.write(
      `machines: ${JSON.stringify(ends)} of ${kills}, ${done.length} of ${images} images reported\n`,
    );
    expect(ends.SIGKILL + ends.SIGTERM).toBeGreaterThan(0); // else no moment was inside the work
  });
});

/** Paths of images that a machine says it has done. Its last line may be cut short. */
const doneOf = (stdout: string): string[] =>
  jsonLines(stdout.slice(0, stdout.lastIndexOf('\n') + 1)).flatMap(({ event, outcome, path }) =>
    event === 'worker.image' && outcome === 'done' ? [path as string] : [],
  );
