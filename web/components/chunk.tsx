import { Button } from '@mantine/core';
import { type ComponentType, useCallback, useEffect, useState } from 'react';
import { strings } from '../strings.ts';
import { Notice } from './notice.tsx';

interface ChunkProps<Props> {
  /** Fetches the part of the page that has the component: a dynamic import. The same function at each call. */
  load(): Promise<ComponentType<Props>>;
  props: Props;
}

/**
 * A part of the page that is fetched when it is first shown. Where that fails (offline, or a new version has taken the
 * place of this page's files) only this part says so, and what runs beside it, an upload, goes on.
 */
export function Chunk<Props extends object>({ load, props }: ChunkProps<Props>) {
  const [state, setState] = useState<{ Part?: ComponentType<Props>; failed?: true }>({});
  const begin = useCallback(() => {
    setState({});
    load().then(
      (Part) => setState({ Part }),
      () => setState({ failed: true }),
    );
  }, [load]);
  useEffect(begin, [begin]);
  if (state.failed) {
    return (
      <Notice kind="bad" title={strings.partMissing}>
        <p>{strings.partMissingText}</p>
        <div className="row">
          <Button variant="default" onClick={begin}>
            {strings.retry}
          </Button>
          <Button variant="default" onClick={() => location.reload()}>
            {strings.reload}
          </Button>
        </div>
      </Notice>
    );
  }
  const { Part } = state;
  return Part === undefined ? <p className="soft">{strings.loading}</p> : <Part {...props} />;
}
