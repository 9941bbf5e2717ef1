import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataSetView } from '../../../functions/contract/data-sets.ts';
import type { ProblemView } from '../../../functions/contract/problem-view.ts';
import type { Download } from '../../../functions/contract/results.ts';
import { dataSetPrefix, dataSetRef, inputRef, resultRef, sentPackageRef } from '../../../functions/core/object-keys.ts';
import { operation } from '../../support/edit-maker.ts';
import { discs } from '../../support/labelled-folder.ts';
import {
  accept,
  openTeachingWorld,
  side,
  storedPlane,
  summaryOf,
  type TeachingWorld,
} from '../../support/teaching-world.ts';
import { until } from '../../support/until.ts';
import { unzipped } from '../../support/unzipped.ts';

let world: TeachingWorld;
beforeEach(async () => {
  world = await openTeachingWorld();
});
afterEach(async () => world[Symbol.asyncDispose]());

const kept = async (id: string) => {
  const prefix = dataSetPrefix({ owner: 'olga', id });
  const { objects } = await world.api.ports.objects.list('datasets', prefix);
  return objects.map(({ key }) => key.slice(prefix.length));
};

describe('a data set', () => {
  it('takes accepted regions with labels as they are corrected, and says what is missing', async () => {
    const [job, id] = [await world.addJob({ 'plate/a.tif': 9 }), await world.create('our cells')];
    await world.edit(job, 'plate/a.tif', [operation({ do: 'delete', objects: [2] }), accept({ width: 72 })]);
    const { status, body } = await world.add(id, job, 'plate/a.tif');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'our cells',
      images: [{ job, path: 'plate/a.tif', revision: 1, objects: 5 }], // of the columns 0 to 2, without one
      objects: 5,
      missing: { objects: 20, images: 1 },
    });
    expect(body.images[0]).not.toHaveProperty('side');
    const [image, labels] = await kept(id);
    expect(image).toMatch(/^images\/a-[0-9a-f]{8}\.tif$/);
    const name = /a-[0-9a-f]{8}/.exec(labels!)![0];
    const ref = { owner: 'olga', id };
    const before = discs(9, 0);
    expect((await storedPlane(world.api, dataSetRef(ref, 'images', name))).data).toEqual(before.image);
    const { data } = await storedPlane(world.api, dataSetRef(ref, 'labels', name));
    expect(data).toBeInstanceOf(Int32Array);
    const at = (row: number, column: number) => data[row * side + column];
    const middle = (row: number, column: number) => at(24 * row + 12, 24 * column + 12);
    expect([middle(0, 0), middle(0, 1), middle(0, 2), middle(0, 3)]).toEqual([1, 0, 2, -1]); // numbered anew
    expect([at(100, 71), at(100, 72)]).toEqual([0, -1]);
  });

  it('has an image once, as it was added last, also from another job', async () => {
    const [first, second] = [await world.addJob({ 'a.tif': 9 }), await world.addJob({ 'again.tif': 9 })];
    const id = await world.create('our cells');
    await world.edit(first, 'a.tif', [accept({ width: 24 })]);
    await world.add(id, first, 'a.tif');
    await world.edit(second, 'again.tif', [accept()]);
    const { body } = await world.add(id, second, 'again.tif');
    expect(body.images).toMatchObject([{ job: second, path: 'again.tif', objects: 9 }]);
    expect((await kept(id)).map((key) => key.replace(/-[0-9a-f]{8}/, ''))).toEqual([
      'images/again.tif',
      'labels/again.tif',
    ]);
  });

  it('is the one of its name where it is made again, and of nobody else', async () => {
    const id = await world.create('our cells');
    expect(await world.create('our cells')).toBe(id);
    const { api } = world;
    expect((await api.call<{ items: DataSetView[] }>('GET', '/v1/data-sets')).body.items).toHaveLength(1);
    const other = await api.call<ProblemView>('GET', `/v1/data-sets/${id}`, { as: 'omar' });
    expect([other.status, other.body.code]).toEqual([404, 'dataSetMissing']);
  });

  it('takes nothing where nothing is accepted, the pixels are gone, or the job is not there', async () => {
    const [job, id] = [await world.addJob({ 'a.tif': 9 }), await world.create('our cells')];
    const refused = async (of = job) => (await world.add<ProblemView>(id, of, 'a.tif')).body.code;
    expect(await refused()).toBe('nothingAccepted');
    await world.edit(job, 'a.tif', [accept(), { ...accept(), accepted: false } as ReturnType<typeof accept>]);
    expect(await refused()).toBe('nothingAccepted');
    await world.edit(job, 'a.tif', [accept()]);
    await world.api.ports.objects.remove(inputRef({ owner: 'olga', id: job }, 'a.tif'));
    expect(await refused()).toBe('inputMissing');
    expect(await refused('no-such-job')).toBe('jobMissing');
    const large = { ...summaryOf('a.tif', 'ab'.repeat(32)), height: 2 ** 13, width: 2 ** 13 + 1 };
    const ref = resultRef({ owner: 'olga', id: job }, 'a.tif', 'summary.json');
    await world.api.ports.objects.put(ref, Buffer.from(JSON.stringify(large)));
    expect(await refused()).toBe('planeTooLarge');
    expect(await kept(id)).toEqual([]);
  });

  it('keeps what was added when the job is deleted, trains with it, and takes nothing more of that job', async () => {
    const [job, id] = [
      await world.addJob({ 'a.tif': 15, 'b.tif': 15, 'c.tif': 9 }),
      await world.create('better cells'),
    ];
    for (const path of ['a.tif', 'b.tif', 'c.tif']) await world.edit(job, path, [accept()]);
    for (const path of ['a.tif', 'b.tif']) await world.add(id, job, path);
    const before = await kept(id);
    expect((await world.api.call('DELETE', `/v1/jobs/${job}`)).status).toBe(204);
    const { status, body } = await world.add<ProblemView>(id, job, 'c.tif');
    expect([status, body.code]).toEqual([404, 'jobMissing']);
    expect((await world.api.call<ProblemView>('GET', `/v1/jobs/${job}/edits?path=a.tif`)).body.code).toBe('jobMissing');
    expect(await kept(id)).toEqual(before);
    await world.train(id);
    expect(await world.reached(id, 'better')).toMatchObject({ objects: 30, images: [{ job }, { job }] });
  });

  it('is a zip of images, labels and what they are, with which labdeploy train trains', async () => {
    const id = await world.ready('better cells');
    await world.train(id);
    await world.reached(id, 'better');
    const { status, body } = await world.api.call<Download>('POST', `/v1/data-sets/${id}/export`);
    expect([status, body.fileName]).toEqual([200, 'better cells.zip']);
    const zip = Buffer.from(await (await fetch(body.request.url)).arrayBuffer());
    expect(zip.length).toBe(body.bytes);
    const files = await unzipped(zip);
    const names = [...files.keys()].map((name) => name.replace(/-[0-9a-f]{8}/, ''));
    expect(names.sort()).toEqual(
      ['README.md', 'images/a.tif', 'images/b.tif', 'labels/a.tif', 'labels/b.tif', 'sides.json'].sort(),
    );
    const sides = JSON.parse(files.get('sides.json')!.toString());
    expect(
      Object.keys(sides)
        .map((name) => `images/${name}`)
        .sort(),
    ).toEqual([...files.keys()].filter((name) => name.startsWith('images/')).sort());
    expect(Object.values(sides).sort()).toEqual(['test', 'train']);
    expect(files.get('README.md')!.toString()).toMatch(
      /2 images with 30 labelled objects, by olga@lab\.example[\s\S]*\| a-[0-9a-f]{8}\.tif \| a\.tif \| [0-9a-f]{64} \| 1 \| 15 \|/,
    );
  });

  it('goes with its copies, whatever is in work', async () => {
    const id = await world.ready('endless cells');
    await world.train(id);
    await world.reached(id, 'running');
    const { status } = await world.api.call('DELETE', `/v1/data-sets/${id}`);
    expect([status, await kept(id), existsSync(join(world.folder, id))]).toEqual([204, [], false]);
    expect((await world.api.call('GET', `/v1/data-sets/${id}`)).status).toBe(404);
  });
});

