import type { EditOperation } from '../../../functions/core/edits.ts';

/** A stored call holds so many operations and bytes at most; a call may hold 1 MB. */
const mostSent = 100;
const mostBytes = 900_000;

/** As many as one call takes. */
export function firstOf(operations: readonly EditOperation[]): EditOperation[] {
  const found: EditOperation[] = [];
  let bytes = 0;
  for (const operation of operations.slice(0, mostSent)) {
    bytes += JSON.stringify(operation).length;
    if (found.length > 0 && bytes > mostBytes) break;
    found.push(operation);
  }
  return found;
}
