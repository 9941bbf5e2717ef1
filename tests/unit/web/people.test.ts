import { describe, expect, it } from '@jest/globals';
import type { ShownPicture } from '../../../functions/contract/pictures.ts';
import { keepDownloads } from '../../../web/people/keep-downloads.ts';
import { blocksOf } from '../../../web/people/markdown.ts';
import { byKey, moved, newRegion, resized } from '../../../web/people/regions.ts';

describe('the text of an agreement', () => {
  const at = (line: number, text: string) => ({ line, text });

  it('is drawn as headings, paragraphs and lists', () => {
    const markdown =
      '# Photographs\r\n\r\nWe show\nyour picture.\n## Rights ##\n- withdraw\n* ask\n  anybody\n1. one\n2) two\n';
    expect(blocksOf(markdown)).toEqual([
      { kind: 'heading', line: 0, level: 1, text: 'Photographs' },
      { kind: 'paragraph', line: 2, text: 'We show\nyour picture.' },
      { kind: 'heading', line: 4, level: 2, text: 'Rights' },
      { kind: 'list', line: 5, ordered: false, items: [at(5, 'withdraw'), at(6, 'ask\nanybody')] },
      { kind: 'list', line: 8, ordered: true, items: [at(8, 'one'), at(9, 'two')] },
    ]);
    expect(blocksOf('\n \n')).toEqual([]);
  });

  it.each(['#hashtag', '**bold** and [a link](https://x.example)', '-5 degrees', '<b>html</b>', '| a | b |'])(
    'keeps %j as it was written',
    (text) => expect(blocksOf(text)).toEqual([{ kind: 'paragraph', line: 0, text }]),
  );
});

describe('a box of a review', () => {
  const size = { width: 200, height: 100 };
  const box = { x: 10, y: 20, width: 40, height: 30, score: 0.9 };

  it('is moved as far as the picture goes', () => {
    expect(moved(box, 5, -5, size)).toEqual({ x: 15, y: 15, width: 40, height: 30 });
    expect(moved(box, 1000, 1000, size)).toEqual({ x: 160, y: 70, width: 40, height: 30 });
    expect(moved(box, -1000, -1000, size)).toEqual({ x: 0, y: 0, width: 40, height: 30 });
  });

  it('is resized at its lower right, to four pixels at least', () => {
    expect(resized(box, 10, -10, size)).toEqual({ x: 10, y: 20, width: 50, height: 20 });
    expect(resized(box, 1000, 1000, size)).toEqual({ x: 10, y: 20, width: 190, height: 80 });
    expect(resized(box, -1000, -1000, size)).toEqual({ x: 10, y: 20, width: 4, height: 4 });
    const corner = { x: 198, y: 99, width: 2, height: 1 };
    expect(resized(corner, -5, -5, size)).toEqual(corner);
  });

  it('is new in the middle, and goes by a hundredth of the longer side at each key', () => {
    expect(newRegion(size)).toEqual({ x: 75, y: 37.5, width: 50, height: 25 });
    const press = (key: string, shiftKey = false) => byKey(box, { key, shiftKey }, size);
    expect(press('ArrowRight')).toMatchObject({ x: 12, y: 20 });
    expect(press('ArrowUp')).toMatchObject({ x: 10, y: 18 });
    expect(press('ArrowLeft', true)).toMatchObject({ x: 10, width: 38 });
    expect(press('ArrowDown', true)).toMatchObject({ y: 20, height: 32 });
    expect([press('Enter'), press('toString')]).toEqual([undefined, undefined]);
  });
});

describe('addresses of pictures that are drawn', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const picture = (id: string, url?: string, lifeMs = 300_000, person = 'olga') =>
    ({
      ...{ id, person, state: 'shown' },
      ...(url !== undefined && {
        download: { request: { url, expiresAt: new Date(now + lifeMs).toISOString() } },
      }),
    }) as ShownPicture;
  const urls = (pictures: readonly ShownPicture[]) => pictures.map(({ download }) => download?.request.url);

  it('stay while they are good for a minute more', () => {
    const before = [picture('1', 'old 1'), picture('2', 'old 2', 60_000), picture('3')];
    const fresh = [picture('4', 'new 4'), picture('1', 'new 1'), picture('2', 'new 2'), picture('3', 'new 3')];
    expect(urls(keepDownloads(before, fresh, now))).toEqual(['new 4', 'old 1', 'new 2', 'new 3']);
  });

  it('go with the picture, and are not those of another person', () => {
    expect(urls(keepDownloads([picture('1', 'old')], [picture('1')], now))).toEqual([undefined]);
    expect(urls(keepDownloads([picture('1', 'old')], [picture('1', 'new', 300_000, 'omar')], now))).toEqual(['new']);
  });
});
