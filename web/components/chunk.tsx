import { Button } from '@mantine/core';
import { type ComponentType, useCallback, useEffect, useState } from 'react';
import { strings } from '../strings.ts';
import { Notice } from './notice.tsx';

/** Fetches the part of the page that has the component: a dynamic import. The same function at each call. */
type Load<Props> = () => Promise<ComponentType<Props>>;

interface ChunkProps<Props> {
  load: Load<Props>;
  props: Props;
}

/** By what fetches them. */
const fetched = new WeakMap<object, unknown>();

/** Fetches a part before it is shown. Throws where that fails; the part asks again, and says so, when it is shown. */
export async function fetchChunk<Props>(load: Load<Props>): Promise<void> {
  fetched.set(load, await load());
}

/**
 * A part of the page that is fetched when it is first shown, and from then on shown at once. Where that fails (offline, or a
 * new version has taken the place of this page's files) only this part says so, and what runs beside it, an upload, goes on.
 */
export function Chunk<Props extends object>({ load, props }: ChunkProps<Props>) {
  const [last, setLast] = useState<{ load: Load<Props>; failed: boolean }>();
  const begin = useCallback(() => {
    setLast(undefined);
    fetchChunk(load).then(
      () => setLast({ load, failed: false }),
      () => setLast({ load, failed: true }),
    );
  }, [load]);
  const Part = fetched.get(load) as ComponentType<Props> | undefined;
  const isMissing = Part === undefined; // as it is drawn: it may have come since
  useEffect(() => {
    if (isMissing) begin();
  }, [isMissing, begin]);
  if (Part !== undefined) return <Part {...props} />;
  if (last?.load !== load || !last.failed) return <p className="soft">{strings.loading}</p>;
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
