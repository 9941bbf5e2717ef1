import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FigureView } from '../../functions/contract/gallery.ts';
import { nextTile } from '../jobs/next-tile.ts';
import { Link } from '../navigation.tsx';
import { cardHref } from '../route.ts';
import { words } from './words.ts';

/** Pixels. */
const cardWidth = 240;
const rowHeight = 270;
/** More cards are asked for when so many rows are left below. */
const rowsAhead = 6;

interface WallProps {
  figures: readonly FigureView[];
  /** Asks for the next page; undefined: it is under way, or there is none. */
  more: (() => void) | undefined;
  /** All cards are there. */
  isWhole: boolean;
}

/** Cards in rows that scroll with the page; only those on the screen are drawn, and the next are asked for before they are needed. */
export function Wall({ figures, more, isWhole }: WallProps) {
  const list = useRef<HTMLUListElement>(null);
  const { columns, top } = useLayout(list);
  const [active, setActive] = useState(0);
  const rows = useWindowVirtualizer({
    count: Math.ceil(figures.length / columns),
    estimateSize: () => rowHeight,
    overscan: 2,
    scrollMargin: top,
  });
  const drawn = rows.getVirtualItems();
  const last = drawn.at(-1)?.index ?? 0;
  const isNearEnd = (last + rowsAhead) * columns >= figures.length;
  useEffect(() => {
    if (isNearEnd) more?.();
  }, [isNearEnd, more]);
  /** One stop of the Tab key for all; inside, the arrows (WAI-ARIA Authoring Practices, roving tabindex). */
  const move = (event: KeyboardEvent) => {
    const next = nextTile(event.key, active, columns, figures.length);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    rows.scrollToIndex(Math.floor(next / columns));
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`[data-card="${next}"] a`)?.focus());
  };
  return (
    <ul ref={list} className="virtual" aria-label={words.wall} style={{ height: rows.getTotalSize() }} onKeyDown={move}>
      {drawn.flatMap(({ index: row, start }) =>
        figures.slice(row * columns, (row + 1) * columns).map((figure, column) => {
          const index = row * columns + column;
          return (
            <li
              key={figure.id}
              className="tile"
              data-card={index}
              aria-setsize={isWhole ? figures.length : -1}
              aria-posinset={index + 1}
              style={{
                transform: `translateY(${start - top}px)`,
                left: `${(100 * column) / columns}%`,
                width: `${100 / columns}%`,
                height: rowHeight,
              }}
            >
              <WallCard
                figure={figure}
                active={index === Math.min(active, figures.length - 1)}
                onFocus={() => setActive(index)}
              />
            </li>
          );
        }),
      )}
    </ul>
  );
}

/** How many cards stand in a row, and how far the list is from the top of the page. */
function useLayout(list: RefObject<HTMLElement | null>): { columns: number; top: number } {
  const [layout, setLayout] = useState({ columns: 1, top: 0 });
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const measure = () => {
      const columns = Math.max(1, Math.floor(element.clientWidth / cardWidth));
      const top = Math.round(element.getBoundingClientRect().top + window.scrollY);
      setLayout((before) => (before.columns === columns && before.top === top ? before : { columns, top }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [list]);
  return layout;
}

interface WallCardProps {
  figure: FigureView;
  /** The one that the Tab key reaches. */
  active: boolean;
  onFocus(): void;
}

function WallCard({ figure, active, onFocus }: WallCardProps) {
  const { id, caption, by, counted, scope, thumbnail } = figure;
  const title = caption.split('\n')[0]!;
  return (
    <Link href={cardHref(id)} tabIndex={active ? 0 : -1} onFocus={onFocus}>
      <span className="frame">
        <img
          src={thumbnail.request.url}
          width={thumbnail.width}
          height={thumbnail.height}
          alt={words.picture(title)}
          decoding="async"
        />
      </span>
      <span className="tile-name" title={title}>
        {title}
      </span>
      <span className="soft tile-name" title={counted}>
        {counted}
      </span>
      <span className="soft tile-name">
        {[by, scope === 'public' ? words.isPublic : undefined].filter((part) => part !== undefined).join(' · ')}
      </span>
    </Link>
  );
}
