import type { FigureView } from '../../functions/contract/gallery.ts';
import { event } from './event.ts';
import { table } from './format.ts';

/** What is said of cards of the gallery. */
export const galleryEvents = {
  'gallery.listed': event<{ figures: FigureView[] }>('result', ({ figures }) =>
    figures.length === 0
      ? 'there is no card in the gallery'
      : table([
          ['card', 'published', 'seen by', 'until', 'author', 'caption'],
          ...figures.map(({ id, publishedAt, scope, until, by, caption }) => [
            ...[id, publishedAt.slice(0, 10), scope === 'public' ? 'everybody' : 'the lab'],
            ...[until?.slice(0, 10) ?? 'stays', by ?? '', caption.split('\n')[0]!],
          ]),
        ]).join('\n'),
  ),
  'gallery.published': event<{ figure: FigureView }>('result', ({ figure: { id, url, scope, until } }) =>
    [
      url,
      `card ${id}, for ${scope === 'public' ? 'everybody who has this address' : 'people of the lab'}, ${until === undefined ? 'until it is hidden' : `until ${until.slice(0, 10)}`}; it stays when the job is deleted`,
    ].join('\n'),
  ),
  'gallery.hidden': event<{ id: string; caption: string }>('result', (d) => `${d.id} is gone from the gallery`),
};
