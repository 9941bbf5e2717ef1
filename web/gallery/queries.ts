import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { FigureView } from '../../functions/contract/gallery.ts';
import type { FigureScope } from '../../functions/core/figure.ts';
import { useService } from '../api/context.tsx';
import { type Loaded, loaded } from '../api/loaded.ts';
import { type LoadedPages, loadedPages } from '../api/loaded-pages.ts';

/** Signed pictures are good for an hour. */
const signedMs = 45 * 60_000;

export const galleryKey = ['gallery'] as const;

/** Not asked for again at each look at the window: a long wall is many calls. */
export function useWall(scope: FigureScope): LoadedPages<FigureView> & { isLoading: boolean } {
  const { call } = useService();
  const query = useInfiniteQuery({
    queryKey: [...galleryKey, 'wall', scope],
    queryFn: ({ signal, pageParam }) => call('listFigures', { query: { scope, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: signedMs,
    refetchOnWindowFocus: false,
  });
  return { ...loadedPages(query), isLoading: query.isFetchingNextPage };
}

export function useCard(id: string): Loaded<FigureView> {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: [...galleryKey, 'card', id],
      queryFn: ({ signal }) => call('showFigure', { params: { figure: id }, signal }),
      refetchInterval: signedMs,
    }),
  );
}
