export type CsvCell = string | number | bigint | undefined;

/** A text that a spreadsheet would run as a formula, or a control character that hides one (OWASP, CSV injection). */
const formula = /^[=+\-@\t\r\n＝＋－＠]/;
/** `;` and tab separate cells where the list separator is not a comma, as in German and French Excel. */
const special = /[",;\t\r\n]/;
/** What would begin a cell there: such a program knows a quote only where a cell of its own begins. */
const innerFormula = /(?<=[;\t\r\n])(?=[=+\-@＝＋－＠])/g;

/**
 * One row as in RFC 4180, with its CRLF. Numbers are the shortest text that reads back as the same double; NaN and
 * undefined are empty cells, infinities `inf` and `-inf` (pandas, R and numpy read both). A text that a spreadsheet
 * would take for a formula gets a leading `'`, also where it would begin a cell inside of it; numbers never do.
 */
export const csvRow = (cells: readonly CsvCell[]): string => `${cells.map(csvCell).join(',')}\r\n`;

function csvCell(cell: CsvCell): string {
  if (typeof cell === 'number') return csvNumber(cell);
  if (cell === undefined) return '';
  if (typeof cell === 'bigint') return cell.toString();
  const text = (formula.test(cell) ? `'${cell}` : cell).replace(innerFormula, "'");
  return special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function csvNumber(value: number): string {
  if (Number.isNaN(value)) return '';
  if (value === Infinity) return 'inf';
  if (value === -Infinity) return '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
