import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { Loaded } from './loaded.ts';

interface ListPage<T> {
  items: T[];
}

/** A list that comes in pages: what there is of it, and how to get more. */
export interface LoadedPages<T> {
  items: Loaded<T[]>;
  more: (() => void) | undefined;
}

export function loadedPages<T>(query: UseInfiniteQueryResult<InfiniteData<ListPage<T>>>): LoadedPages<T> {
  const data = query.data?.pages.flatMap(({ items }) => items);
  const failed = (): Loaded<T[]> =>
    query.error === null
      ? { state: 'loading' }
      : { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return {
    items: data === undefined ? failed() : { state: 'ready', data },
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
  };
}
