import { useMemo } from 'react';
import { ScreenHeading } from '../components/heading.tsx';
import { Link } from '../navigation.tsx';
import { imageHref, viewerHref } from '../route.ts';
import { JobImage } from './job-image.tsx';
import type { KeptView } from './use-kept-view.ts';
import { hashOf, viewStateOf } from './view-state.ts';
import { words } from './words.ts';

/** One image of a job with its objects. */
export function ViewerScreen({ id, path }: { id: string; path: string }) {
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
      <JobImage id={id} path={path} kept={kept} />
    </div>
  );
}
