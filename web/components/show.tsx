import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { ServiceError } from '../../client/service-error.ts';
import type { Loaded } from '../api/loaded.ts';
import { strings } from '../strings.ts';
import { Notice } from './notice.tsx';

interface ShowProps<T> {
  what: Loaded<T>;
  children: (data: T) => ReactNode;
  /** Draws failures that mean something else on this screen; undefined for others. */
  instead?(props: { error: Error }): ReactNode;
}

/** Draws what is loaded, or that it loads, or why not. */
export function Show<T>({ what, children, instead }: ShowProps<T>) {
  if (what.state === 'loading') return <p className="soft">{strings.loading}</p>;
  if (what.state === 'ready') return children(what.data);
  const drawn = instead?.({ error: what.error });
  if (drawn !== undefined) return drawn;
  if (what.error instanceof ServiceError && what.error.status === 404) {
    return (
      <Notice kind="bad" title={strings.notFound}>
        <p>{strings.notFoundText}</p>
      </Notice>
    );
  }
  return (
    <Trouble title={strings.loadFailed} error={what.error}>
      <Button variant="default" onClick={what.retry}>
        {strings.retry}
      </Button>
    </Trouble>
  );
}

/** What went wrong in the service's own words, which say what to do. */
export function Trouble({ title, error, children }: { title: string; error: unknown; children?: ReactNode }) {
  const problem = error instanceof ServiceError ? error.problem : undefined;
  return (
    <Notice kind="bad" title={title}>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {problem !== undefined && <p className="soft">{strings.requestId(problem.requestId)}</p>}
      {children !== undefined && <div className="row">{children}</div>}
    </Notice>
  );
}
