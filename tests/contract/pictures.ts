import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Decision, NewVersion } from '../../functions/core/pictures/agreement.ts';
import type { NewPicture, Picture } from '../../functions/core/pictures/picture.ts';
import type { Agreements, BaseResources, Pictures } from '../../functions/ports/pictures.ts';
import { allPages } from '../support/all-pages.ts';
import { type ManualClock, manualClock } from '../support/manual-clock.ts';

export interface PictureStores extends AsyncDisposable {
  pictures: Pictures;
  agreements: Agreements;
  bases: BaseResources;
}

export const newPicture = (id: string, more: Partial<NewPicture> = {}): NewPicture => ({
  owner: 'olga',
  id,
  recipe: 'deface',
  needs: ['process'],
  labels: { theme: 'lab' },
  show: 'owner',
  ...more,
});

export const newVersion = (more: Partial<NewVersion> = {}): NewVersion => ({
  agreement: 'photographs',
  purposes: ['process', 'share-lab'],
  material: false,
  texts: [{ language: 'en', sha256: 'ab'.repeat(32), markdown: '# Photographs\n\nWhat happens.' }],
  ...more,
});

export const decision = (more: Partial<Decision> = {}): Decision => ({
  owner: 'olga',
  agreement: 'photographs',
  version: 1,
  sha256: 'ab'.repeat(32),
  language: 'en',
  purposes: ['process', 'share-lab'],
  agree: true,
  ...more,
});

const found = { do: 'found', size: { width: 40, height: 30 }, regions: [{ x: 1, y: 2, width: 3, height: 4 }] } as const;

