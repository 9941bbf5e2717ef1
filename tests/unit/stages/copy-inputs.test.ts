import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { NewFile } from '../../../functions/core/job.ts';
import { inputRef, type JobRef, jobPrefix } from '../../../functions/core/object-keys.ts';
import { finishAndAdvance, sealAndAdvance, submitCopy } from '../../../functions/jobs/advance.ts';
import { forgetJob } from '../../../functions/jobs/forget.ts';
import type { SignedAccess } from '../../../functions/ports/signed-access.ts';
import { patience } from '../../../functions/stages/sweep/descriptor.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { bytesOf } from '../../support/bytes.ts';
import { type StageWorld, settings, stageWorld } from '../../support/stage-world.ts';

const failed = (code: string) => ({ state: 'failed', failure: { code, message: code } }) as const;
const copyOf = (world: StageWorld, id: string) => ({ owner: world.job.owner, id });

async function folder(world: StageWorld, files: Record<string, Partial<NewFile> & { text?: string }>): Promise<void> {
  const named = Object.entries(files);
  await world.jobs.expect(
    world.job,
    named.map(([path, { text = '', ...rest }]) => ({ path, bytes: text.length, ...rest })),
  );
  for (const [path, { text }] of named)
    if (text !== undefined) await world.objects.put(inputRef(world.job, path), Buffer.from(text));
}

async function make(world: StageWorld, id: string, from: { job: string; path?: string } = { job: world.job.id }) {
  const ref = copyOf(world, id);
  await world.jobs.create({ ...ref, name: 'again', settings: { ...settings, from } });
  await submitCopy(ref, world);
  return ref;
}

const outcomesOf = async (world: StageWorld, id: string) =>
  (await world.jobs.files(copyOf(world, id))).items.map(({ path, state, failure }) =>
    [path, state, ...(failure === undefined ? [] : [failure.code])].join(': '),
  );

