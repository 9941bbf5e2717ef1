import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';

const [comma, carriageReturn, lineFeed] = [0x2c, 0x0d, 0x0a];
/** Of a column that is neither read nor written; what is written counts down from here. */
const skipped = -1;

/** Which columns of a table are read, and which cells of one character are written, in the order of their names. */
export interface TableColumns {
  read: readonly string[];
  /** After all that is read. */
  written: readonly string[];
}

/** A table that is not one is a damaged object. Throws `objectCorrupt`. */
export async function wholeTable(ref: ObjectRef, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new Failure('objectCorrupt', { key: ref.key, detail: error.message }, { cause: error });
    throw error;
  }
}

/** Calls back with the cells of each row, text as latin1: what is not ASCII is to be read as UTF-8 from it. */
export async function readTable(
  chunks: AsyncIterable<Uint8Array>,
  read: readonly string[],
  onRow: (values: readonly string[]) => void,
): Promise<void> {
  const scanner = tableScanner({ read, written: [] }, (values) => {
    onRow(values);
    return [];
  });
  for await (const chunk of chunks) scanner.push(chunk);
  scanner.end();
}

/** The table with other characters in its written cells. `decide` gets the cells that are read, and gives those. */
export async function* editTable(
  chunks: AsyncIterable<Uint8Array>,
  columns: TableColumns,
  decide: (values: readonly string[]) => string[],
): AsyncGenerator<Uint8Array> {
  const scanner = tableScanner(columns, decide);
  for await (const chunk of chunks) {
    const own = Uint8Array.from(chunk);
    scanner.push(own);
    yield own;
  }
  scanner.end();
}

/**
 * Walks over the bytes of a table as predict writes it: a header, rows with CRLF, no quotes. Tables of stacks are larger
 * than memory, so they come in chunks; written cells are changed in them. Throws SyntaxError for what is no such table.
 */
function tableScanner(columns: TableColumns, decide: (values: readonly string[]) => string[]) {
  let header = '';
  let roles: number[] | undefined; // of each column: which is read, from 0; skipped; or which is written, from -2 down
  const values = new Array<string>(columns.read.length).fill('');
  let decided: string[] | undefined;
  let [column, length, kept] = [0, 0, ''];

  const takeHeader = (chunk: Uint8Array): number => {
    const end = chunk.indexOf(lineFeed);
    header += latin1(chunk, 0, end < 0 ? chunk.length : end);
    if (end < 0) return chunk.length;
    roles = rolesOf(header.trimEnd().split(','), columns);
    return end + 1;
  };
  const endRow = (known: readonly number[]): void => {
    if (column !== known.length - 1) throw new SyntaxError(`a row has ${column + 1} cells, the header ${known.length}`);
    decided ??= decide(values);
    decided = undefined;
    column = 0;
  };

  return {
    push(chunk: Uint8Array): void {
      let from = roles === undefined ? takeHeader(chunk) : 0;
      if (roles === undefined) return;
      let role = roles[column]!;
      for (let i = from; i < chunk.length; i++) {
        const byte = chunk[i]!;
        if (byte === comma || byte === lineFeed) {
          if (role >= 0) values[role] = (kept + latin1(chunk, from, i)).trimEnd();
          if (role < skipped && length !== 1) throw new SyntaxError(`a cell of ${length} characters instead of one`);
          [kept, length, from] = ['', 0, i + 1];
          if (byte === comma) column++;
          else endRow(roles);
          role = roles[column] ?? skipped;
        } else if (role < skipped && byte !== carriageReturn) {
          decided ??= decide(values);
          chunk[i] = decided[-2 - role]!.charCodeAt(0);
          length++;
        }
      }
      if (role >= 0) kept += latin1(chunk, from, chunk.length);
    },
    end(): void {
      if (roles === undefined || column > 0) throw new SyntaxError('it ends within a row');
    },
  };
}

const latin1 = (bytes: Uint8Array, from: number, to: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');

function rolesOf(header: readonly string[], { read, written }: TableColumns): number[] {
  const names = header.map((name) => Buffer.from(name, 'latin1').toString());
  for (const name of [...read, ...written])
    if (!names.includes(name)) throw new SyntaxError(`it has no column ${name}`);
  return names.map((name) => {
    const at = read.indexOf(name);
    if (at >= 0) return at;
    const target = written.indexOf(name);
    return target < 0 ? skipped : -2 - target;
  });
}
