import { useEffect, useMemo } from 'react';
import { Gap, rowHeight, shownNumber, useDrawnRows } from '../components/drawn-rows.tsx';
import { useOneStop } from '../components/one-stop.ts';
import { Scroller } from '../components/scroller.tsx';
import type { ObjectTable } from './objects.ts';
import { words } from './words.ts';

interface ObjectRowsProps {
  /** Of the picture. */
  name: string;
  table: ObjectTable;
  /** Those that are listed. */
  rows: readonly number[];
  selected: number;
  onSelect(row: number): void;
}

/** The measurements of objects, of which the rows on the screen are drawn. The chosen one is scrolled to. */
export function ObjectRows({ name, table, rows, selected, onSelect }: ObjectRowsProps) {
  // the head of the table stands above the first row
  const { box, drawn, items, above, below } = useDrawnRows(rows.length, { scrollPaddingEnd: rowHeight });
  const at = useMemo(() => rows.findIndex((row) => table.labelOf(row) === selected), [rows, table, selected]);
  useEffect(() => {
    if (at >= 0) drawn.scrollToIndex(at, { align: 'auto' });
  }, [at, drawn]);
  const stop = useOneStop({
    ...{ box, count: rows.length, drawn: items },
    canFocus: (index) => index < rows.length,
    scrollTo: (index) => drawn.scrollToIndex(index, { align: 'auto' }),
  });
  const label = table.columns.indexOf('label');
  const columns = [label, ...table.measures.map((name) => table.columns.indexOf(name))];
  return (
    <Scroller box={box} className="table viewer-rows" label={words.table(name)}>
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
        <tbody onKeyDown={stop.onKeyDown}>
          <Gap height={above} />
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
                data-index={index}
              >
                <td>
                  <button
                    type="button"
                    aria-pressed={index === at}
                    tabIndex={stop.tabIndexOf(index)}
                    onFocus={stop.onFocusOf(index)}
                    aria-label={words.showObject(cells[label] ?? '')}
                    onClick={() => onSelect(row)}
                  >
                    {cells[label]}
                  </button>
                </td>
                {columns.slice(1).map((column) => (
                  <td key={column}>{shownNumber(cells[column] ?? '')}</td>
                ))}
              </tr>
            );
          })}
          <Gap height={below} />
        </tbody>
      </table>
    </Scroller>
  );
}
