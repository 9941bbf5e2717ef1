import { withoutImageEnding } from '../core/image-names.ts';
import { parseCsv, type Separator } from '../core/parse-csv.ts';
import { wildcard } from './wildcard.ts';

/** What is known of one image beside its values: `condition`, `animal`, and others that the lab names. */
export type Labels = Readonly<Record<string, string>>;

/** Says of each image which condition it belongs to. */
export interface Grouping {
  /** Names of the labels, `condition` first, `animal` next where there is one. */
  names: string[];
  /** Undefined where nothing says what the image is. `path`: as in summary.csv. */
  labelsOf(path: string): Labels | undefined;
  /** How it was done, in words for the report. */
  how: string;
  /** What the lab listed and no image is, once all images were looked up. */
  unused(): string[];
}

/** Or why it is none, in words for its owner. */
export type GroupingVerdict = { grouping: Grouping; refused?: never } | { refused: string; grouping?: never };

const plain = (names: string[], how: string, labelsOf: Grouping['labelsOf']): Grouping => ({
  names,
  how,
  labelsOf,
  unused: () => [],
});

export const ungrouped = (): Grouping =>
  plain(['condition'], 'all images are one group', () => ({ condition: 'all images' }));

/** The condition is the first folder of an image's path; an image in no folder has none. */
export const byFolder = (): Grouping =>
  plain(['condition'], 'the condition is the first folder', (path) => {
    const slash = path.indexOf('/');
    return slash < 0 ? undefined : { condition: path.slice(0, slash) };
  });

/** By the named groups of a regular expression, which is looked for anywhere in the path. */
export function byPattern(source: string): GroupingVerdict {
  let pattern: RegExp;
  try {
    pattern = new RegExp(source, 'u');
  } catch (error) {
    return { refused: (error as Error).message };
  }
  const named = [...source.matchAll(/(?<!\\)\(\?<(?![=!])([^>]+)>/g)].map(([, name]) => name!);
  if (!named.includes('condition'))
    return { refused: 'the pattern has no group named condition, such as (?<condition>ctrl|treated)' };
  const names = ordered(named);
  const grouping = plain(names, `by the pattern ${source} in the path`, (path) => {
    const groups = pattern.exec(path)?.groups;
    return groups?.condition ? labelled(names, (name) => groups[name]) : undefined;
  });
  return { grouping };
}

/**
 * By a table: the column `image` holds a path as in summary.csv, with or without its ending, or a pattern with `*` (within a
 * folder), `**` (through folders) and `?`. A path wins over a pattern, else the first row that fits. Cells may be separated by commas, semicolons or tabs.
 */
export function byTable(text: string, file: string): GroupingVerdict {
  const content = text.replace(/^\ufeff/, '').replaceAll(/\r\n?/g, '\n');
  let table: { columns: string[]; rows: string[][] };
  try {
    table = parseCsv(content, separatorOf(content));
  } catch (error) {
    return { refused: (error as Error).message };
  }
  const columns = table.columns.map((name) => name.trim());
  const refused = wrongColumns(columns) ?? wrongRow(columns, table.rows);
  if (refused !== undefined) return { refused };
  return { grouping: tableGrouping(columns, table.rows, file) };
}

function separatorOf(text: string): Separator {
  const line = text.split('\n', 1)[0]!;
  const found = (['\t', ';'] as const).find((separator) => line.includes(separator));
  return found ?? ',';
}

function wrongColumns(columns: readonly string[]): string | undefined {
  for (const name of ['image', 'condition'])
    if (!columns.includes(name)) return `it has no column ${name} (there are ${columns.join(', ') || 'none'})`;
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) return `the column ${twice || '(without a name)'} stands twice`;
  return columns.includes('') ? 'a column has no name' : undefined;
}

const isEmpty = (row: readonly string[]): boolean => row.every((cell) => cell.trim() === '');

function wrongRow(columns: readonly string[], rows: readonly (readonly string[])[]): string | undefined {
  const seen = new Map<string, number>();
  for (const [i, row] of rows.entries()) {
    if (isEmpty(row)) continue;
    const line = i + 2; // lines count from 1, and the first is the header
    if (row.length !== columns.length) return `row ${line} has ${row.length} cells, the header has ${columns.length}`;
    for (const name of ['image', 'condition'])
      if (row[columns.indexOf(name)]!.trim() === '') return `row ${line} has no ${name}`;
    const image = imageOf(columns, row);
    const before = seen.get(image);
    if (before !== undefined) return `rows ${before} and ${line} are both of ${image}`;
    seen.set(image, line);
  }
  return rows.every(isEmpty) ? 'it has no row' : undefined;
}

const imageOf = (columns: readonly string[], row: readonly string[]): string =>
  row[columns.indexOf('image')]!.trim().normalize('NFC').replaceAll('\\', '/');

function tableGrouping(columns: readonly string[], rows: readonly (readonly string[])[], file: string): Grouping {
  const names = ordered(columns.filter((name) => name !== 'image'));
  const entries = rows
    .filter((row) => !isEmpty(row))
    .map((row) => {
      const image = imageOf(columns, row);
      const labels = labelled(names, (name) => row[columns.indexOf(name)]!.trim());
      return { image, labels, pattern: /[*?]/.test(image) ? wildcard(image) : undefined };
    });
  const byPath = new Map(entries.map((entry) => [entry.image, entry]));
  const patterns = entries.filter(({ pattern }) => pattern !== undefined);
  const used = new Set<string>();
  return {
    names,
    how: `by the table ${file}`,
    labelsOf(path) {
      const found =
        byPath.get(path) ??
        byPath.get(withoutImageEnding(path)) ??
        patterns.find(({ pattern }) => pattern!.test(path) || pattern!.test(withoutImageEnding(path)));
      if (found !== undefined) used.add(found.image);
      return found?.labels;
    },
    unused: () => entries.map(({ image }) => image).filter((image) => !used.has(image)),
  };
}

/** `condition` first, then `animal`, then the others as they come. */
function ordered(names: readonly string[]): string[] {
  const first = ['condition', 'animal'].filter((name) => names.includes(name));
  return [...new Set([...first, ...names])];
}

const labelled = (names: readonly string[], value: (name: string) => string | undefined): Labels =>
  Object.fromEntries(names.map((name) => [name, value(name) ?? '']));
