import type { UseQueryResult } from '@tanstack/react-query';
import { isGone } from './is-gone.ts';

/** What a screen draws of something that is fetched: each state, and nothing between. */
export type Loaded<T> =
  | { state: 'loading' }
  | { state: 'failed'; error: Error; retry(): void }
  | { state: 'ready'; data: T };

/** Data that is there stays, also when a later look for news fails, unless that finds that it is gone. */
export function loaded<T>(query: UseQueryResult<T>): Loaded<T> {
  if (query.data !== undefined && !isGone(query.error)) return { state: 'ready', data: query.data };
  if (query.error !== null) return { state: 'failed', error: query.error, retry: () => void query.refetch() };
  return { state: 'loading' };
}
