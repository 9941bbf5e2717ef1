import type { Job } from '../../core/job.ts';
import { matchesSearch } from '../../core/job-search.ts';
import type { Page } from '../../ports/job-store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Fields } from './dynamo-items.ts';
import { type JobTable, shownFields } from './job-changes.ts';
import * as items from './job-items.ts';

/** Sorts behind every time of making. */
const newest = '~';

/** Jobs that are read together for a search. */
const searchedAtOnce = 100;

/** Newest first. */
export async function jobsOfOwner(
  on: JobTable,
  owner: string,
  { search, cursor, limit = 100 }: { search?: string; cursor?: string; limit?: number },
): Promise<Page<Job>> {
  const list = ['jobs', owner];
  const wanted = search === undefined ? () => true : matchesSearch(search);
  const found: Job[] = [];
  const pages = on.table.query({
    index: 'owner',
    where: '#ownerKey = :owner AND #ownerSort < :before',
    values: { owner, before: cursor === undefined ? newest : readCursor(list, cursor) },
    newestFirst: true,
    limit: search === undefined ? limit + 1 : searchedAtOnce,
  });
  for await (const page of pages) {
    found.push(...(await jobsOf(on, page)).filter(wanted));
    if (found.length > limit) break;
  }
  if (found.length <= limit) return { items: found };
  return { items: found.slice(0, limit), cursor: writeCursor(list, items.ownerSortOf(found[limit - 1]!)) };
}

/** Jobs of an index's entries, in their order. */
async function jobsOf(on: JobTable, entries: readonly Fields[]): Promise<Job[]> {
  const found = await on.table.getAll(entries.map(items.keyOfEntry));
  const byPartition = new Map(found.map((fields) => [fields.pk, fields]));
  return entries.flatMap(({ pk }) => {
    const fields = shownFields(on, byPartition.get(pk));
    return fields === undefined ? [] : [items.jobOf(fields)];
  });
}

export async function countRunning({ table }: JobTable, owner: string): Promise<number> {
  let count = 0;
  const pages = table.query({
    index: 'open',
    where: '#openKey = :shard AND begins_with(#openSort, :own)',
    values: { shard: items.openKeyOf(owner), own: items.openSortKey({ owner, id: '' }) },
  });
  for await (const entries of pages) count += entries.length;
  return count;
}

export interface SharedList {
  index: 'open' | 'removed' | 'storage';
  /** Sort keys end before it; absent: at the end of the list. */
  end?: string;
  cursor?: string;
  limit?: number;
}

interface Found {
  shard: number;
  fields: Fields;
}

/** Whatever an index holds of all owners, and `wanted` is true for, shard by shard. */
export async function ofAllOwners(
  on: JobTable,
  { index, cursor, limit = 100, end }: SharedList,
  wanted: (fields: Fields) => boolean,
): Promise<Page<Fields>> {
  const [first, after] = cursor === undefined ? [0, undefined] : items.readSortKey(readCursor([index], cursor));
  const found: Found[] = [];
  for (let shard = first; shard < items.shards && found.length <= limit; shard++) {
    const from = (shard === first ? after : undefined) ?? items.firstSortKey;
    for await (const page of shardPages(on, items.shardKey(index, shard), { after: from, end })) {
      found.push(...page.filter(wanted).map((fields) => ({ shard, fields })));
      if (found.length > limit) break;
    }
  }
  const page = { items: found.slice(0, limit).map(({ fields }) => fields) };
  if (found.length <= limit) return page;
  const last = found[limit - 1]!;
  return { ...page, cursor: writeCursor([index], items.writeSortKey(last.shard, String(last.fields.openSort))) };
}

/** Items behind `after` of one shard, in its order. */
async function* shardPages(
  { table }: JobTable,
  shard: string,
  { after, end }: { after: string; end: string | undefined },
): AsyncGenerator<Fields[]> {
  const pages = table.query({
    index: 'open',
    ...(end === undefined
      ? { where: '#openKey = :shard AND #openSort > :after', values: { shard, after } }
      : // BETWEEN has its ends, and no key ends in a blank.
        { where: '#openKey = :shard AND #openSort BETWEEN :from AND :end', values: { shard, from: `${after} `, end } }),
    limit: 100,
  });
  for await (const entries of pages) {
    const stored = await table.getAll(entries.map(items.keyOfEntry));
    yield entries.flatMap(({ pk }) => stored.filter((fields) => fields.pk === pk));
  }
}
