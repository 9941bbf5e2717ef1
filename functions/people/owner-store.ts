import { Failure } from '../core/errors.ts';
import type { Page } from '../ports/job-store.ts';

/** What one store of the service keeps of a person, who is named by the `sub` of their tokens. */
export interface OwnerStore {
  name: string;
  /** A page of what is kept, as JSON; absent where all of it is copies of what other stores have. */
  export?(person: string, cursor?: string): Promise<Page<Record<string, unknown>>>;
  /** Forgets a share of it that a call has time for, and says whether nothing is left. */
  forget(person: string): Promise<{ forgotten: number; done: boolean }>;
}

/** A page of one store; without `cursor` it was the last store's last. */
export interface ExportPage extends Page<Record<string, unknown>> {
  store: string;
}

/**
 * All that the stores keep of a person, a page of one store at a time; a store that has nothing gives an empty page.
 * Throws `cursorRefused` for a cursor that no page gave.
 */
export async function exportPerson(stores: readonly OwnerStore[], person: string, at?: string): Promise<ExportPage> {
  const exporting = stores.filter((store) => store.export !== undefined);
  const [name, cursor] = at === undefined ? [exporting[0]?.name] : readCursor(at);
  const index = exporting.findIndex((store) => store.name === name);
  const store = exporting[index];
  if (store?.export === undefined) throw new Failure('cursorRefused', { cursor: at ?? '' });
  const page = await store.export(person, cursor);
  const following = exporting[index + 1];
  const next = page.cursor === undefined ? following && [following.name] : [store.name, page.cursor];
  return { store: store.name, items: page.items, ...(next !== undefined && { cursor: writeCursor(next) }) };
}

/**
 * Forgets a person in every store, in order; what takes longer than a call is done by the next one. Returns how much was
 * forgotten, by store, and whether nothing is left.
 */
export async function forgetPerson(
  stores: readonly OwnerStore[],
  person: string,
): Promise<{ forgotten: Record<string, number>; done: boolean }> {
  const forgotten: Record<string, number> = {};
  for (const store of stores) {
    const { forgotten: count, done } = await store.forget(person);
    forgotten[store.name] = count;
    if (!done) return { forgotten, done };
  }
  return { forgotten, done: true };
}

const writeCursor = (parts: readonly string[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url');

function readCursor(at: string): [name: string, cursor?: string] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(at, 'base64url').toString());
  } catch (error) {
    throw new Failure('cursorRefused', { cursor: at }, { cause: error });
  }
  if (Array.isArray(parts) && parts.every((part) => typeof part === 'string')) return parts as [string, string?];
  throw new Failure('cursorRefused', { cursor: at });
}
