import type { Page } from '../ports/job-store.ts';

/** Records of a page of what a person takes along. */
export const pageSize = 100;

/** A time for people. */
export const iso = (time: number): string => new Date(time).toISOString();

/** A page of two lists, the second behind the first. The cursor is `LIST.` and that list's own, which is empty for its first page. */
export async function pageOfTwo<List extends string, T>(
  [first, second]: readonly [List, List],
  cursor: string | undefined,
  load: (list: List, page: { limit: number; cursor?: string }) => Promise<Page<T>>,
): Promise<Page<T>> {
  const [name, ...own] = cursor?.split('.') ?? [first];
  const list = name === second ? second : first;
  const at = own.join('.');
  const page = await load(list, { limit: pageSize, ...(at !== '' && { cursor: at }) });
  if (page.cursor !== undefined) return { items: page.items, cursor: `${list}.${page.cursor}` };
  return { items: page.items, ...(list === first && { cursor: `${second}.` }) };
}
