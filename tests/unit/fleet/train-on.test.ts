import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noteTraining } from '../../../functions/core/data-set.ts';
import { dataSetModelPrefix, sentPackageRef } from '../../../functions/core/object-keys.ts';
import { trainOn } from '../../../functions/runtime/fleet/train-on.ts';
import { restrict } from '../../../functions/runtime/restrict.ts';
import { machineStage } from '../../../functions/stages/large/descriptor.ts';
import { teach } from '../../../functions/stages/teach/teach.ts';
import { attemptsOf } from '../../support/attempts.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { memoryQueue } from '../../support/memory/queue.ts';
import { openTeachingWorld, type TeachingWorld } from '../../support/teaching-world.ts';
import { until } from '../../support/until.ts';

let world: TeachingWorld;
let stop: AbortController;
let queue: ReturnType<typeof memoryQueue>;
beforeEach(async () => {
  stop = new AbortController();
  queue = memoryQueue(manualClock(), attemptsOf(1));
  world = await openTeachingWorld({ queue });
});
afterEach(async () => world[Symbol.asyncDispose]());

/** A data set of two images whose training is asked for, and the message of that. */
async function asked(name: string) {
  const id = await world.ready(name);
  for (const { body } of await queue.receive('teaching', { max: 10, visibilitySeconds: 300 }))
    await teach(body, { ...world.parts, queue });
  return { id, message: await ask(id) };
}
async function ask(id: string) {
  const { body } = await world.train(id);
  return { owner: 'olga', id, trainingOf: Date.parse(body.training!.askedAt) };
}

/** The work of a machine, with its rights. */
function machine(message: Parameters<typeof trainOn>[0], attempt = 'machine-1') {
  const folder = attempt === 'machine-1' ? world.folder : join(world.folder, attempt);
  const { models, dataSets, ...rest } = restrict(machineStage(true), { ...world.parts, queue });
  return trainOn(message, {
    ...{ ...rest, models: models!, dataSets: dataSets!, setup: world.setup, folder },
    ...{ attempt, hourlyUsd: 3600, stop: stop.signal, newId: world.parts.newId, onTrouble: () => {} },
  });
}
const files = async (id: string) =>
  (await world.parts.objects.list('datasets', dataSetModelPrefix({ owner: 'olga', id }))).objects.map(({ key }) => key);

describe('a training on a machine', () => {
  it('that is better sends its model to the registry, keeps it for the next one, and leaves nothing on the machine', async () => {
    const { id, message } = await asked('better cells');
    expect(await machine(message)).toBe('better');
    const { training, version } = await world.show(id);
    expect(training).toMatchObject({ state: 'better', scores: { before: 0.25, after: 0.75 }, usd: 0 }); // the clock stands
    expect(await world.parts.objects.head(sentPackageRef(version!))).toMatchObject({ bytes: 10 });
    expect(await files(id)).toEqual([`${dataSetModelPrefix({ owner: 'olga', id })}bioimageio.yaml`]);
    expect(existsSync(join(world.folder, id))).toBe(false);
    expect(await machine(message)).toBeUndefined(); // delivered again
    expect(await machine(await ask(id))).toBe('better'); // with the model before beside it
    expect((await world.show(id)).version).not.toBe(version);
  });

  it('ends where its user stops it', async () => {
    const { id, message } = await asked('endless cells');
    const ended = machine(message);
    await until('progress', async () => (await world.show(id)).training!.progress);
    await world.api.call('DELETE', `/v1/data-sets/${id}/training`);
    stop.abort(); // as the machine finds within seconds by its row
    expect(await ended).toBe('stopped');
  });

  it('that is delivered to two machines at once is worked on by one', async () => {
    const { id, message } = await asked('better cells');
    const ended = await Promise.all([machine(message), machine(message, 'machine-2')]);
    expect(ended.sort()).toEqual(['better', undefined]);
    expect((await world.show(id)).training).toMatchObject({ state: 'better' });
    expect((await world.parts.models.all()).versions).toHaveLength(1);
  });

  it('ends on a machine that another one took for gone', async () => {
    const { id, message } = await asked('endless cells');
    const ended = machine(message);
    await until('progress', async () => (await world.show(id)).training!.progress);
    const other = { id: 'machine-2', at: world.parts.clock.now(), usd: 0 };
    await world.parts.dataSets.change({ owner: 'olga', id }, (each) => noteTraining(each, { machine: other }));
    stop.abort(); // as the machine finds within seconds by its row
    expect(await ended).toBeUndefined();
    const { training } = (await world.parts.dataSets.get({ owner: 'olga', id }))!;
    expect(training).toMatchObject({ state: 'running', machine: other });
  });

  it('is given back where the machine goes, and another one begins it at once', async () => {
    const { id, message } = await asked('endless cells');
    const ended = machine(message);
    await until('progress', async () => (await world.show(id)).training!.progress);
    expect(await machine(message, 'machine-2')).toBeUndefined(); // the first one works on it
    const given = expect(ended).rejects.toThrow('begun again on another one');
    stop.abort();
    await given;
    expect((await world.show(id)).training).toMatchObject({ state: 'queued' });
    stop = new AbortController();
    const second = machine(message, 'machine-2');
    await until('it runs', async () => ((await world.show(id)).training!.state === 'running' ? true : undefined));
    await world.api.call('DELETE', `/v1/data-sets/${id}`);
    stop.abort();
    expect(await second).toBeUndefined();
  });
});
