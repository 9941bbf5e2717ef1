import { type InfiniteData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { AgreementView, RecordView } from '../../functions/contract/agreements.ts';
import type { PictureView, ShownPicture } from '../../functions/contract/pictures.ts';
import { useService } from '../api/context.tsx';
import { type Loaded, loaded } from '../api/loaded.ts';
import { type LoadedPages, loadedPages } from '../api/loaded-pages.ts';
import { inTime } from '../format.ts';
import { keepDownloads } from './keep-downloads.ts';
import { words } from './words.ts';

const soonMs = 1500;
const laterMs = 20_000;

export const peopleKeys = {
  pictures: ['pictures'],
  agreements: ['agreements'],
  reviews: ['reviews'],
} as const;

const ended: ReadonlySet<PictureView['state']> = new Set(['shown', 'hidden', 'failed', 'held', 'reviewing']);

type Pages = InfiniteData<{ items: ShownPicture[]; cursor?: string | undefined }>;

/** As `structuralSharing` has it: what is drawn is not fetched again. */
function keepShown(before: unknown, fresh: unknown): unknown {
  if (before === undefined) return fresh;
  const known = (before as Pages).pages.flatMap(({ items }) => items);
  const { pages, ...rest } = fresh as Pages;
  const now = Date.now();
  return { ...rest, pages: pages.map((page) => ({ ...page, items: keepDownloads(known, page.items, now) })) };
}

/** One's own, newest first. Looked at often while something happens to one of them. */
export function usePictures(): LoadedPages<ShownPicture> {
  const { call } = useService();
  return loadedPages(
    useInfiniteQuery({
      queryKey: [...peopleKeys.pictures, 'own'],
      queryFn: ({ signal, pageParam }) => call('listPictures', { query: { cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ cursor }) => cursor,
      refetchInterval: ({ state }) =>
        state.data?.pages.every(({ items }) => items.every((each) => ended.has(each.state))) === false
          ? soonMs
          : laterMs,
      structuralSharing: keepShown,
    }),
  );
}

/** Those that the lab sees. */
export function useShownPictures(): LoadedPages<ShownPicture> {
  const { call } = useService();
  return loadedPages(
    useInfiniteQuery({
      queryKey: [...peopleKeys.pictures, 'lab'],
      queryFn: ({ signal, pageParam }) => call('listShownPictures', { query: { cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ cursor }) => cursor,
      refetchInterval: laterMs,
      structuralSharing: keepShown,
    }),
  );
}

export function useRecipes() {
  const { call } = useService();
  return loaded(
    useQuery({ queryKey: ['recipes'], queryFn: async ({ signal }) => (await call('listRecipes', { signal })).items }),
  );
}

/** Recipes by their names, those that the lab still has. */
export function useRecipeNamed() {
  const recipes = useRecipes();
  return (name: string) => (recipes.state === 'ready' ? recipes.data.find((each) => each.name === name) : undefined);
}

/** What a picture is called: its recipe, by its title where it is known, and when it was sent. */
export function usePictureName(): (picture: Pick<PictureView, 'recipe' | 'createdAt'>) => string {
  const named = useRecipeNamed();
  return ({ recipe, createdAt }) => words.picture(named(recipe)?.title ?? recipe, inTime(createdAt));
}

/** Texts that stand, and what the user said of each purpose. */
export function useAgreements(): Loaded<AgreementView[]> {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: [...peopleKeys.agreements, 'texts'],
      queryFn: async ({ signal }) => (await call('listAgreements', { signal })).items,
    }),
  );
}

export function useRecords(): LoadedPages<RecordView> {
  const { call } = useService();
  return loadedPages(
    useInfiniteQuery({
      queryKey: [...peopleKeys.agreements, 'records'],
      queryFn: ({ signal, pageParam }) => call('listRecords', { query: { cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ cursor }) => cursor,
    }),
  );
}

export function useReviews(): LoadedPages<PictureView> {
  const { call } = useService();
  return loadedPages(
    useInfiniteQuery({
      queryKey: [...peopleKeys.reviews, 'list'],
      queryFn: ({ signal, pageParam }) => call('listReviews', { query: { cursor: pageParam }, signal }),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ cursor }) => cursor,
      refetchInterval: laterMs,
    }),
  );
}

/** Not looked at again: what the user does with the boxes stays. */
export function useReview(person: string, picture: string) {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: [...peopleKeys.reviews, person, picture],
      queryFn: ({ signal }) => call('showReview', { params: { person, picture }, signal }),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
      refetchOnReconnect: false,
      refetchOnWindowFocus: false,
    }),
  );
}
