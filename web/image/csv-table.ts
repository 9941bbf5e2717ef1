/** A table as the result files hold it: names of columns, then rows of text. */
export interface CsvTable {
  columns: string[];
  rows: string[][];
}

/** RFC 4180: quotes around what holds a comma, a quote or a line end; quotes inside are doubled. */
export function parseCsv(text: string): CsvTable {
  const records: string[][] = [];
  let record: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new SyntaxError(`not CSV at character ${cell.lastIndex}`);
    const [, quoted, plain = '', end] = match;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== ',') {
      records.push(record);
      record = [];
    }
  }
  const [columns = [], ...rows] = records;
  return { columns, rows };
}

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
