import { beforeEach, describe, expect, it } from '@jest/globals';
import { Failure } from '../../../functions/core/errors.ts';
import type { Notice } from '../../../functions/core/notice.ts';
import { tableRef } from '../../../functions/core/object-keys.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance } from '../../../functions/jobs/advance.ts';
import type { Notices } from '../../../functions/ports/notifier.ts';
import type { Ports } from '../../../functions/ports/ports.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { handler as notifyHandler } from '../../../functions/stages/notify/handler.ts';
import { zip } from '../../../functions/stages/zip/descriptor.ts';
import { type StageWorld, stageWorld } from '../../support/stage-world.ts';

const failure = { code: 'imageEmpty', message: 'the file is empty: it has 0 bytes' };

let world: StageWorld;
let sent: { channel: string; notice: Notice; to?: string }[];
let broken: Set<string>;
let notices: Notices;
beforeEach(async () => {
  world = await stageWorld();
  sent = [];
  broken = new Set();
  const channel = (name: string) => ({
    async send(notice: Notice, { to }: { to?: string }) {
      if (broken.has(name)) throw new Error(`${name} is down`);
      sent.push({ channel: name, notice, ...(to !== undefined && { to }) });
    },
  });
  const addresses = { find: async (owner: string) => (owner === 'lab' ? 'olga@lab.example' : undefined) };
  notices = { channels: { mail: channel('mail'), hook: channel('hook') }, addresses, page: 'https://lab.example' };
});

const only = (name: 'mail' | 'hook'): Notices => ({ ...notices, channels: { [name]: notices.channels[name]! } });
const handle = (more: Partial<Ports> = {}, generation = 1, job = world.job) =>
  notifyHandler.handle(
    { ...job, generation },
    restrict(notifyHandler.stage, { ...world, notices: only('mail'), ...more }),
  );

/** The job of the world, ended, with its tables. */
async function ended() {
  await world.jobs.expect(world.job, [
    { path: 'a.tif', bytes: 1 },
    { path: 'b.tif', bytes: 1 },
    { path: 'c.tif', bytes: 1 },
  ]);
  for (const path of ['a.tif', 'b.tif']) await finishAndAdvance(world.job, path, { state: 'done' }, world);
  await finishAndAdvance(world.job, 'c.tif', { state: 'failed', failure }, world);
  await sealAndAdvance(world.job, world);
  const job = (await world.jobs.get(world.job))!;
  const files = [
    { path: 'a.tif', state: 'done', objects: 40 },
    { path: 'b.tif', state: 'done', objects: 2 },
    { path: 'c.tif', state: 'failed', failure },
  ];
  await world.objects.put(tableRef(job, 'manifest.json'), Buffer.from(JSON.stringify({ files, name: 'experiment' })));
  world.clock.now = () => job.createdAt + 65_000;
  await world.jobs.complete(world.job, 1);
}

