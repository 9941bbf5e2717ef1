import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { dataSetRef, figureRef } from '../../functions/core/object-keys.ts';
import { resultPictureRef, sentPictureRef, stepRef, uprightRef } from '../../functions/core/pictures/keys.ts';
import { exportPerson, forgetPerson, type OwnerStore } from '../../functions/people/owner-store.ts';
import { type OwnerPorts, ownerStores } from '../../functions/people/owner-stores.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import { dataSetOf } from './data-sets.ts';
import { figureOf } from './figures.ts';

import { factsOf } from './models.ts';
import { decision, newPicture } from './pictures.ts';

export interface OwnerWorld {
  ports: Required<Omit<OwnerPorts, 'accounts' | 'planRequests'>> & Pick<OwnerPorts, 'planRequests'>;
  clock: Clock;
  /** Everything that is stored, as text: rows, and keys of objects and of unfinished uploads. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

/** Unlike anything else that is stored. */
const leaver = 'leaver-7f3a';
const stays = 'stays-91cc';
const jobCount = 12; // more than one call forgets
const partBytes = 5 * 2 ** 20;

const accounts = {
  list: async () => [
    {
      id: leaver,
      email: 'leaver@lab.example',
      state: 'active' as const,
      admin: false,
      createdAt: Date.UTC(2026, 0, 1),
    },
  ],
};

/** Something of a person in every store, by its public face. */
async function fill(
  {
    jobs,
    objects,
    signed,
    usage,
    answers,
    models,
    shares,
    figures,
    pictures,
    planRequests,
    teaching,
    clock,
  }: OwnerWorld['ports'],
  owner: string,
) {
  const settings = { model: { name: 'nuclei', sha256: 'ab' } };
  for (let n = 0; n < (owner === leaver ? jobCount : 2); n++) {
    const job = { owner, id: `job-${owner}-${n}` };
    await jobs.create({ ...job, name: `plate ${n}`, settings });
    await jobs.describe(job, { note: `seen by ${owner}` });
    await jobs.expect(job, [{ path: 'a.tif', bytes: 3 }]);
    await objects.put({ bucket: 'inputs', key: `${owner}/${job.id}/a.tif` }, Buffer.from('abc'));
  }
  const job = { owner, id: `job-${owner}-0` };
  await objects.put({ bucket: 'results', key: `${owner}/job-gone/a.tif/labels.tif` }, Buffer.from('abc')); // of no job
  await signed.startMultipart(
    { bucket: 'inputs', key: `${owner}/job-gone/b.tif` },
    { bytes: 2 * partBytes, partBytes },
  );
  const other = owner === leaver ? stays : leaver;
  const [memberEmail, ownerEmail] = [`${other}@lab.example`, `${owner}@lab.example`];
  await shares.add({ job, member: other, memberEmail, ownerEmail, sharedAt: clock.now() });
  await usage.spend(owner, '2026-01-01', { jobs: jobCount, files: jobCount, bytes: 36 }, {});
  await answers.claim(owner, 'key', 'request', 3600);
  await answers.keep(owner, 'key', { status: 201, body: JSON.stringify({ owner }) }, 3600);
  const picture = { owner, id: `p-${owner}` };
  await pictures.add(newPicture(picture.id, { owner }));
  await pictures.decide(decision({ owner, name: owner }));
  await pictures.take(picture, { do: 'arrive' });
  await pictures.take(picture, { do: 'found', size: { width: 1, height: 1 }, regions: [], review: false });
  await pictures.take(picture, { do: 'swapped' });
  await pictures.take(picture, { do: 'show' });
  for (const ref of [sentPictureRef(picture), uprightRef(picture), stepRef(picture, 'a'), resultPictureRef(picture)])
    await objects.put(ref, Buffer.from('abc'));
  const figure = figureOf(owner === leaver ? 1 : 2, { owner, by: `${owner}@lab.example` });
  await figures.add(figure);
  await objects.put(figureRef(figure, 'picture.png'), Buffer.from('png'));
  const cutOff = figureOf(owner === leaver ? 3 : 4, { owner, until: figure.publishedAt });
  await figures.add(cutOff);
  await objects.put(figureRef(cutOff, 'picture.png'), Buffer.from('png'));
  await planRequests?.ask({ person: owner, plan: 'premium', askedAt: clock.now() });
  const dataSet = dataSetOf(`d-${owner}`, { owner, name: `cells of ${owner}` });
  await teaching.dataSets.add(dataSet);
  await objects.put(dataSetRef(dataSet, 'images', 'a'), Buffer.from('abc'));
  await models.add({
    id: `v-${owner === leaver ? 1 : 2}`,
    kind: 'onnx',
    bytes: 1,
    by: owner,
    byName: `${owner}@lab.example`,
  });
}

async function exported(stores: readonly OwnerStore[], person: string) {
  const byStore: Record<string, Record<string, unknown>[]> = {};
  let cursor: string | undefined;
  do {
    const page = await exportPerson(stores, person, cursor);
    byStore[page.store] = [...(byStore[page.store] ?? []), ...page.items];
    cursor = page.cursor;
  } while (cursor !== undefined);
  return byStore;
}

async function forgetAll(stores: readonly OwnerStore[], person: string) {
  const calls: Record<string, number>[] = [];
  for (;;) {
    const { forgotten, done } = await forgetPerson(stores, person);
    calls.push(forgotten);
    if (done) return calls;
  }
}

/** What people/owner-stores promises of the adapters together. `open` gives empty ones at 2026-01-01. */
export const ownerStoresContract = (adapter: string, open: () => Promise<OwnerWorld>) =>
  describe(`what a person has on ${adapter}`, () => {
    let world: OwnerWorld;
    let stores: OwnerStore[];
    beforeEach(async () => {
      world = await open();
      stores = ownerStores({ ...world.ports, accounts });
      for (const person of [leaver, stays]) await fill(world.ports, person);
      const { models } = world.ports;
      await models.startCheck('v-1');
      await models.accept('v-1', factsOf('nuclei', '1'));
      await models.offer('v-1', { id: leaver, name: `${leaver}@lab.example` });
    });
    afterEach(() => world.close());

    it('is exported by pages, store after store, and nothing of others but whom jobs are shared with', async () => {
      const { account, jobs, shares, figures, usage, pictures, agreements, planRequests, models, dataSets, ...more } =
        await exported(stores, leaver);
      expect(more).toEqual({});
      expect(dataSets!.map(({ name }) => name)).toEqual([`cells of ${leaver}`]);
      expect(account).toMatchObject([{ email: 'leaver@lab.example', createdAt: '2026-01-01T00:00:00.000Z' }]);
      expect(jobs!.map(({ id }) => id).sort()).toEqual(
        Array.from({ length: jobCount }, (_, n) => `job-${leaver}-${n}`).sort(),
      );
      expect(jobs![0]).toMatchObject({
        note: `seen by ${leaver}`,
        expected: 1,
        settings: { model: { name: 'nuclei' } },
      });
      expect(shares!.map(({ job, member }) => [job, member])).toEqual([
        [`job-${leaver}-0`, stays],
        [`job-${stays}-0`, leaver],
      ]);
      expect(figures).toMatchObject([
        { caption: 'card 3' },
        { caption: 'card 1', publishedAt: '2026-01-01T00:00:00.001Z' },
      ]);
      expect(usage).toEqual([{ day: '2026-01-01', jobs: jobCount, files: jobCount, bytes: 36 }]);
      expect(pictures).toMatchObject([
        { id: `p-${leaver}`, state: 'shown' },
        { id: `p-${leaver}`, change: 'shown' },
      ]);
      expect(agreements).toMatchObject([{ agreement: 'photographs', agree: true, name: leaver }]);
      const asked = [{ plan: 'premium', askedAt: '2026-01-01T00:00:00.000Z' }];
      expect(planRequests).toEqual(world.ports.planRequests === undefined ? undefined : asked);
      expect(models).toMatchObject([
        { added: 'v-1', model: 'nuclei', byName: `${leaver}@lab.example` },
        { offered: 'nuclei', offeredBy: `${leaver}@lab.example` },
      ]);
    });

    it('is forgotten in every store, and what others have stays', async () => {
      expect(await world.dump()).toContain(leaver);
      const before = await exported(stores, stays);
      const [first, ...rest] = await forgetAll(stores, leaver);
      expect([first, rest.length]).toEqual([{ account: 0, jobs: 10 }, 1]);
      expect(rest[0]).toMatchObject({ jobs: jobCount - 10, objects: 1, shares: 1, figures: 2, pictures: 4 });
      const { jobs } = world.ports;
      const { items } = await jobs.removed(world.clock.now() + 1);
      expect(items).toHaveLength(jobCount); // that jobs were removed is kept until sweep has looked for what came late
      for (const job of items) await jobs.forget(job);
      expect(await world.dump()).not.toContain(leaver);
      const { shares, ...after } = await exported(stores, stays);
      const { shares: _, ...kept } = before;
      expect(after).toEqual(kept);
      expect(shares).toEqual([]); // they were with the one who left
    });

    it('is forgotten again without harm', async () => {
      await forgetAll(stores, leaver);
      const [once] = await forgetAll(stores, leaver);
      expect(once).toMatchObject({ jobs: 0, objects: 0, shares: 0, answers: 0 });
    });

    it('goes on where an earlier call was cut off', async () => {
      const broken = stores.map((store) =>
        store.name === 'shares' ? { ...store, forget: () => Promise.reject(new Error('the function ended')) } : store,
      );
      await forgetPerson(broken, leaver);
      await expect(forgetPerson(broken, leaver)).rejects.toThrow('the function ended');
      await forgetAll(stores, leaver);
      for (const job of (await world.ports.jobs.removed(world.clock.now() + 1)).items)
        await world.ports.jobs.forget(job);
      expect(await world.dump()).not.toContain(leaver);
    });
  });
