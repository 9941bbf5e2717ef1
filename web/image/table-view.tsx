import { useMemo } from 'react';
import type { CsvTable } from '../../functions/core/parse-csv.ts';
import { Gap, rowHeight, shownNumber, useDrawnRows } from '../components/drawn-rows.tsx';
import { Scroller } from '../components/scroller.tsx';
import { strings } from '../strings.ts';
import { numericColumns } from './csv-table.ts';

/** A table of any length: rows on the screen are drawn, and two high empty ones stand for the others. */
export function TableView({ table, label }: { table: CsvTable; label: string }) {
  const { columns, rows } = table;
  const numbers = useMemo(() => new Set(numericColumns(table)), [table]);
  const { box, items, above, below } = useDrawnRows(rows.length);
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
            <Gap height={above} />
            {items.map(({ index }) => (
              <tr key={index} aria-rowindex={index + 2} style={{ height: rowHeight }}>
                {rows[index]!.map((cell, i) => (
                  <td key={columns[i]}>{numbers.has(columns[i]!) ? shownNumber(cell) : cell}</td>
                ))}
              </tr>
            ))}
            <Gap height={below} />
          </tbody>
        </table>
      </Scroller>
    </>
  );
}
