import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSetView } from '../../../functions/contract/data-sets.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Download } from '../../../functions/contract/results.ts';
import type { TeachingMessage } from '../../../functions/core/messages.ts';
import { dataSetPrefix, inputRef } from '../../../functions/core/object-keys.ts';
import type { FleetReport } from '../../../functions/ports/fleet.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { patience, sweep as sweepStage } from '../../../functions/stages/sweep/descriptor.ts';
import { handler as sweep } from '../../../functions/stages/sweep/handler.ts';
import { teach as stage } from '../../../functions/stages/teach/descriptor.ts';
import { teach } from '../../../functions/stages/teach/teach.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { memoryQueue } from '../../support/memory/queue.ts';
import { accept, openTeachingWorld, type TeachingWorld } from '../../support/teaching-world.ts';
import { unzipped } from '../../support/unzipped.ts';

const started: FleetReport = { waiting: 1, running: 0, started: 1, paused: false };
let world: TeachingWorld;
let queue: ReturnType<typeof memoryQueue>;
let queueClock: ManualClock;
let asked: unknown[];
beforeEach(async () => {
  queueClock = manualClock();
  queue = memoryQueue(queueClock, attemptsOf(1));
  asked = [];
  world = await openTeachingWorld({ queue });
});
afterEach(async () => world[Symbol.asyncDispose]());

const ports = (report: FleetReport = started) => {
  const fleet = {
    planeMb: 1000,
    async ensure(need: unknown) {
      asked.push(need);
      return report;
    },
  };
  return { ...world.parts, queue, fleet };
};
const sent = async (): Promise<TeachingMessage[]> =>
  (await queue.receive('teaching', { max: 10, visibilitySeconds: 300 })).map(({ body }) => body);
/** What became of each message that waits, by the rights of the stage. */
const work = async () => Promise.all((await sent()).map((message) => teach(message, restrict(stage, ports()))));
const kept = async (id: string) =>
  (await world.parts.objects.list('datasets', dataSetPrefix({ owner: 'olga', id }))).objects.length;

/** A data set into which two images were asked for. */
async function asking(name: string) {
  const [job, id] = [await world.addJob({ 'a.tif': 15, 'b.tif': 15 }), await world.create(name)];
  for (const path of ['a.tif', 'b.tif']) {
    await world.edit(job, path, [accept()]);
    await world.add(id, job, path);
  }
  return { job, id };
}

describe('an image that is added to a data set on AWS', () => {
  it('is on its way until the stage has copied it, and no training begins before', async () => {
    const { job, id } = await asking('our cells');
    expect((await world.show(id)).adding.map(({ path, failure }) => [path, failure])).toEqual([
      ['a.tif', undefined],
      ['b.tif', undefined],
    ]);
    expect((await world.train<ProblemView>(id)).body.code).toBe('imagesArriving');
    expect(await work()).toEqual(['added', 'added']);
    expect(await world.show(id)).toMatchObject({ adding: [], objects: 30, images: [{ job, objects: 15 }, { job }] });
    expect(await kept(id)).toBe(4);
  });

  it('is refused at once where nothing is accepted', async () => {
    const [job, id] = [await world.addJob({ 'a.tif': 9 }), await world.create('our cells')];
    expect((await world.add<ProblemView>(id, job, 'a.tif')).body.code).toBe('nothingAccepted');
    expect(await sent()).toEqual([]);
  });

  it('says why it could not be added, until it is added again', async () => {
    const { job, id } = await asking('our cells');
    const ref = inputRef({ owner: 'olga', id: job }, 'a.tif');
    await world.parts.objects.put(ref, Buffer.from('no image'));
    expect((await work()).sort()).toEqual(['added', 'imageNotTiff']);
    const [failed] = (await world.show(id)).adding;
    expect(failed).toMatchObject({ path: 'a.tif', failure: { code: 'imageNotTiff' } });
    await world.add(id, job, 'a.tif');
    expect((await world.show(id)).adding).toMatchObject([{ path: 'a.tif' }]);
    expect((await world.show(id)).adding[0]).not.toHaveProperty('failure');
  });

  it('is not copied twice, nor into a data set that is gone: nothing of it is left there', async () => {
    const { id } = await asking('our cells');
    const messages = await sent();
    const each = () => teach(messages[0]!, restrict(stage, ports()));
    expect([await each(), await each()]).toEqual(['added', 'not wanted']);
    await world.api.call('DELETE', `/v1/data-sets/${id}`);
    expect(await teach(messages[1]!, restrict(stage, ports()))).toBe('not wanted');
    expect(await kept(id)).toBe(0);
  });

  it('is copied all the same where the API died before it sent the message', async () => {
    const { id } = await asking('our cells');
    for (const { receipt } of await queue.receive('teaching', { max: 10, visibilitySeconds: 300 }))
      await queue.acknowledge('teaching', [receipt]);
    queueClock.advance(901);
    expect(await work()).toEqual(['added', 'added']);
    expect((await world.show(id)).adding).toEqual([]);
  });

  it('is given up with its message, which was delivered too often', async () => {
    const { id } = await asking('our cells');
    await queue.hide('teaching', (await queue.receive('teaching', { max: 1, visibilitySeconds: 1 }))[0]!.receipt, 0);
    await sent(); // the other one, and the first for the second time: its attempts are over
    await sweep.handle(restrict(sweepStage, { ...ports(), dataSets: world.parts.dataSets }));
    expect((await world.show(id)).adding.map(({ failure }) => failure?.code)).toContain('gaveUp');
  });
});

