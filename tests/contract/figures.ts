import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Figure, figureId } from '../../functions/core/figure.ts';
import type { Figures } from '../../functions/ports/figures.ts';
import { allPages } from '../support/all-pages.ts';

export interface OpenFigures extends AsyncDisposable {
  figures: Figures;
}

/** Card `n`, published n ms after the start of 2026. */
export function figureOf(n: number, more: Partial<Figure> = {}): Figure {
  const publishedAt = Date.UTC(2026, 0, 1) + n;
  return {
    id: figureId(publishedAt, `random-${n}`),
    owner: 'olga',
    from: { job: 'job-0001', path: 'a.tif' },
    caption: `card ${n}`,
    scope: 'lab',
    model: { name: 'nuclei', version: '1.0.0', sha256: 'ab'.repeat(32) },
    counted: '12 objects',
    picture: { height: 100, width: 200, bytes: 300 },
    thumbnail: { height: 10, width: 20, bytes: 30 },
    publishedAt,
    ...more,
  };
}

/** Every promise of ports/figures. `open` gives an empty store. */
export const figuresContract = (adapter: string, open: () => Promise<OpenFigures>) =>
  describe(`Figures on ${adapter}`, () => {
    let opened: OpenFigures;
    let figures: Figures;
    beforeEach(async () => {
      opened = await open();
      ({ figures } = opened);
    });
    afterEach(async () => opened[Symbol.asyncDispose]());

    it('gives a card as it was added, every word of it', async () => {
      const plain = figureOf(1);
      const full = figureOf(2, {
        ...{ by: 'Olga µ', licence: 'CC-BY-4.0', scope: 'public', until: 9e12, barMicrometres: 20 },
        caption: 'two\nlines',
      });
      for (const figure of [plain, full]) await figures.add(figure);
      expect(await figures.get(plain.id)).toEqual(plain);
      expect(await figures.get(full.id)).toEqual(full);
      expect(await figures.get('never-was')).toBeUndefined();
    });

    it('leaves a card of the same id as it is', async () => {
      await figures.add(figureOf(1));
      await figures.add(figureOf(1, { caption: 'another', owner: 'omar' }));
      expect(await figures.get(figureOf(1).id)).toEqual(figureOf(1));
      expect((await figures.byOwner('omar')).items).toEqual([]);
    });

    it('lists cards newest first in pages: all of them, the public ones, and those of a person', async () => {
      const cards = [5, 4, 3, 2, 1].map((n) =>
        figureOf(n, { owner: n % 2 === 1 ? 'olga' : 'omar', scope: n < 4 ? 'public' : 'lab' }),
      );
      for (const card of cards.toSorted((a, b) => (a.caption > b.caption ? 1 : -1))) await figures.add(card);
      expect(await allPages((page) => figures.list('lab', page), 2)).toEqual(cards);
      expect(await allPages((page) => figures.list('public', page), 2)).toEqual(cards.slice(2));
      expect(await allPages((page) => figures.byOwner('olga', page), 2)).toEqual([cards[0], cards[2], cards[4]]);
      expect((await figures.byOwner('pia')).items).toEqual([]);
      await expect(figures.list('lab', { cursor: 'bm9uc2Vuc2U' })).rejects.toMatchObject({ code: 'cursorRefused' });
    });

    it('replaces a card of its owner, who may take it out of the public, and no other', async () => {
      const card = figureOf(1, { scope: 'public', until: 5 });
      await figures.add(card);
      const { until: _, ...rest } = card;
      const after: Figure = { ...rest, scope: 'lab', caption: 'other words' };
      expect(await figures.replace(after)).toBe(true);
      expect(await figures.get(card.id)).toEqual(after);
      expect((await figures.list('public')).items).toEqual([]);
      expect(await figures.over(10, 10)).toEqual([]);
      expect(await figures.replace({ ...after, owner: 'omar' })).toBe(false);
      expect(await figures.replace(figureOf(2))).toBe(false);
      expect((await figures.list('lab')).items).toEqual([after]);
    });

    it('removes a card from every list, and nothing where there is none', async () => {
      await figures.add(figureOf(1, { scope: 'public', until: 5 }));
      await figures.remove(figureOf(1).id);
      await figures.remove('never-was');
      expect(await figures.get(figureOf(1).id)).toBeUndefined();
      expect((await figures.list('lab')).items).toEqual([]);
      expect((await figures.list('public')).items).toEqual([]);
      expect((await figures.byOwner('olga')).items).toEqual([]);
      expect(await figures.over(10, 10)).toEqual([]);
    });

    it('gives cards that are over, the longest first and so many, and none that stays', async () => {
      const cards = [30, 10, 20, 40].map((until, n) => figureOf(n, { until }));
      for (const card of [...cards, figureOf(9)]) await figures.add(card);
      expect(await figures.over(30, 10)).toEqual([cards[1], cards[2], cards[0]]);
      expect(await figures.over(30, 2)).toEqual([cards[1], cards[2]]);
      expect(await figures.over(9, 10)).toEqual([]);
    });
  });
