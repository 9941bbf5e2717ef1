import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useMe } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { inDuration, inTime } from '../format.ts';
import { strings } from '../strings.ts';
import { isAway, isMoving } from './is-active.ts';

const everyMs = 1000;

/** Where the results of a job are, if they are not here to stay, and how they come back. */
export function StorageState({ job, asking, onRestore }: { job: JobView; asking: boolean; onRestore(): void }) {
  const me = useMe();
  if (job.storage?.state === 'deleted')
    return (
      <Notice kind="info" title={strings.resultsDeleted(inTime(job.storage.since))}>
        <p>{strings.resultsDeletedHint}</p>
      </Notice>
    );
  if (!isMoving(job)) return null;
  const { state, downloadUntil, readyBy, since, keptUntil } = job.storage!;
  if (!isAway(job)) return <Countdown until={downloadUntil!} />;
  if (state === 'restoring' || state === 'thawing')
    return (
      <Notice kind="info" title={strings.restoring}>
        <p>{readyBy === undefined ? strings.restoringSoon : strings.readyBy(inTime(readyBy))}</p>
      </Notice>
    );
  const mayAsk = job.shared === undefined && me.state === 'ready' && me.data.archive?.restores !== false;
  return (
    <Notice kind="info" title={strings.archivedSince(inTime(since))}>
      <p>
        {mayAsk ? strings.archivedHint : strings.archivedPlan}
        {keptUntil !== undefined && ` ${strings.archivedUntil(inTime(keptUntil))}`}
      </p>
      {mayAsk && (
        <Button variant="default" loading={asking} onClick={onRestore}>
          {strings.restore}
        </Button>
      )}
    </Notice>
  );
}

/** Until when results can be downloaded; of the last hour also how long that is. */
function Countdown({ until }: { until: string }) {
  const left = useMillisecondsTo(until);
  if (left <= 0) return <p className="soft">{strings.archivedSoon}</p>;
  const words = left < 3_600_000 ? strings.leftToDownload(inDuration(left)) : '';
  return <p className="soft">{strings.downloadUntil(inTime(until), words)}</p>;
}

function useMillisecondsTo(time: string): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, []);
  return Date.parse(time) - now;
}