describe('a training', () => {
  it('says what is to go before there is enough', async () => {
    const [job, id] = [await world.addJob({ 'a.tif': 1 }), await world.create('our cells')];
    await world.edit(job, 'a.tif', [accept()]);
    await world.add(id, job, 'a.tif');
    const { status, body } = await world.train<ProblemView>(id);
    expect([status, body.code]).toEqual([409, 'labelsMissing']);
    expect(body.detail).toContain('1 object is labelled, and 24 more are needed, in two images or more');
  });

  it('that is better is a version of the registry with its scores, and has a report', async () => {
    const id = await world.ready('better cells');
    expect((await world.train(id)).body.training).toMatchObject({ kind: 'pixels', images: 2, objects: 30 });
    const { training, version, images } = await world.reached(id, 'better');
    expect(training).toMatchObject({ scores: { before: 0.25, after: 0.75, images: [{ image: 'b.tif' }] } });
    expect(images.map((image) => image.side).sort()).toEqual(['test', 'train']);
    expect(await world.api.ports.models!.get(version!)).toMatchObject({
      ...{ id: version, by: 'olga', byName: 'olga@lab.example', bytes: 10, state: 'added' },
      scores: { 'f1@0.5': 0.75, 'f1@0.5 before': 0.25 },
    });
    expect(await world.api.ports.objects.head(sentPackageRef(version!))).toMatchObject({ bytes: 10 });
    const { body } = await world.api.call<Download>('GET', `/v1/data-sets/${id}/report`);
    const page = await (await fetch(body.request.url)).text();
    expect(page).toMatch(/^<p>a-[0-9a-f]{8}\.tif b-[0-9a-f]{8}\.tif<\/p>$/);
    await until('the copies of images are gone', async () =>
      (await world.files(id)).includes('images') ? undefined : true,
    );
    const said = JSON.parse(await readFile(join(world.folder, id, 'words.json'), 'utf8'));
    expect(said.words).toEqual([
      ...['train', 'images', '--labels', 'labels', '-o', 'model/better cells', '--sides', 'sides.json'],
      ...['--from', 'nuclei', '--pixel-classifier', '--json'],
    ]);
    expect(Object.values(said.sides).sort()).toEqual(['test', 'train']);
    expect(Object.keys(said.sides).map((name) => name.replace(/-.*/, ''))).toEqual(['a', 'b']);
  });

  it.each([
    ['worse cells', 'notBetter', { code: 'notBetter', message: 'F1 stayed' }],
    ['broken cells', 'failed', { code: 'trainingFailed', message: 'the disk is on fire' }],
  ])('of %s is %s, and says why', async (name, state, failure) => {
    const id = await world.ready(name);
    await world.train(id);
    const { training, version } = await world.reached(id, state);
    expect([training!.failure, version]).toEqual([failure, undefined]);
    expect((await world.api.ports.models!.all()).versions).toEqual([]);
  });

  it('shows how far it is, is not begun twice, stops as with Ctrl-C, and can be begun again', async () => {
    const id = await world.ready('endless cells');
    await world.train(id);
    const progress = await until('progress', async () => (await world.show(id)).training!.progress);
    expect(progress).toEqual({ step: 'epochs', done: 3, total: 20, secondsLeft: 60 });
    expect((await world.train<ProblemView>(id)).body.code).toBe('trainingRunning');
    const { body } = await world.api.call<DataSetView>('DELETE', `/v1/data-sets/${id}/training`);
    expect(body.training!.state).toBe('stopped');
    expect(await world.files(id)).toContain('interrupted');
    expect((await world.train(id)).body.training!.state).toBe('queued');
  });

  it('waits for the one before it, and is stopped before its turn', async () => {
    const [first, second] = [await world.ready('endless cells'), await world.ready('better cells')];
    await world.train(first);
    await world.reached(first, 'running');
    await world.train(second);
    expect((await world.show(second)).training!.state).toBe('queued');
    await world.api.call('DELETE', `/v1/data-sets/${second}/training`);
    expect((await world.show(second)).training!.state).toBe('stopped');
    await world.train(second);
    await world.api.call('DELETE', `/v1/data-sets/${first}/training`);
    await world.reached(second, 'better');
  });

  it('goes on when the service is started again', async () => {
    const id = await world.ready('endless cells');
    await world.train(id);
    await until('progress', async () => (await world.show(id)).training!.progress);
    await world.startAgain();
    expect(await world.files(id)).toContain('interrupted');
    expect((await world.show(id)).training!.state).toBe('running');
    await until('it is begun again', async () => ((await world.files(id)).includes('sides.json') ? true : undefined));
  });
});
