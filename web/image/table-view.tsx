import { useVirtualizer } from '@tanstack/react-virtual';
import { useMemo, useRef } from 'react';
import type { CsvTable } from '../../functions/core/parse-csv.ts';
import { Scroller } from '../components/scroller.tsx';
import { inShort } from '../format.ts';
import { strings } from '../strings.ts';
import { numericColumns } from './csv-table.ts';

const rowHeight = 32;

/** A table of any length: rows on the screen are drawn, and two high empty ones stand for the others. */
export function TableView({ table, label }: { table: CsvTable; label: string }) {
  const { columns, rows } = table;
  const numbers = useMemo(() => new Set(numericColumns(table)), [table]);
  const box = useRef<HTMLElement>(null);
  const drawn = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 10,
  });
  const items = drawn.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = drawn.getTotalSize() - (items.at(-1)?.end ?? 0);
  return (
    <>
      <p className="soft">{strings.tableRows(rows.length)}</p>
      <Scroller box={box} className="table" label={label}>
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {above > 0 && <Gap height={above} />}
            {items.map(({ index }) => (
              <tr key={index} aria-rowindex={index + 2} style={{ height: rowHeight }}>
                {rows[index]!.map((cell, i) => (
                  <td key={columns[i]}>{numbers.has(columns[i]!) ? shown(cell) : cell}</td>
                ))}
              </tr>
            ))}
            {below > 0 && <Gap height={below} />}
          </tbody>
        </table>
      </Scroller>
    </>
  );
}

const Gap = ({ height }: { height: number }) => (
  <tr style={{ height }}>
    <td />
  </tr>
);

/** The file has every digit; on the screen four say enough. */
const shown = (cell: string): string => (/^-?\d+\.\d/.test(cell) ? inShort(Number(cell)) : cell);
