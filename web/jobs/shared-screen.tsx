import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { ShareView } from '../../functions/contract/shares.ts';
import { useService } from '../api/context.tsx';
import { type LoadedPages, loadedPages } from '../api/loaded-pages.ts';
import { keys } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { Link } from '../navigation.tsx';
import { jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { EndShare } from './end-share.tsx';
import { progressInWords } from './progress-in-words.ts';
import { StatusBadge } from './status-badge.tsx';

/** Jobs of others that the user sees, and whom the user lets see jobs. */
export function SharedScreen() {
  const { call } = useService();
  const shared = usePages<JobView>(keys.shared, (query, signal) => call('listShared', { query, signal }));
  const shares = usePages<ShareView>(keys.shares, (query, signal) => call('listShares', { query, signal }));
  return (
    <>
      <ScreenHeading>{strings.sharing}</ScreenHeading>
      <h2>{strings.sharedWithYou}</h2>
      <List pages={shared} none={strings.sharedWithYouNone}>
        {(job) => (
          <li key={job.id}>
            <Link className="job-name" href={jobHref(job.id)}>
              {job.name}
            </Link>
            <StatusBadge job={job} />
            <span className="soft">
              {[progressInWords(job), strings.ofOwner(job.shared?.by ?? ''), inTime(job.createdAt)]
                .filter((part) => part !== undefined)
                .join(' · ')}
            </span>
          </li>
        )}
      </List>
      <h2>{strings.sharedByYou}</h2>
      <List pages={shares} none={strings.sharedByYouNone}>
        {(share) => (
          <li key={`${share.job.id} ${share.member.id}`}>
            <Link className="job-name" href={jobHref(share.job.id)}>
              {share.job.name}
            </Link>
            <EndShare share={share} />
            <span className="soft">{strings.sharedSince(share.member.email, inTime(share.sharedAt))}</span>
          </li>
        )}
      </List>
    </>
  );
}

type Load<T> = (
  query: { cursor: string | undefined },
  signal: AbortSignal,
) => Promise<{ items: T[]; cursor?: string | undefined }>;

const usePages = <T,>(queryKey: readonly string[], load: Load<T>): LoadedPages<T> =>
  loadedPages(
    useInfiniteQuery({
      queryKey: [...queryKey, 'list'],
      queryFn: ({ signal, pageParam }) => load({ cursor: pageParam }, signal),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: ({ cursor }) => cursor,
    }),
  );

interface ListProps<T> {
  pages: LoadedPages<T>;
  none: string;
  children(item: T): ReactNode;
}

const List = <T,>({ pages: { items, more }, none, children }: ListProps<T>) => (
  <>
    <Show what={items}>
      {(list) =>
        list.length === 0 ? <p className="soft">{none}</p> : <ul className="jobs shared">{list.map(children)}</ul>
      }
    </Show>
    {more !== undefined && (
      <Button variant="default" onClick={more}>
        {strings.olderJobs}
      </Button>
    )}
  </>
);
