import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { go } from '../navigation.tsx';
import { strings } from '../strings.ts';
import { save } from './save.ts';
import { useDeleteJob } from './use-delete-job.ts';
import { useLeaveJob } from './use-leave-job.ts';

/** What the service is asked to do with a job; `failures`: what each says where it did not work. */
export function useJobRequests({ id }: Pick<JobView, 'id'>) {
  const { call } = useService();
  const leave = useLeaveJob();
  const deleteJob = useDeleteJob();
  const client = useQueryClient();
  const params = { id };
  const took = async (next: JobView) => {
    client.setQueryData(keys.job(id), next);
    await Promise.all([keys.files(id), keys.jobs].map((queryKey) => client.invalidateQueries({ queryKey })));
  };
  const download = useMutation({ mutationFn: async () => save((await call('signDownload', { params })).request.url) });
  const restore = useMutation({ mutationFn: () => call('restoreJob', { params }), onSuccess: took });
  const retry = useMutation({ mutationFn: () => call('retryJob', { params }), onSuccess: took });
  const cancel = useMutation({
    mutationFn: () => {
      leave(id);
      return call('cancelJob', { params });
    },
    onSuccess: took,
  });
  const remove = useMutation({
    mutationFn: () => deleteJob(id),
    onSuccess: async () => {
      go('/');
      await client.invalidateQueries({ queryKey: keys.jobs });
    },
  });
  const failures = [
    { title: strings.downloadFailed, error: download.error },
    { title: strings.restoreFailed, error: restore.error },
    { title: strings.retryNotMade, error: retry.error },
    { title: strings.cancelFailed, error: cancel.error },
    { title: strings.deleteFailed, error: remove.error },
  ];
  return { download, restore, retry, cancel, remove, failures };
}
