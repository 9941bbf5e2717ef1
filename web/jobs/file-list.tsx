import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef } from 'react';
import type { FileView } from '../../functions/contract/jobs.ts';
import { useOneStop } from '../components/one-stop.ts';
import { Scroller } from '../components/scroller.tsx';
import { inBytes } from '../format.ts';
import { notesInWords } from '../image/notes-in-words.ts';
import { Link } from '../navigation.tsx';
import { imageHref } from '../route.ts';
import { strings } from '../strings.ts';
import { type Around, stateInWords } from './state-in-words.ts';

const rowHeight = 44;
const highest = 440;
/** Pixels that a list of so many files takes. */
export const listHeight = (count: number): number => Math.min(highest, count * rowHeight);

interface FileListProps extends Around {
  id: string;
  files: readonly FileView[];
}

/** Ten thousand files, of which those on the screen are drawn. Rows with a reason are as high as it needs. */
export function FileList({ id, files, upload, isOver, machines }: FileListProps) {
  const box = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: files.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    getItemKey: (i) => files[i]!.path,
    overscan: 8,
  });
  const total = rows.getTotalSize();
  const items = rows.getVirtualItems();
  const stop = useOneStop({
    ...{ box, count: files.length, drawn: items },
    canFocus: (index) => files[index]?.state === 'done',
    scrollTo: (index) => rows.scrollToIndex(index),
  });
  return (
    <Scroller box={box} label={strings.filesTitle} height={Math.min(highest, total)}>
      <ul className="virtual" style={{ height: total }} onKeyDown={stop.onKeyDown}>
        {items.map(({ index, key, start }) => {
          const file = files[index]!;
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className="file"
              aria-setsize={files.length}
              aria-posinset={index + 1}
              style={{ transform: `translateY(${start}px)` }}
            >
              <span className="path">
                {file.state === 'done' ? (
                  <Link
                    href={imageHref(id, file.path)}
                    tabIndex={stop.tabIndexOf(index)}
                    onFocus={stop.onFocusOf(index)}
                  >
                    {file.path}
                  </Link>
                ) : (
                  file.path
                )}
              </span>
              <span className="soft">{inBytes(file.bytes)}</span>
              <span className={`file-state ${file.state}`}>{stateInWords(file, { upload, isOver, machines })}</span>
              {file.notes !== undefined && (
                <span className="why soft">{notesInWords(file.notes, undefined).join('; ')}</span>
              )}
              {file.failure !== undefined && (
                <span className="why">
                  {file.failure.message}
                  {file.failure.next !== undefined && (
                    <>
                      <br />
                      {strings.whatToDo(file.failure.next)}
                    </>
                  )}
                </span>
              )}
            </li>
          );
        })}
      </ul>
    </Scroller>
  );
}
