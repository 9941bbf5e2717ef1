import { describe, expect, it } from '@jest/globals';
import { uploadRef } from '../../../functions/core/object-keys.ts';
import { sealAndAdvance, submitArchive } from '../../../functions/jobs/advance.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { patience, sweep } from '../../../functions/stages/sweep/descriptor.ts';
import { sweepJobs } from '../../../functions/stages/sweep/sweep.ts';
import { unzip } from '../../../functions/stages/unzip/descriptor.ts';
import { unpack } from '../../../functions/stages/unzip/unpack.ts';
import { Crash, crashingPorts } from '../../support/crashing-ports.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';

const archive = 'folder.zip';

async function noticeCount({ queue, job }: StageWorld): Promise<number> {
  const messages = await queue.receive('notices', { max: 10, visibilitySeconds: 60 });
  for (const { body } of messages) expect(body).toEqual({ ...job, generation: 1 });
  return messages.length;
}

/** Delivers the messages of a queue until they are dead. */
async function exhaust({ queue, clock }: StageWorld, name: 'unzip' | 'zips') {
  for (let n = 0; n <= 5; n++) {
    await queue.receive(name, { max: 10, visibilitySeconds: 1 });
    clock.advance(2);
  }
}

describe('a zip that cannot be unpacked', () => {
  async function brokenZip(): Promise<StageWorld> {
    const world = await stageWorld();
    await world.objects.put(uploadRef(world.job, archive), Buffer.from('no zip'));
    await world.jobs.submit(world.job);
    return world;
  }
  const deliver = (world: StageWorld, ports: Pick<StageWorld, 'objects' | 'jobs' | 'queue'> = world) =>
    unpack({ ...world.job, archive }, { ...ports });

  it('notifies its owner once', async () => {
    const world = await brokenZip();
    expect(await deliver(world, restrict(unzip, world))).toMatchObject({ failed: { code: 'archiveBroken' } });
    expect(await noticeCount(world)).toBe(1);
  });

  it('notifies its owner also when the delivery that failed the job died', async () => {
    const undisturbed = await brokenZip();
    const counted = crashingPorts(undisturbed);
    await deliver(undisturbed, counted.ports);
    expect(counted.calls.slice(-2)).toEqual(['jobs.fail', 'queue.send']);
    for (let at = 1; at <= counted.calls.length; at++) {
      for (const when of ['before', 'after'] as const) {
        const world = await brokenZip();
        await expect(deliver(world, crashingPorts(world, at, when).ports)).rejects.toThrow(Crash);
        await deliver(world);
        const twice = at === counted.calls.length && when === 'after';
        expect({ at, when, noticeCount: await noticeCount(world) }).toEqual({ at, when, noticeCount: twice ? 2 : 1 });
      }
    }
  });
});

describe('sweep notifies the owner', () => {
  const swept = (world: StageWorld) => sweepJobs(restrict(sweep, world));

  it('of a zip that was given up', async () => {
    const world = await stageWorld();
    await submitArchive(world.job, archive, world);
    await exhaust(world, 'unzip');
    await swept(world);
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed' });
    expect(await noticeCount(world)).toBe(1);
  });

  it('of results that could not be packaged', async () => {
    const world = await stageWorld();
    await sealAndAdvance(world.job, world);
    await exhaust(world, 'zips');
    await swept(world);
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed' });
    expect(await noticeCount(world)).toBe(1);
  });

  it('again when the sweep before died between the end and the notice', async () => {
    const world = await stageWorld();
    await sealAndAdvance(world.job, world);
    await exhaust(world, 'zips');
    const counted = crashingPorts(world);
    const queue: StageWorld['queue'] = { ...counted.ports.queue, send: () => Promise.reject(new Crash()) };
    await expect(sweepJobs({ ...world, queue })).rejects.toThrow(AggregateError);
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'failed' });
    expect(await noticeCount(world)).toBe(0);
    world.clock.advance(sweep.timeoutSeconds + 1);
    await swept(world);
    expect(await noticeCount(world)).toBe(1);
  });

  it.each([
    ['expired', patience.upload, async () => undefined],
    ['failed', patience.manifest, ({ jobs, job }: StageWorld) => jobs.submit(job)],
  ])('of a silent job that %s, a minute later, even when the sweep dies at the end', async (state, seconds, begin) => {
    for (const dies of [false, true]) {
      const world = await stageWorld();
      await begin(world);
      world.clock.advance(seconds + 1);
      const end = state === 'failed' ? 'fail' : 'expire';
      const dying = async (...args: [typeof world.job]) => {
        await (world.jobs[end] as (...args: unknown[]) => Promise<unknown>)(...args);
        throw new Crash();
      };
      const sweeping = sweepJobs({ ...world, ...(dies && { jobs: { ...world.jobs, [end]: dying } }) });
      if (dies) await expect(sweeping).rejects.toThrow(AggregateError);
      else expect(await sweeping).toMatchObject({ [state]: 1 });
      expect(await world.jobs.get(world.job)).toMatchObject({ state });
      expect(await noticeCount(world)).toBe(0);
      world.clock.advance(60);
      expect(await noticeCount(world)).toBe(1);
    }
  });

  it('of nothing by dropping a notice that gave up', async () => {
    const world = await stageWorld();
    await world.queue.send('notices', [{ ...world.job, generation: 1 }]);
    for (let n = 0; n <= 10; n++) {
      await world.queue.receive('notices', { max: 1, visibilitySeconds: 1 });
      world.clock.advance(2);
    }
    expect(await world.queue.depth('notices')).toEqual({ waiting: 0, hidden: 0, dead: 1 });
    expect(await swept(world)).toMatchObject({ dead: 1, rescued: 0, failed: 0, expired: 0 });
    expect(await world.queue.depth('notices')).toEqual({ waiting: 0, hidden: 0, dead: 0 });
    expect(await world.jobs.get(world.job)).toMatchObject({ state: 'uploading' });
  });
});
