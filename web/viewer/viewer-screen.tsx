import { useMemo } from 'react';
import { useJob } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { PublishButton } from '../gallery/publish-button.tsx';
import { Link } from '../navigation.tsx';
import { imageHref, viewerHref } from '../route.ts';
import { JobImage } from './job-image.tsx';
import type { KeptView } from './use-kept-view.ts';
import { hashOf, viewStateOf } from './view-state.ts';
import { words } from './words.ts';

/** One image of a job with its objects. */
export function ViewerScreen({ id, path }: { id: string; path: string }) {
  const job = useJob(id);
  const kept = useMemo<KeptView>(
    () => ({
      initial: viewStateOf(location.hash),
      keep: (state) => history.replaceState(history.state, '', viewerHref(id, path) + hashOf(state)),
    }),
    [id, path],
  );
  return (
    <div className="viewer-screen">
      <p>
        <Link href={imageHref(id, path)}>← {words.back}</Link>
      </p>
      <ScreenHeading>{words.title(path)}</ScreenHeading>
      <div className="row">{job.state === 'ready' && <PublishButton job={job.data} path={path} />}</div>
      <JobImage id={id} path={path} kept={kept} />
    </div>
  );
}
