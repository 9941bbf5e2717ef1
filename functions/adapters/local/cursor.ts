import { Failure } from '../../core/errors.ts';

/** Page cursors: the sort key of the last row, opaque to the reader. */
export const writeCursor = (key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

/** `shape`: the type of each part. Anything else was not written by this list. */
export function readCursor<const S extends readonly ('string' | 'number')[]>(cursor: string, shape: S) {
  const key = parse(Buffer.from(cursor, 'base64url').toString());
  const fits = Array.isArray(key) && key.length === shape.length && shape.every((type, i) => typeof key[i] === type);
  if (!fits) throw new Failure('cursorRefused', { cursor });
  return key as { -readonly [I in keyof S]: S[I] extends 'string' ? string : number };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
