/** A table as the result files hold it: names of columns, then rows of text. */
export interface CsvTable {
  columns: string[];
  rows: string[][];
}

/** What separates cells: `;` and tab are what Excel and others write in some languages. */
export type Separator = ',' | ';' | '\t';

const cellOf = (separator: Separator): RegExp =>
  new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|$)`, 'gy');

/** RFC 4180: quotes around what holds a separator, a quote or a line end; quotes inside are doubled. Throws SyntaxError. */
export function parseCsv(text: string, separator: Separator = ','): CsvTable {
  const records: string[][] = [];
  let record: string[] = [];
  const cell = cellOf(separator);
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null) throw new SyntaxError(`not CSV at character ${at}`);
    const [, quoted, plain = '', end] = match;
    record.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end !== separator) {
      records.push(record);
      record = [];
    }
  }
  const [columns = [], ...rows] = records;
  return { columns, rows };
}
