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

/** The named columns alone, as far as they have a value in some row. */
export function withColumns({ columns, rows }: CsvTable, names: readonly string[]): CsvTable {
  const kept = names
    .map((name) => columns.indexOf(name))
    .filter((at) => at >= 0 && rows.some((row) => (row[at] ?? '') !== ''));
  return { columns: kept.map((at) => columns[at]!), rows: rows.map((row) => kept.map((at) => row[at] ?? '')) };
}

export function valuesOf({ columns, rows }: CsvTable, column: string): number[] {
  const i = columns.indexOf(column);
  return rows.flatMap((row) => (row[i] === undefined || row[i] === '' ? [] : [Number(row[i])]));
}