const step = fc.oneof(
  fc.record({ kind: fc.constant('copy' as const), from: fc.nat(5) }),
  fc.record({ kind: fc.constant('deliver' as const), of: fc.nat(5) }),
  fc.record({ kind: fc.constant('delete' as const), of: fc.nat(5) }),
  fc.record({ kind: fc.constant('sweep' as const), seconds: fc.nat(3 * 24 * 3600) }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

interface Jobs {
  world: StageWorld;
  all: JobRef[];
  /** Have their images. */
  whole: Set<string>;
  gone: Set<string>;
}

async function take(each: Step, { world, all, whole, gone }: Jobs): Promise<void> {
  if (each.kind === 'sweep') {
    world.clock.advance(each.seconds);
    await sweepJobs(world);
    return;
  }
  const { id } = all[(each.kind === 'copy' ? each.from : each.of) % all.length]!;
  if (each.kind === 'copy') all.push(await make(world, `copy-${all.length}`, { job: id }));
  else if (each.kind === 'deliver') {
    if (id !== world.job.id && 'images' in Object(await unpack(copyOf(world, id), world))) whole.add(id);
  } else if (!gone.has(id)) {
    await forgetJob(copyOf(world, id), { ...world, signed });
    gone.add(id);
  }
}

/** A deleted job has no images, one that got them has them all. */
async function expectOwn(id: string, { world, whole, gone }: Omit<Jobs, 'all'>): Promise<void> {
  const { objects } = await world.objects.list('inputs', jobPrefix(copyOf(world, id)));
  if (gone.has(id)) return expect(objects).toEqual([]);
  if (!whole.has(id)) return;
  const texts = objects.map(async ({ key }) =>
    String(await bytesOf(await world.objects.get({ bucket: 'inputs', key }))),
  );
  expect(await Promise.all(texts)).toEqual(['aaa', 'cc']);
}

describe('the images of another job', () => {
  it('are all that the other has: what was left out, refused or never came is so here too', async () => {
    const world = await stageWorld();
    const leftOut = { code: 'imageLeftOut', message: 'left out' };
    await folder(world, {
      'a.tif': { text: 'aaa' },
      'bad.tif': { text: 'broken' },
      'large.tif': {},
      'late.tif': {},
      'notes.txt': { leftOut },
      'words.companion.ome': { leftOut, text: '<OME/>' },
    });
    await finishAndAdvance(world.job, 'bad.tif', failed('imageBroken'), world);
    await finishAndAdvance(world.job, 'large.tif', failed('fileTooLarge'), world);
    await finishAndAdvance(world.job, 'late.tif', failed('uploadMissing'), world);
    await sealAndAdvance(world.job, world);
    const copy = await make(world, 'copy-1');
    expect(await unpack(copy, world)).toEqual({ images: 3, written: 3 });
    expect(await outcomesOf(world, 'copy-1')).toEqual([
      'a.tif: pending',
      'bad.tif: pending', // a model or settings may make it work
      'large.tif: failed: fileTooLarge',
      'late.tif: failed: uploadMissing',
      'notes.txt: leftOut: imageLeftOut',
      'words.companion.ome: leftOut: imageLeftOut',
    ]);
    const { objects } = await world.objects.list('inputs', jobPrefix(copy));
    expect(objects.map(({ key }) => key.slice(jobPrefix(copy).length))).toEqual([
      'a.tif',
      'bad.tif',
      'words.companion.ome',
    ]);
    expect(await world.jobs.get(copy)).toMatchObject({ state: 'processing', sealed: true });
  });

  it('are not copied twice by a second delivery', async () => {
    const world = await stageWorld();
    await folder(world, { 'a.tif': { text: 'aaa' }, 'b.tif': { text: 'b' } });
    await sealAndAdvance(world.job, world);
    const copy = await make(world, 'copy-1');
    await world.objects.put(inputRef(copy, 'a.tif'), Buffer.from('aaa')); // of a delivery that died
    expect(await unpack(copy, world)).toEqual({ images: 2, written: 1 });
    expect(await unpack(copy, world)).toBe('not open');
  });

  it('fail the job by name where the other was deleted meanwhile', async () => {
    const world = await stageWorld();
    await folder(world, { 'a.tif': { text: 'aaa' } });
    await sealAndAdvance(world.job, world);
    const copy = await make(world, 'copy-1');
    await forgetJob(world.job, { ...world, signed });
    expect(await unpack(copy, world)).toMatchObject({ failed: { code: 'inputsGone' } });
    expect(await world.jobs.get(copy)).toMatchObject({ state: 'failed', failure: { code: 'inputsGone' } });
    expect(await world.queue.receive('notices', { max: 1, visibilitySeconds: 1 })).toHaveLength(1);
  });

  it('are begun by sweep where who made the job died before', async () => {
    const world = await stageWorld();
    await folder(world, { 'a.tif': { text: 'aaa' } });
    await sealAndAdvance(world.job, world);
    const copy = copyOf(world, 'copy-1');
    await world.jobs.create({ ...copy, name: 'again', settings: { ...settings, from: { job: world.job.id } } });
    world.clock.advance(patience.step + 1);
    await sweepJobs(world);
    const [message] = await world.queue.receive('unzip', { max: 10, visibilitySeconds: 30 });
    expect(message!.body).toEqual(copy);
    expect(await unpack(message!.body, world)).toEqual({ images: 1, written: 1 });
  });

  it('are never deleted while another job needs them, in whatever order jobs are copied, deleted and swept', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 25 }), async (steps) => {
        const world = await stageWorld();
        await folder(world, { 'a.tif': { text: 'aaa' }, 'b/c.tif': { text: 'cc' } });
        await sealAndAdvance(world.job, world);
        const all = [world.job];
        const whole = new Set([world.job.id]);
        const gone = new Set<string>();
        for (const each of steps) {
          await take(each, { world, all, whole, gone });
          for (const { id } of all) await expectOwn(id, { world, whole, gone });
        }
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

/** There are no uploads here. */
const signed = { abortAll: async () => {} } as unknown as SignedAccess;
