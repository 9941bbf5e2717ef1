import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useLayoutEffect, useRef, useState } from 'react';
import type { FileView, JobView } from '../../functions/contract/jobs.ts';
import { useFiles, useResults } from '../api/queries.ts';
import { Scroller } from '../components/scroller.tsx';
import { Show } from '../components/show.tsx';
import { objectsDrawn } from '../image/objects-drawn.ts';
import { Link } from '../navigation.tsx';
import { imageHref } from '../route.ts';
import { strings } from '../strings.ts';
import { isActive } from './is-active.ts';
import { nextTile } from './next-tile.ts';

const tileWidth = 220;
const rowHeight = 226;
const tileGap = 12.8; // of page.css
const tileRow = rowHeight - tileGap;
/** The half one says that there are more. */
const mostRows = 2.5;

/** Images that are done, as they finish, in a space that is kept for them. Only what is on the screen is asked for. */
export function Previews({ job }: { job: JobView }) {
  const done = useFiles(job, 'done');
  const section = useRef<HTMLElement>(null);
  const [columns, setColumns] = useState(1);
  const [begun] = useState(isActive(job));
  const shown = job.counts.done > 0 || job.state === 'processing' || job.state === 'uploading';
  useLayoutEffect(() => {
    const element = section.current;
    if (!shown || element === null) return;
    const measure = () => setColumns(Math.max(1, Math.floor(element.clientWidth / tileWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown]);
  if (!shown) return null;
  const { expected, leftOut, done: count } = job.counts;
  const active = isActive(job);
  // Whoever saw it running sees the room stay as it was; others see what there is.
  const tiles = begun || active ? expected - leftOut : count;
  const rows = Math.min(mostRows, Math.max(1, Math.ceil(tiles / columns)));
  return (
    <section ref={section}>
      <h2>{strings.previews}</h2>
      <div className="results" style={{ minHeight: rows * rowHeight }}>
        {active && <TilesToCome count={Math.ceil(rows) * columns} columns={columns} />}
        <Show what={done}>
          {(files) =>
            files.length === 0 ? (
              <p className="soft previews-wait">{strings.previewsWait}</p>
            ) : (
              <Grid id={job.id} files={files} columns={columns} />
            )
          }
        </Show>
      </div>
    </section>
  );
}

const TilesToCome = ({ count, columns }: { count: number; columns: number }) => (
  <div
    className="tiles-to-come"
    aria-hidden="true"
    style={{ gridTemplateColumns: `repeat(${columns}, 1fr)`, gridAutoRows: tileRow }}
  >
    {Array.from({ length: count }, (_, i) => i).map((i) => (
      <span key={i} />
    ))}
  </div>
);

interface GridProps {
  id: string;
  files: readonly FileView[];
  columns: number;
}

function Grid({ id, files, columns }: GridProps) {
  const box = useRef<HTMLElement>(null);
  const [active, setActive] = useState(0);
  const rows = useVirtualizer({
    count: Math.ceil(files.length / columns),
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 1,
  });
  const height = Math.min(mostRows * rowHeight, rows.getTotalSize());
  /** One stop of the Tab key for all; inside, the arrows (WAI-ARIA Authoring Practices, roving tabindex). */
  const move = (event: KeyboardEvent) => {
    const next = nextTile(event.key, active, columns, files.length);
    if (next === undefined) return;
    event.preventDefault();
    setActive(next);
    rows.scrollToIndex(Math.floor(next / columns));
    requestAnimationFrame(() => box.current?.querySelector<HTMLElement>(`[data-tile="${next}"] a`)?.focus());
  };
  return (
    <Scroller box={box} label={strings.previews} height={height}>
      <ul className="virtual" style={{ height: rows.getTotalSize() }} onKeyDown={move}>
        {rows.getVirtualItems().flatMap(({ index: row, start }) =>
          files.slice(row * columns, (row + 1) * columns).map((file, column) => (
            <li
              key={file.path}
              className="tile"
              data-tile={row * columns + column}
              aria-setsize={files.length}
              aria-posinset={row * columns + column + 1}
              style={{
                top: start,
                left: `${(100 * column) / columns}%`,
                width: `${100 / columns}%`,
                height: rowHeight,
              }}
            >
              <Tile
                id={id}
                path={file.path}
                active={row * columns + column === Math.min(active, files.length - 1)}
                onFocus={() => setActive(row * columns + column)}
              />
            </li>
          )),
        )}
      </ul>
    </Scroller>
  );
}

interface TileProps {
  id: string;
  path: string;
  /** The one that the Tab key reaches. */
  active: boolean;
  onFocus(): void;
}

function Tile({ id, path, active, onFocus }: TileProps) {
  const results = useResults(id, path);
  const data = results.state === 'ready' ? results.data : undefined;
  const preview = data?.files.find(({ kind }) => kind === 'preview.png');
  const summary = data?.summary;
  const words = summary && strings.counted(summary);
  return (
    <Link href={imageHref(id, path)} tabIndex={active ? 0 : -1} onFocus={onFocus}>
      <span className="frame">
        {preview !== undefined && (
          <img src={preview.request.url} alt={strings.previewOf(path, objectsDrawn(summary))} />
        )}
      </span>
      <span className="tile-name" title={path}>
        {path}
      </span>
      <span className="soft tile-name" title={words}>
        {summary === undefined ? '\u00a0' : strings.countedShort(summary)}
        {summary?.notes !== undefined && ` · ${strings.noteCount(summary.notes.length)}`}
      </span>
    </Link>
  );
}