/** Every promise of ports/pictures. `open` gives the stores, empty, on the clock; the suite disposes them. */
export const picturesContract = (adapter: string, open: (clock: ManualClock) => Promise<PictureStores>) =>
  describe(`Pictures on ${adapter}`, () => {
    let clock: ManualClock;
    let stores: PictureStores;
    let pictures: Pictures;
    beforeEach(async () => {
      clock = manualClock();
      stores = await open(clock);
      ({ pictures } = stores);
    });
    afterEach(async () => stores[Symbol.asyncDispose]());

    const ref = (id: string, owner = 'olga') => ({ owner, id });
    /** Adds a picture and takes it to its end. */
    const complete = async (id: string, more: Partial<NewPicture> = {}): Promise<Picture | undefined> => {
      const { owner } = (await pictures.add(newPicture(id, more)))!;
      await pictures.take({ owner, id }, { do: 'arrive' });
      await pictures.take({ owner, id }, { ...found, review: false });
      await pictures.take({ owner, id }, { do: 'swapped' });
      return pictures.take({ owner, id }, { do: 'show' });
    };
    const agree = () => Promise.all([stores.agreements.publish(newVersion()), pictures.decide(decision())]);

    it('keeps an upload that waits for its bytes, with the next number of its owner', async () => {
      const first = await pictures.add(newPicture('a'));
      expect(first).toMatchObject({ state: 'waiting', number: 1, createdAt: clock.now(), labels: { theme: 'lab' } });
      expect(await pictures.add(newPicture('b'))).toMatchObject({ number: 2 });
      expect(await pictures.add(newPicture('a', { owner: 'omar' }))).toMatchObject({ number: 1 });
      expect(await pictures.add(newPicture('a'))).toBeUndefined();
      expect(await pictures.get(ref('a'))).toEqual(first);
      expect(await pictures.get(ref('none'))).toBeUndefined();
    });

    it('holds a picture whose owner has not agreed, and begins with one whose owner has', async () => {
      await pictures.add(newPicture('a'));
      expect(await pictures.take(ref('a'), { do: 'arrive' })).toMatchObject({ state: 'held', heldSince: clock.now() });
      clock.advance(60);
      expect(await pictures.take(ref('a'), { do: 'arrive' })).toMatchObject({ heldSince: clock.now() - 60_000 });
      await agree();
      const begun = await pictures.take(ref('a'), { do: 'arrive' });
      expect(begun).toMatchObject({ state: 'cropping' });
      expect(begun).not.toHaveProperty('heldSince');
      expect(await pictures.take(ref('none'), { do: 'arrive' })).toBeUndefined();
    });

    it('takes no step that does not apply', async () => {
      await pictures.add(newPicture('a'));
      const before = await pictures.get(ref('a'));
      for (const step of [
        { ...found, review: true },
        { do: 'swapped' },
        { do: 'show' },
        { do: 'hide', why: 'expired' },
      ] as const)
        expect(await pictures.take(ref('a'), step)).toBeUndefined();
      expect(await pictures.get(ref('a'))).toEqual(before);
    });

    it('shows the latest upload, and keeps each change of the display', async () => {
      await agree();
      await complete('a');
      clock.advance(5);
      await complete('b');
      const at = clock.now();
      expect((await pictures.person('olga')).display).toEqual({ id: 'b', number: 2, shownAt: at, needs: ['process'] });
      expect(await allPages((page) => pictures.history('olga', page), 2)).toEqual([
        { entry: 3, id: 'a', number: 1, change: 'hidden', why: 'newer', at },
        { entry: 2, id: 'b', number: 2, change: 'shown', at },
        { entry: 1, id: 'a', number: 1, change: 'shown', at: at - 5000 },
      ]);
      expect((await pictures.history('omar')).items).toEqual([]);
    });

    it('takes what consent is withdrawn for from the display at once', async () => {
      await agree();
      await complete('a');
      const record = await pictures.decide(decision({ agree: false }));
      expect(record).toMatchObject({ record: 2, agree: false, savedAt: clock.now() });
      const person = await pictures.person('olga');
      expect(person.display).toBeUndefined();
      expect(person.consents.process).toMatchObject({ agree: false });
      const [latest] = (await pictures.history('olga')).items;
      expect(latest).toMatchObject({ id: 'a', change: 'hidden', why: 'withdrawn', by: 'owner' });
    });

    it('shows nothing that was completed after consent was withdrawn', async () => {
      await agree();
      await pictures.add(newPicture('a'));
      await pictures.take(ref('a'), { do: 'arrive' });
      await pictures.take(ref('a'), { ...found, review: false });
      await pictures.take(ref('a'), { do: 'swapped' });
      await pictures.decide(decision({ agree: false }));
      expect(await pictures.take(ref('a'), { do: 'show' })).toMatchObject({ state: 'withdrawn' });
      expect((await pictures.person('olga')).display).toBeUndefined();
      expect((await pictures.history('olga')).items).toEqual([]);
    });

    it('keeps every record of what a person agreed to, newest first, in pages', async () => {
      await stores.agreements.publish(newVersion());
      for (const agree of [true, false, true]) await pictures.decide(decision({ agree }));
      await pictures.decide(decision({ owner: 'omar' }));
      const records = await allPages((page) => pictures.records('olga', page), 2);
      expect(records.map(({ record, agree }) => [record, agree])).toEqual([
        [3, true],
        [2, false],
        [1, true],
      ]);
      await expect(pictures.records('olga', { cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({
        code: 'cursorRefused',
      });
    });

    it('lists the pictures of an owner by upload, newest first, in pages', async () => {
      for (const id of ['c', 'a', 'b']) await pictures.add(newPicture(id));
      await pictures.add(newPicture('d', { owner: 'omar' }));
      const listed = await allPages((page) => pictures.list('olga', page), 2);
      expect(listed.map(({ id }) => id)).toEqual(['b', 'a', 'c']);
      await pictures.remove(ref('a'));
      await pictures.remove(ref('a'));
      expect((await pictures.list('olga')).items.map(({ id }) => id)).toEqual(['b', 'c']);
    });

    it('lists what the lab sees, and what waits for a review', async () => {
      await agree();
      await pictures.decide(decision({ owner: 'omar' }));
      await complete('a', { show: 'lab' });
      clock.advance(1);
      await complete('b', { show: 'lab', owner: 'omar' });
      await complete('c');
      await pictures.add(newPicture('d'));
      await pictures.take(ref('d'), { do: 'arrive' });
      await pictures.take(ref('d'), { ...found, review: true });
      const ids = async (list: 'lab' | 'review') =>
        (await allPages((page) => pictures.inList(list, page), 1)).map(({ id }) => id);
      expect(await ids('lab')).toEqual(['b', 'a']);
      expect(await ids('review')).toEqual(['d']);
      const regions = [{ x: 0, y: 0, width: 9, height: 9 }];
      expect(await pictures.take(ref('d'), { do: 'reviewed', regions, by: 'admin' })).toMatchObject({
        ...{ state: 'swapping', regions, reviewedBy: 'admin' },
      });
      await pictures.take(ref('a'), { do: 'hide', why: 'deleted', by: 'owner' });
      expect([await ids('lab'), await ids('review')]).toEqual([['b'], []]);
    });

    it('gives what is due, the longest overdue first', async () => {
      await pictures.add(newPicture('a'));
      clock.advance(60);
      await pictures.add(newPicture('b'));
      const start = clock.now() + 15 * 60_000;
      expect(await pictures.due(start - 60_001, 10)).toEqual([]);
      expect((await pictures.due(start, 10)).map(({ id }) => id)).toEqual(['a', 'b']);
      expect((await pictures.due(start, 1)).map(({ id }) => id)).toEqual(['a']);
      clock.advance(15 * 60);
      await pictures.take(ref('a'), { do: 'look' });
      expect((await pictures.due(clock.now(), 10)).map(({ id }) => id)).toEqual(['b']);
    });

    it('numbers uploads and records without gaps when many come at once', async () => {
      const ids = ['a', 'b', 'c', 'd', 'e'];
      const added = await Promise.all(ids.map((id) => pictures.add(newPicture(id))));
      expect(added.map((each) => each?.number).sort()).toEqual([1, 2, 3, 4, 5]);
      const decided = await Promise.all(ids.map(() => pictures.decide(decision())));
      expect(decided.map(({ record }) => record).sort()).toEqual([1, 2, 3, 4, 5]);
    });

    it('forgets all rows of an owner, and nobody else’s', async () => {
      await agree();
      await complete('a');
      await pictures.add(newPicture('b', { owner: 'omar' }));
      await pictures.forgetOwner('olga');
      expect((await pictures.list('olga')).items).toEqual([]);
      expect((await pictures.history('olga')).items).toEqual([]);
      expect((await pictures.records('olga')).items).toEqual([]);
      expect(await pictures.person('olga')).toEqual({
        owner: 'olga',
        pictures: 0,
        records: 0,
        entries: 0,
        consents: {},
      });
      expect((await pictures.list('omar')).items).toHaveLength(1);
    });

    it('numbers the versions of each agreement, and never changes one', async () => {
      const { agreements } = stores;
      const first = await agreements.publish(newVersion());
      expect(first).toEqual({ ...newVersion(), version: 1, publishedAt: clock.now() });
      await agreements.publish(newVersion({ agreement: 'portraits' }));
      const second = await agreements.publish(newVersion({ material: true }));
      expect(second.version).toBe(2);
      expect((await agreements.versions()).map(({ agreement, version }) => `${agreement} ${version}`)).toEqual([
        ...['photographs 1', 'photographs 2', 'portraits 1'],
      ]);
    });

    it('keeps base resources of each recipe, and the first of an id', async () => {
      const { bases } = stores;
      const base = {
        recipe: 'face-swap',
        id: 'b1',
        labels: { theme: 'joseon' },
        story: 'A scholar',
        addedAt: 5,
      };
      await bases.add(base);
      await bases.add({ ...base, story: 'another' });
      await bases.add({ ...base, id: 'a1' });
      await bases.add({ ...base, recipe: 'other' });
      expect(await bases.list('face-swap')).toEqual([{ ...base, id: 'a1' }, base]);
      await bases.remove('face-swap', 'a1');
      await bases.remove('face-swap', 'none');
      expect(await bases.list('face-swap')).toEqual([base]);
    });
  });
