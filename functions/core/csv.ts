export type CsvCell = string | number | bigint | undefined;

/** A text that a spreadsheet would run as a formula, or a control character that hides one (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
/** `;` and tab separate cells where the list separator is not a comma, as in German and French Excel. */
const special = /[",;\t\r\n]/;

/**
 * One row as in RFC 4180, with its CRLF. Numbers are the shortest text that reads back as the same double; NaN and
 * undefined are empty cells, infinities `inf` and `-inf` (pandas, R and numpy read both). A text that a spreadsheet
 * would take for a formula gets a leading `'`; numbers never do.
 */
export const csvRow = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: CsvCell): string {
  if (typeof cell === 'number') return csvNumber(cell);
  if (cell === undefined) return '';
  if (typeof cell === 'bigint') return cell.toString();
  const text = formula.test(cell) ? `'${cell}` : cell;
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvNumber(value: number): string {
  if (Number.isNaN(value)) return '';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
