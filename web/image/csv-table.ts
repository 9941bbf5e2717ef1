import type { CsvTable } from '../../functions/core/parse-csv.ts';

/** A version such as `1.0` is a name, though it reads as a number. */
const isName = (column: string): boolean => /(^|_)version$/.test(column);

/** Columns that hold numbers only, and some: what a histogram can be drawn of. */
export const numericColumns = ({ columns, rows }: CsvTable): string[] =>
  columns.filter((column, i) => {
    if (isName(column)) return false;
    const cells = rows.map((row) => row[i] ?? '').filter((cell) => cell !== '');
    return cells.length > 0 && cells.every((cell) => Number.isFinite(Number(cell)));
  });

export function valuesOf({ columns, rows }: CsvTable, column: string): number[] {
  const i = columns.indexOf(column);
  return rows.flatMap((row) => (row[i] === undefined || row[i] === '' ? [] : [Number(row[i])]));
}
