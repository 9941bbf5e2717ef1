import { useVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { FileView, JobView } from '../../functions/contract/schemas.ts';
import { useFiles, useResults } from '../api/queries.ts';
import { Scroller } from '../components/scroller.tsx';
import { Show } from '../components/show.tsx';
import { Link } from '../navigation.tsx';
import { imagePlace } from '../route.ts';
import { strings } from '../strings.ts';

const tileWidth = 220;
const rowHeight = 232;
/** The half one says that there are more. */
const mostRows = 2.5;

/** Images that are done, as they finish, in a room that is there before them. Only what is on the screen is asked for. */
export function Previews({ job }: { job: JobView }) {
  const done = useFiles(job, 'done');
  const room = useRef<HTMLElement>(null);
  const [columns, setColumns] = useState(1);
  const shown = job.counts.done > 0 || job.state === 'processing' || job.state === 'uploading';
  useLayoutEffect(() => {
    const element = room.current;
    if (!shown || element === null) return;
    const measure = () => setColumns(Math.max(1, Math.floor(element.clientWidth / tileWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [shown]);
  if (!shown) return null;
  const rows = Math.max(1, Math.ceil((job.counts.expected - job.counts.leftOut) / columns));
  return (
    <section ref={room}>
      <h2>{strings.previews}</h2>
      <div style={{ minHeight: Math.min(mostRows, rows) * rowHeight }}>
        <Show what={done}>
          {(files) =>
            files.length === 0 ? (
              <p className="soft">{strings.previewsWait}</p>
            ) : (
              <Grid id={job.id} files={files} columns={columns} />
            )
          }
        </Show>
      </div>
    </section>
  );
}

interface GridProps {
  id: string;
  files: readonly FileView[];
  columns: number;
}

function Grid({ id, files, columns }: GridProps) {
  const box = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: Math.ceil(files.length / columns),
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 1,
  });
  const height = Math.min(mostRows * rowHeight, rows.getTotalSize());
  return (
    <Scroller box={box} label={strings.previews} height={height}>
      <ul className="virtual" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().flatMap(({ index: row, start }) =>
          files.slice(row * columns, (row + 1) * columns).map((file, column) => (
            <li
              key={file.path}
              className="tile"
              aria-setsize={files.length}
              aria-posinset={row * columns + column + 1}
              style={{
                top: start,
                left: `${(100 * column) / columns}%`,
                width: `${100 / columns}%`,
                height: rowHeight,
              }}
            >
              <Tile id={id} path={file.path} />
            </li>
          )),
        )}
      </ul>
    </Scroller>
  );
}

function Tile({ id, path }: { id: string; path: string }) {
  const results = useResults(id, path);
  const data = results.state === 'ready' ? results.data : undefined;
  const preview = data?.files.find(({ kind }) => kind === 'preview.png');
  const objects = data?.summary?.objects;
  return (
    <Link href={imagePlace(id, path)}>
      <span className="frame">
        {preview !== undefined && <img src={preview.request.url} alt={strings.previewOf(path, objects)} />}
      </span>
      <span className="tile-name" title={path}>
        {path}
      </span>
      <span className="soft">{objects === undefined ? '\u00a0' : strings.objects(objects)}</span>
    </Link>
  );
}
