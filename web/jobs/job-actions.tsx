import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { Chunk } from '../components/chunk.tsx';
import { Trouble } from '../components/show.tsx';
import { PublishButton } from '../gallery/publish-button.tsx';
import { go } from '../navigation.tsx';
import { jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { AgainButtons } from './again-buttons.tsx';
import { DescribeButton } from './describe-button.tsx';
import { hasDownload, isActive } from './is-active.ts';
import { LinkButton } from './link-button.tsx';
import { NotifyButton } from './notify-button.tsx';
import { ShareButton } from './share-button.tsx';
import { StorageState } from './storage-state.tsx';
import { useJobRequests } from './use-job-requests.ts';

const cancelDialog = async () => (await import('./dialogs.tsx')).CancelDialog;
const deleteDialog = async () => (await import('./dialogs.tsx')).DeleteDialog;

/** What can be done with a job now. `download`: it is begun without a click, as a notice's link asks. */
export function JobActions({ job, download: wanted }: { job: JobView; download: boolean }) {
  const { config } = useService();
  const { download, restore, retry, cancel, remove, failures } = useJobRequests(job);
  const [asking, setAsking] = useState<'cancel' | 'delete'>();
  const isOwn = job.shared === undefined;
  const ended = job.state === 'completed' || job.state === 'failed';
  const hasResults = hasDownload(job);
  const begin = download.mutate;
  useEffect(() => {
    if (!wanted || !hasResults) return;
    go(jobHref(job.id), { replace: true }); // a reload does not begin it again
    begin();
  }, [wanted, hasResults, job.id, begin]);
  const close = () => setAsking(undefined);
  return (
    <>
      <StorageState job={job} asking={restore.isPending} onRestore={() => restore.mutate()} />
      <div className="row actions">
        {hasResults && (
          <Button size="md" loading={download.isPending} onClick={() => download.mutate()}>
            {strings.download}
          </Button>
        )}
        {isOwn && config.sharing && <ShareButton job={job} />}
        <PublishButton job={job} />
        {isOwn && hasResults && config.publicLinks && <LinkButton id={job.id} />}
        {ended && job.retryable && job.counts.failed > 0 && (
          <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate()}>
            {strings.retryFailed}
          </Button>
        )}
        {isOwn && <AgainButtons job={job} />}
        {isActive(job) && <NotifyButton />}
        {isOwn && isActive(job) && (
          <Button variant="default" loading={cancel.isPending} onClick={() => setAsking('cancel')}>
            {strings.cancelJob}
          </Button>
        )}
        {isOwn && <DescribeButton job={job} />}
        {isOwn && (
          <Button variant="default" className="danger" loading={remove.isPending} onClick={() => setAsking('delete')}>
            {strings.deleteJob}
          </Button>
        )}
      </div>
      {config.machines !== undefined && isActive(job) && <p className="soft">{strings.machines(config.machines)}</p>}
      {config.retentionDays !== undefined && (
        <p className="soft">{strings.kept(config.retentionDays, config.inputDays ?? config.retentionDays)}</p>
      )}
      {failures.map(({ title, error }) => error !== null && <Trouble key={title} title={title} error={error} />)}
      {asking === 'cancel' && (
        <Chunk load={cancelDialog} props={{ onClose: close, onConfirm: () => cancel.mutate() }} />
      )}
      {asking === 'delete' && (
        <Chunk load={deleteDialog} props={{ name: job.name, onClose: close, onConfirm: () => remove.mutate() }} />
      )}
    </>
  );
}
