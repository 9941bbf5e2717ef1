import { expect } from '@jest/globals';
import type { Page } from '../../functions/ports/job-store.ts';

/** The items of all pages in their order; no page may have more than `limit`. */
export async function allPages<T>(
  load: (page: { cursor?: string; limit: number }) => Promise<Page<T>>,
  limit: number,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await load({ limit, ...(cursor !== undefined && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return items;
}
