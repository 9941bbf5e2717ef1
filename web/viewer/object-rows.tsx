import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { Scroller } from '../components/scroller.tsx';
import { inShort } from '../format.ts';
import type { ObjectTable } from './objects.ts';
import { words } from './words.ts';

const rowHeight = 32;

interface ObjectRowsProps {
  table: ObjectTable;
  /** Those that are listed. */
  rows: readonly number[];
  selected: number;
  onSelect(row: number): void;
}

/** The measurements of objects, of which the rows on the screen are drawn. The chosen one is scrolled to. */
export function ObjectRows({ table, rows, selected, onSelect }: ObjectRowsProps) {
  const box = useRef<HTMLElement>(null);
  const drawn = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    scrollPaddingEnd: rowHeight, // the head of the table, which stands above the first row
  });
  const at = useMemo(() => rows.findIndex((row) => table.labelOf(row) === selected), [rows, table, selected]);
  useEffect(() => {
    if (at >= 0) drawn.scrollToIndex(at, { align: 'auto' });
  }, [at, drawn]);
  const label = table.columns.indexOf('label');
  const columns = [label, ...table.measures.map((name) => table.columns.indexOf(name))];
  const items = drawn.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = drawn.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <Scroller box={box} className="table viewer-rows" label={words.table}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {table.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {above > 0 && <Gap height={above} />}
          {items.map(({ index }) => {
            const row = rows[index]!;
            const cells = table.rows[row]!;
            return (
              <tr
                key={row}
                aria-rowindex={index + 2}
                style={{ height: rowHeight }}
                className={index === at ? 'viewer-chosen' : undefined}
                data-row={row}
              >
                <td>
                  <button
                    type="button"
                    aria-pressed={index === at}
                    aria-label={words.showObject(cells[label] ?? '')}
                    onClick={() => onSelect(row)}
                  >
                    {cells[label]}
                  </button>
                </td>
                {columns.slice(1).map((column) => (
                  <td key={column}>{shown(cells[column] ?? '')}</td>
                ))}
              </tr>
            );
          })}
          {below > 0 && <Gap height={below} />}
        </tbody>
      </table>
    </Scroller>
  );
}

const Gap = ({ height }: { height: number }) => (
  <tr style={{ height }}>
    <td />
  </tr>
);

/** The file has every digit; on the screen four say enough. */
const shown = (cell: string): string => (/^-?\d+\.\d/.test(cell) ? inShort(Number(cell)) : cell);
