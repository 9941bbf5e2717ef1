import { keepPreviousData, QueryClient, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { isPassing } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import type { FileView, JobView } from '../../functions/contract/jobs.ts';
import type { VersionDetail, VersionView } from '../../functions/contract/models.ts';
import type { Results } from '../../functions/contract/results.ts';
import { isActive, isMoving } from '../jobs/is-active.ts';
import { useService } from './context.tsx';
import { everyJob } from './every-job.ts';
import { filesOfJob } from './files-of-job.ts';
import { isComing } from './is-coming.ts';
import { type Loaded, loaded } from './loaded.ts';
import { loadedPages } from './loaded-pages.ts';

const soonMs = 1500;
const laterMs = 20_000;
/** Signed downloads are good for an hour, or of a job of another for minutes: they are asked for again before. */
const signedMs = 45 * 60_000;
const usedOfLife = 0.75;
const shortLifeMs = 10 * 60_000;
function lifeOf({ data, dataUpdatedAt }: { data: Results | undefined; dataUpdatedAt: number }): number {
  const expiresAt = data?.files[0]?.request.expiresAt;
  return expiresAt === undefined ? signedMs : usedOfLife * (Date.parse(expiresAt) - dataUpdatedAt);
}

export const queryClient = () =>
  new QueryClient({
    defaultOptions: {
      // Whether the browser says `offline` or not: the service may be this machine, and what does not answer says so itself.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        retry: (count, error) => count < 3 && isPassing(error),
        refetchOnReconnect: true,
        refetchOnWindowFocus: true,
        staleTime: 1000,
      },
    },
  });

export const keys = {
  me: ['me'],
  plan: ['plan'],
  lab: ['lab'],
  archive: ['lab', 'archive'],
  planRequests: ['plan-requests'],
  models: ['models'],
  versions: ['versions'],
  jobs: ['jobs'],
  everyJob: ['every-job'],
  job: (id: string) => ['job', id],
  files: (id: string) => ['files', id],
  shared: ['shared'],
  shares: ['shares'],
  sharesOf: (id: string) => ['shares', id],
  results: (id: string, path: string | undefined) => ['results', id, path ?? null],
} as const;

export function useMe() {
  const { call } = useService();
  return loaded(useQuery({ queryKey: keys.me, queryFn: ({ signal }) => call('showMe', { signal }) }));
}

export function useModels() {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: keys.models,
      queryFn: ({ signal }) => call('listModels', { signal }),
      staleTime: 60_000, // an administrator may offer another one
    }),
  );
}

/** Of models that were added, newest first. Looked at often while one is checked. */
export function useVersions(): Loaded<VersionView[]> {
  const { call } = useService();
  const isMoving = ({ state }: VersionView) => state === 'added' || state === 'building' || state === 'checking';
  return loaded(
    useQuery({
      queryKey: keys.versions,
      queryFn: async ({ signal }) => (await call('listVersions', { signal })).items,
      refetchInterval: ({ state }) => (state.data?.some(isMoving) === true ? soonMs : laterMs),
    }),
  );
}

/** With signed downloads of its cover and documentation. */
export function useVersion(id: string): Loaded<VersionDetail> {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: [...keys.versions, id],
      queryFn: ({ signal }) => call('showVersion', { params: { version: id }, signal }),
      staleTime: signedMs,
      gcTime: signedMs,
    }),
  );
}

/** Newest first, with `search` those that it means. Looked at often while one of them runs, also from behind: its end is shown. */
export function useJobs(search = '') {
  const { call } = useService();
  const query = useInfiniteQuery({
    queryKey: search === '' ? keys.jobs : [...keys.jobs, search],
    queryFn: ({ signal, pageParam }) =>
      call('listJobs', { query: { cursor: pageParam, ...(search !== '' && { search }) }, signal }),
    placeholderData: keepPreviousData, // while the next words are searched for
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ cursor }) => cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isActive)) === true ? 2 * soonMs : laterMs,
    refetchIntervalInBackground: true,
  });
  const { items, more } = loadedPages(query);
  return { jobs: items, more };
}

/** All of one's own jobs, those that the list does not show yet too: for what may be in any of them. */
export function useEveryJob(): Loaded<JobView[]> {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: keys.everyJob,
      queryFn: ({ signal }) => everyJob(call, signal),
      staleTime: laterMs,
    }),
  );
}

export function useJob(id: string): Loaded<JobView> {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: keys.job(id),
      queryFn: ({ signal }) => call('showJob', { params: { id }, signal }),
      refetchInterval: ({ state }) => {
        if (state.data === undefined) return isPassing(state.error) ? soonMs : false;
        return isActive(state.data) ? soonMs : isMoving(state.data) ? 2 * soonMs : laterMs;
      },
    }),
  );
}

/** All files in order of their paths. A large folder is looked at more rarely: it takes a call a thousand files. */
export function useFiles(job: JobView, state: FileView['state'] | undefined): Loaded<FileView[]> {
  const { call } = useService();
  const { counts, generation, id } = job;
  const query = useQuery({
    queryKey: [...keys.files(id), state ?? 'all', isActive(job) ? 'moving' : [counts, generation, job.state]],
    queryFn: ({ signal }) => filesOfJob(call, id, { state, signal }),
    refetchInterval: isActive(job) ? Math.max(2 * soonMs, 3 * counts.expected) : false,
    placeholderData: keepPreviousData,
  });
  return loaded(query);
}

/** Signed downloads of the job's tables. A retry makes others. */
export const useTables = ({ id, generation }: JobView): Loaded<Results> =>
  useResults(id, undefined, { round: generation });

/** Signed downloads of one image, once it is `ready`, looked for until it is done; `round`: those of another round of the job are others. */
export function useResults(id: string, path: string | undefined, { ready = true, round = 0 } = {}): Loaded<Results> {
  const { call } = useService();
  return loaded(
    useQuery({
      queryKey: [...keys.results(id, path), round],
      queryFn: ({ signal }) => call('showResults', { params: { id }, query: { path }, signal }),
      enabled: ready,
      staleTime: ({ state }) => Math.max(0, lifeOf(state)),
      refetchInterval: ({ state }) => {
        if (isComing(state.error)) return Math.min(laterMs, 2 * soonMs * state.errorUpdateCount);
        const life = lifeOf(state);
        return life < shortLifeMs ? Math.max(laterMs, life) : false;
      },
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
        if (!answer.ok) throw new ServiceError(answer.status);
        return answer.text();
      },
    }),
  );
}
