import type { ExportView, ForgottenView } from '../functions/contract/people.ts';

/** What the service keeps of whoever asks, items by store, a page at a time. */
export async function everythingOfMe(
  ask: (cursor: string | undefined) => Promise<ExportView>,
): Promise<Record<string, unknown[]>> {
  const kept: Record<string, unknown[]> = {};
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    const items = kept[page.store] ?? [];
    items.push(...page.items);
    kept[page.store] = items;
    cursor = page.cursor;
  } while (cursor !== undefined);
  return kept;
}

/** Asks until nothing is left of a person; how many jobs, objects and the like went, by store. */
export async function forgetAll(ask: () => Promise<ForgottenView>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let done = false; !done; ) {
    const answer = await ask();
    for (const [store, count] of Object.entries(answer.forgotten)) counts[store] = (counts[store] ?? 0) + count;
    ({ done } = answer);
  }
  return counts;
}