describe('a data set on AWS', () => {
  it('is a zip once the stage has made it, and again when it has changed', async () => {
    const { id } = await asking('our cells');
    await work();
    const ask = () => world.api.call<Download & ProblemView>('POST', `/v1/data-sets/${id}/export`);
    const { status, body, headers } = await ask();
    expect([status, body.code, headers.get('retry-after')]).toEqual([409, 'zipBeingMade', '5']);
    expect(await work()).toEqual(['packed']);
    const { body: made } = await ask();
    const files = await unzipped(Buffer.from(await (await fetch(made.request.url)).arrayBuffer()));
    expect([...files.keys()]).toHaveLength(6);
    const more = await world.addJob({ 'c.tif': 3 });
    await world.edit(more, 'c.tif', [accept()]);
    await world.add(id, more, 'c.tif');
    await work();
    expect((await ask()).body.code).toBe('zipBeingMade');
    await work();
    expect((await ask()).status).toBe(200);
    expect(await kept(id)).toBe(7); // three images, their labels, and one zip
    const same = await world.addJob({ 'c.tif': 3 });
    await world.edit(same, 'c.tif', [accept()]);
    await world.add(id, same, 'c.tif');
    await work();
    expect((await ask()).body.code).toBe('zipBeingMade'); // corrected anew, though as often
  });

  it('has a machine asked for its training, unless it was stopped before', async () => {
    const { id } = await asking('our cells');
    await work();
    const { body } = await world.train(id);
    const askedAt = Date.parse(body.training!.askedAt);
    expect(await work()).toEqual(['asked']);
    const [training] = await queue.receive('large', { max: 10, visibilitySeconds: 30 });
    expect([training!.body, asked]).toEqual([{ owner: 'olga', id, trainingOf: askedAt }, [{ sent: 1 }]]);
    await world.api.call<DataSetView>('DELETE', `/v1/data-sets/${id}/training`);
    expect(await teach({ kind: 'train', owner: 'olga', id, askedAt }, restrict(stage, ports()))).toBe('not wanted');
  });

  it('keeps a training in the queue where no machine can be started', async () => {
    const { id } = await asking('our cells');
    await work();
    await world.train(id);
    const trouble = new Error('Batch is busy');
    const fleet = { planeMb: 1000, ensure: () => Promise.reject(trouble) };
    const [message] = await sent();
    expect(await teach(message!, restrict(stage, { ...ports(), fleet }))).toEqual({ asked: 'later', trouble });
    expect(await queue.receive('large', { max: 10, visibilitySeconds: 30 })).toHaveLength(1);
  });

  it('has its training asked for again where nothing will take it, and only there', async () => {
    const { id } = await asking('our cells');
    await work();
    const { body } = await world.train(id);
    await sent(); // and lost
    const looked = async (report: Partial<FleetReport>, seconds: number): Promise<TeachingMessage[]> => {
      const clock = manualClock(world.parts.clock.now() + seconds * 1000);
      const idle = { waiting: 0, running: 0, started: 0, paused: false };
      await sweep.handle(restrict(sweepStage, { ...ports({ ...idle, ...report }), clock }));
      return sent();
    };
    expect(await looked({}, patience.training - 1)).toEqual([]);
    expect(await looked({ waiting: 1, paused: true }, patience.training + 1)).toEqual([]);
    expect(await looked({ running: 1 }, patience.training + 1)).toEqual([]);
    const askedAt = Date.parse(body.training!.askedAt);
    expect(await looked({}, patience.training + 1)).toEqual([{ kind: 'train', owner: 'olga', id, askedAt }]);
    await world.api.call('DELETE', `/v1/data-sets/${id}/training`);
    expect(await looked({}, patience.training + 1)).toEqual([]);
  });
});
