import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { FileView, JobView, Results } from '../../functions/contract/schemas.ts';
import { isPassing } from '../upload/attempts.ts';
import { ApiError } from './client.ts';
import { useService } from './context.tsx';
import { type Loaded, loaded } from './loaded.ts';

export const isActive = ({ state }: Pick<JobView, 'state'>): boolean =>
  state === 'uploading' || state === 'processing' || state === 'packaging';

const soonMs = 1500;
const laterMs = 20_000;
/** A signed download is good for an hour. */
const signedMs = 45 * 60_000;

export const queryClient = () =>
  new QueryClient({
    defaultOptions: {
      queries: { retry: (count, error) => count < 3 && isPassing(error), refetchOnWindowFocus: true, staleTime: 1000 },
    },
  });

export const keys = {
  me: ['me'],
  models: ['models'],
  jobs: ['jobs'],
  job: (id: string) => ['job', id],
  files: (id: string) => ['files', id],
  results: (id: string, path: string | undefined) => ['results', id, path ?? null],
} as const;

export function useMe() {
  const { api } = useService();
  return loaded(useQuery({ queryKey: keys.me, queryFn: ({ signal }) => api.me(signal) }));
}

export function useModels() {
  const { api } = useService();
  return loaded(
    useQuery({ queryKey: keys.models, queryFn: ({ signal }) => api.models(signal), staleTime: 10 * 60_000 }),
  );
}

/** Newest first. Looked at often while one of them runs, also from behind: its end is told. */
export function useJobs() {
  const { api } = useService();
  const query = useInfiniteQuery({
    queryKey: keys.jobs,
    queryFn: ({ signal, pageParam }) => api.jobs(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isActive)) === true ? 2 * soonMs : laterMs,
    refetchIntervalInBackground: true,
  });
  const jobs = query.data?.pages.flatMap(({ items }) => items);
  const state: Loaded<JobView[]> =
    jobs !== undefined
      ? { state: 'ready', data: jobs }
      : query.error !== null
        ? { state: 'failed', error: query.error, retry: () => void query.refetch() }
        : { state: 'loading' };
  return { jobs: state, more: query.hasNextPage ? () => void query.fetchNextPage() : undefined };
}

export function useJob(id: string): Loaded<JobView> {
  const { api } = useService();
  return loaded(
    useQuery({
      queryKey: keys.job(id),
      queryFn: ({ signal }) => api.job(id, signal),
      refetchInterval: ({ state }) => {
        if (state.data === undefined) return isPassing(state.error) ? soonMs : false;
        return isActive(state.data) ? soonMs : laterMs;
      },
    }),
  );
}

/** All files in order of their paths. A large folder is looked at more rarely: it takes a call a thousand files. */
export function useFiles(job: JobView, state: FileView['state'] | undefined): Loaded<FileView[]> {
  const { api } = useService();
  const { counts, generation, id } = job;
  const query = useQuery({
    queryKey: [...keys.files(id), state ?? 'all', isActive(job) ? 'moving' : [counts, generation, job.state]],
    queryFn: async ({ signal }) => {
      const all: FileView[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.files(
          id,
          { ...(state !== undefined && { state }), ...(cursor !== undefined && { cursor }) },
          signal,
        );
        all.push(...page.items);
        cursor = page.cursor;
      } while (cursor !== undefined);
      return all;
    },
    refetchInterval: isActive(job) ? Math.max(2 * soonMs, 3 * counts.expected) : false,
    placeholderData: keepPreviousData,
  });
  return loaded(query);
}

/** Signed downloads of one image, or of the job's tables. Undefined data: there are none yet. */
export function useResults(id: string, path: string | undefined, ready = true): Loaded<Results> {
  const { api } = useService();
  return loaded(
    useQuery({
      queryKey: keys.results(id, path),
      queryFn: ({ signal }) => api.results(id, path, signal),
      enabled: ready,
      staleTime: signedMs,
      gcTime: signedMs,
    }),
  );
}

/** The text of a signed download. */
export function useText(url: string | undefined): Loaded<string> {
  return loaded(
    useQuery({
      queryKey: ['text', url],
      enabled: url !== undefined,
      staleTime: Number.POSITIVE_INFINITY,
      queryFn: async ({ signal }) => {
        const answer = await fetch(url!, { signal });
        if (!answer.ok) throw new ApiError(answer.status);
        return answer.text();
      },
    }),
  );
}
