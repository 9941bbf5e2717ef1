import { csvRow } from '../core/csv.ts';
import { isAveraged } from './measures.ts';
import { NoResults } from './results.ts';

/** One image of the table of all objects. */
export interface TableImage {
  path: string;
  /** In the order of the table's labels. */
  labels: readonly string[];
  /** Of the file with its measurements, for messages. */
  name: string;
  /** Its bytes from the start, once a call. */
  open(): AsyncIterable<Uint8Array>;
}

export interface ObjectsTable {
  /** `image`, the labels, then every column that any image has, in the order in which they are met. */
  header: string[];
  /** The rows in pieces of some kilobytes, after the header's. */
  rows(): AsyncGenerator<string>;
  /** Rows of all images; complete after `rows`. */
  objects: number;
  /** Mean over the objects of each image, of each column that is averaged; complete after `rows`. */
  means: Map<string, Map<string, number>>;
}

/** Characters that are written at once. */
const piece = 64 * 1024;

/** One table of all objects of all images. Measurements are read twice, first for their columns, and never held as a whole. Throws NoResults. */
export async function objectsTable(
  images: readonly TableImage[],
  labelNames: readonly string[],
): Promise<ObjectsTable> {
  const measured = new Set<string>();
  for (const image of images) for (const name of await headerOf(image)) measured.add(name);
  const columns = [...measured];
  const taken = new Set(['image', ...columns]);
  const labels = labelNames.map((name) => (taken.has(name) ? `group_${name}` : name));
  const table: ObjectsTable = {
    header: ['image', ...labels, ...columns],
    objects: 0,
    means: new Map(),
    async *rows() {
      let text = csvRow(table.header);
      for (const image of images) {
        const means = meansOf();
        const start = csvRow([image.path, ...image.labels]).trimEnd();
        for await (const { own, cells } of rowsOf(image)) {
          means.add(own, cells);
          table.objects++;
          text += `${start},${arranged(columns, own, cells)}\r\n`;
          if (text.length < piece) continue;
          yield text;
          text = '';
        }
        table.means.set(image.path, means.values());
      }
      yield text;
    },
  };
  return table;
}

/** The cells under the columns of the table; empty where the image has none. */
function arranged(columns: readonly string[], own: readonly string[], cells: readonly string[]): string {
  if (own.length === columns.length && own.every((name, i) => name === columns[i])) return cells.join(',');
  return columns.map((name) => cells[own.indexOf(name)] ?? '').join(',');
}

function meansOf() {
  const sums = new Map<string, { sum: number; n: number }>();
  return {
    add(names: readonly string[], cells: readonly string[]): void {
      names.forEach((name, i) => {
        if (!isAveraged(name)) return;
        const value = cells[i]!.trim() === '' ? Number.NaN : Number(cells[i]);
        if (!Number.isFinite(value)) return;
        const { sum, n } = sums.get(name) ?? { sum: 0, n: 0 };
        sums.set(name, { sum: sum + value, n: n + 1 });
      });
    },
    values: (): Map<string, number> => new Map([...sums].map(([name, { sum, n }]) => [name, sum / n])),
  };
}

type Measurements = Pick<TableImage, 'name' | 'open'>;

async function* rowsOf(image: Measurements): AsyncGenerator<{ own: string[]; cells: string[] }> {
  let own: string[] | undefined;
  for await (const line of linesOf(image)) {
    const cells = line.split(',');
    if (own !== undefined && cells.length !== own.length)
      throw new NoResults(image.name, `a row has ${cells.length} cells, the header ${own.length}`);
    if (own === undefined) own = cells;
    else yield { own, cells };
  }
}

async function headerOf(image: Measurements): Promise<string[]> {
  for await (const line of linesOf(image)) return line.split(',');
  return [];
}

/** Lines of a table as predict writes it: CRLF, no quotes. */
async function* linesOf({ name, open }: Measurements): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of open()) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new NoResults(name, (error as Error).message, { cause: error });
  }
  if (rest !== '') throw new NoResults(name, 'it ends within a row');
}
