import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { askForTraining, type DataSet, noteTraining, withImage } from '../../functions/core/data-set.ts';
import type { DataSets } from '../../functions/ports/data-sets.ts';

type Opened = DataSets & AsyncDisposable;

export const dataSetOf = (id: string, more: Partial<DataSet> = {}): DataSet => ({
  ...{ owner: 'olga', id, name: `cells ${id}`, by: 'olga@lab.example', createdAt: 1000 },
  ...{ images: [], sides: {} },
  ...more,
});

export const imageOf = (n: number, objects = 15) => ({
  ...{ source: String(n).repeat(64), job: 'job-00001', path: `${n}.tif`, revision: 1 },
  ...{ planes: [`${n}`], objects, addedAt: 2000 },
});

/** What ports/data-sets promises. `open` gives an empty one. */
export const dataSetsContract = (adapter: string, open: () => Promise<Opened>) =>
  describe(`DataSets on ${adapter}`, () => {
    let store: Opened;
    beforeEach(async () => {
      store = await open();
    });
    afterEach(async () => store[Symbol.asyncDispose]());

    it('keeps a data set as it was added, and gives it to its owner alone', async () => {
      const added = dataSetOf('a', { images: [imageOf(1)] });
      expect(await store.add(added)).toEqual(added);
      expect(await store.get({ owner: 'olga', id: 'a' })).toEqual(added);
      expect(await store.get({ owner: 'paul', id: 'a' })).toBeUndefined();
    });

    it('gives the one that has the name where another one is added', async () => {
      const first = await store.add(dataSetOf('a', { name: 'cells' }));
      expect(await store.add(dataSetOf('b', { name: 'cells' }))).toEqual(first);
      expect((await store.add(dataSetOf('b', { name: 'cells', owner: 'paul' }))).id).toBe('b');
      expect(await store.byOwner('olga')).toEqual([first]);
    });

    it('lists those of an owner by their names', async () => {
      for (const id of ['c', 'a', 'b']) await store.add(dataSetOf(id));
      await store.add(dataSetOf('a', { owner: 'paul' }));
      expect((await store.byOwner('olga')).map(({ id }) => id)).toEqual(['a', 'b', 'c']);
    });

    it('changes by a rule, and nothing where the rule or the data set says no', async () => {
      const added = await store.add(dataSetOf('a'));
      const image = imageOf(1);
      expect(await store.change(added, (each) => withImage(each, image))).toEqual({ ...added, images: [image] });
      expect(await store.change(added, () => undefined)).toBeUndefined();
      expect((await store.get(added))!.images).toEqual([image]);
      expect(await store.change({ owner: 'paul', id: 'a' }, (each) => each)).toBeUndefined();
    });

    it('loses no change of many at once', async () => {
      const added = await store.add(dataSetOf('a'));
      const numbers = Array.from({ length: 20 }, (_, n) => n);
      await Promise.all(numbers.map((n) => store.change(added, (each) => withImage(each, imageOf(n)))));
      expect((await store.get(added))!.images.map(({ path }) => path).sort()).toEqual(
        numbers.map((n) => `${n}.tif`).sort(),
      );
    });

    it('lists trainings in work or waiting, the one that was asked for first first', async () => {
      const images = [imageOf(1), imageOf(2)];
      for (const [id, now] of [
        ['a', 3000],
        ['b', 2000],
        ['c', 1000],
      ] as const) {
        const ref = await store.add(dataSetOf(id, { images }));
        await store.change(ref, (each) => askForTraining(each, 'pixels', now));
      }
      await store.change(dataSetOf('c'), (each) => noteTraining(each, { state: 'failed' }));
      await store.change(dataSetOf('b'), (each) => noteTraining(each, { state: 'running' }));
      expect((await store.training()).map(({ id }) => id)).toEqual(['b', 'a']);
    });

    it('removes one, and nothing where it is missing', async () => {
      const added = await store.add(dataSetOf('a'));
      await store.remove({ owner: 'paul', id: 'a' });
      expect(await store.get(added)).toEqual(added);
      await store.remove(added);
      await store.remove(added);
      expect(await store.byOwner('olga')).toEqual([]);
    });
  });
