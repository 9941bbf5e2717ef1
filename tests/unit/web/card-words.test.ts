import { describe, expect, it } from '@jest/globals';
import {
  bodyOf,
  type CardWords,
  dayAfter,
  daysOf,
  endOfDay,
  withScope,
  wordsOf,
} from '../../../web/gallery/card-words.ts';
import { routeOf } from '../../../web/route.ts';

const now = new Date(2026, 11, 30, 12).getTime();
const card: CardWords = { caption: ' Nuclei\nday 3 ', by: ' ', licence: '', scope: 'lab', until: '' };

describe('the words of a card', () => {
  it('are sent trimmed, and what is empty as nothing', () => {
    expect(bodyOf(card)).toEqual({ caption: 'Nuclei\nday 3', by: null, licence: null, scope: 'lab', until: null });
    expect(bodyOf({ ...card, by: 'Olga', licence: 'CC0-1.0', scope: 'public', until: '2027-01-29' })).toEqual({
      ...{ caption: 'Nuclei\nday 3', by: 'Olga', licence: 'CC0-1.0', scope: 'public' },
      until: new Date(2027, 0, 29, 23, 59, 59).toISOString(),
    });
  });

  it('have an end for the public, a month away where none was chosen, and none for the lab', () => {
    const open = withScope(card, 'public', now);
    expect([open.scope, open.until]).toEqual(['public', '2027-01-29']);
    expect(withScope({ ...open, until: '2027-03-01' }, 'public', now).until).toBe('2027-03-01');
    expect(withScope(open, 'lab', now).until).toBe('');
  });

  it('offer days from tomorrow, for the public a year', () => {
    expect(daysOf('lab', now)).toEqual({ min: '2026-12-31' });
    expect(daysOf('public', now)).toEqual({ min: '2026-12-31', max: '2027-12-30' });
    expect(dayAfter(now, 2)).toBe('2027-01-01');
  });

  it('are those of a card that is there, and sent back change nothing', () => {
    const view = {
      ...{ id: 'card-0001', caption: 'Nuclei', scope: 'public' as const, until: endOfDay('2027-01-29') },
      ...{ publishedAt: '2026-12-30T12:00:00Z', counted: '3 objects', url: 'https://lab.example/gallery/card-0001' },
      model: { name: 'nuclei', version: '1', sha256: 'a' },
      own: true,
    };
    const pictures = { picture: undefined as never, thumbnail: undefined as never };
    expect(bodyOf(wordsOf({ ...view, ...pictures }))).toEqual({
      ...{ caption: 'Nuclei', by: null, licence: null, scope: 'public', until: endOfDay('2027-01-29') },
    });
  });
});

it('the wall and each card have an address of the page', () => {
  const at = (href: string) => routeOf(new URL(href, 'https://lab.example'));
  expect(at('/gallery')).toEqual({ screen: 'gallery' });
  expect(at('/gallery?card=card-0001')).toEqual({ screen: 'card', id: 'card-0001' });
  expect(at('/gallery/card-0001')).toEqual({ screen: 'nowhere' }); // the API answers it
  expect(at('/shared')).toEqual({ screen: 'shared' });
});