describe('notify', () => {
  it('notifies the owner of a completed job by mail, with what is in its manifest', async () => {
    await ended();
    expect(await handle()).toEqual({ notified: 'mail' });
    expect(sent).toEqual([{ channel: 'mail', to: 'olga@lab.example', notice: expect.anything() }]);
    expect(sent[0]!.notice).toMatchObject({
      subject: '[labdeploy] experiment is ready: 1 of 3 files failed',
      text: expect.stringContaining('Failed   1\n- c.tif: the file is empty: it has 0 bytes\n'),
      payload: { job: { objects: 42, files: { total: 3, done: 2, failed: 1, leftOut: 0 }, durationSeconds: 65 } },
    });
  });

  it('notifies of a completed job whose tables are deleted, without their number', async () => {
    await ended();
    await world.objects.remove(tableRef((await world.jobs.get(world.job))!, 'manifest.json'));
    expect(await handle()).toEqual({ notified: 'mail' });
    expect(sent[0]!.notice.payload.job).not.toHaveProperty('objects');
  });

  it.each([
    ['failed', () => world.jobs.fail(world.job, failure)],
    ['expired', () => world.jobs.expire(world.job)],
  ])('tells of a job that %s', async (state, end) => {
    await end();
    expect(await handle()).toEqual({ notified: 'mail' });
    expect(sent[0]!.notice.payload.event).toBe(`job.${state}`);
  });

  it('sends nothing before the end, of a cancelled or deleted job, or of an earlier round', async () => {
    expect(await handle()).toBe('nothing to tell');
    await ended();
    await retryAndAdvance(world.job, world);
    expect(await handle()).toBe('nothing to tell');
    await world.jobs.fail(world.job, failure);
    expect(await handle()).toBe('nothing to tell');
    expect(await handle({}, 2)).toEqual({ notified: 'mail' });
    const cancelled = { owner: 'lab', id: 'job-2' };
    await world.jobs.create({ ...cancelled, name: 'x', settings: { model: { name: 'nuclei', sha256: '0' } } });
    await world.jobs.cancel(cancelled);
    expect(await handle({}, 1, cancelled)).toBe('nothing to tell');
    expect(await handle({}, 1, { ...cancelled, id: 'gone' })).toBe('nothing to tell');
    expect(sent).toHaveLength(1);
  });

  it('does nothing where nothing is configured, or the owner has no address', async () => {
    await ended();
    const unconfigured: Ports = { ...world };
    expect(
      await notifyHandler.handle({ ...world.job, generation: 1 }, restrict(notifyHandler.stage, unconfigured)),
    ).toBe('nobody to tell');
    expect(await handle({ notices: { ...notices, channels: {} } })).toBe('nobody to tell');
    expect(await handle({ notices: { ...only('mail'), addresses: { find: async () => undefined } } })).toBe(
      'nobody to tell',
    );
    expect(sent).toEqual([]);
  });

  it('asks for no address where only a web hook is notified', async () => {
    await ended();
    const addresses = { find: () => Promise.reject(new Error('not to be asked')) };
    expect(await handle({ notices: { ...only('hook'), addresses } })).toEqual({ notified: 'hook' });
    expect(sent).toEqual([{ channel: 'hook', notice: expect.anything() }]);
  });

  it('gives each of several channels a message of its own, so that one that is down repeats no other', async () => {
    await ended();
    expect(await handle({ notices })).toBe('passed on');
    const messages = await world.queue.receive('notices', { max: 10, visibilitySeconds: 60 });
    expect(messages.map(({ body }) => body)).toEqual([
      { ...world.job, generation: 1, channel: 'mail' },
      { ...world.job, generation: 1, channel: 'hook' },
    ]);
    const services = restrict(notifyHandler.stage, { ...world, notices });
    broken.add('mail');
    await expect(notifyHandler.handle(messages[0]!.body, services)).rejects.toThrow('mail is down');
    expect(await notifyHandler.handle(messages[1]!.body, services)).toEqual({ notified: 'hook' });
    broken.clear();
    expect(await notifyHandler.handle(messages[0]!.body, services)).toEqual({ notified: 'mail' });
    expect(sent.map(({ channel }) => channel)).toEqual(['hook', 'mail']);
    expect(sent[0]!.notice).toEqual(sent[1]!.notice);
  });

  it('passes on what it cannot read or send, for another try', async () => {
    await ended();
    broken.add('mail');
    await expect(handle()).rejects.toThrow('mail is down');
    await world.objects.put(tableRef((await world.jobs.get(world.job))!, 'manifest.json'), Buffer.from('{}'));
    await expect(handle()).rejects.toThrow();
    expect(sent).toEqual([]);
  });

  it('is the only stage that may tell anybody or look up where', async () => {
    const { notices: refused } = restrict(zip, { ...world, notices });
    for (const name of ['mail', 'hook'] as const)
      await expect(refused!.channels[name]!.send({} as Notice, {})).rejects.toMatchObject({ code: 'accessRefused' });
    await expect(refused!.addresses.find('lab')).rejects.toEqual(
      new Failure('accessRefused', { stage: 'zip', access: 'look up addresses' }),
    );
  });
});
