import { createHash } from 'node:crypto';
import { Failure } from '../../core/errors.ts';

/** `list`: all that tells one list from another; the cursor is good for no other. `last`: sort key of the last item. */
export const writeCursor = (list: readonly string[], last: string): string =>
  Buffer.from(JSON.stringify([nameOf(list), last])).toString('base64url');

/** The last sort key. Throws `cursorRefused` for what this list did not write. */
export function readCursor(list: readonly string[], cursor: string): string {
  const parts = parse(Buffer.from(cursor, 'base64url').toString());
  const fits = Array.isArray(parts) && parts.length === 2 && parts[0] === nameOf(list) && typeof parts[1] === 'string';
  if (!fits) throw new Failure('cursorRefused', { cursor });
  return parts[1] as string;
}

/** Short, because paths are long and cursors go into addresses. */
const nameOf = (list: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(list)).digest('base64url').slice(0, 12);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
