import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';

/** Closes the list of files without those that never arrived. */
export function GoOnWithout({ job }: { job: JobView }) {
  const { call, uploads } = useService();
  const client = useQueryClient();
  const submit = useMutation({
    mutationFn: async () => {
      if (uploads.get(job.id) !== undefined) return uploads.goOnWithout(job.id);
      const body = { missing: 'fail' as const };
      client.setQueryData(keys.job(job.id), await call('submitJob', { params: { id: job.id }, body }));
    },
  });
  return (
    <>
      <Button variant="default" loading={submit.isPending} onClick={() => submit.mutate()}>
        {strings.goOnWithout}
      </Button>
      {submit.error !== null && <Trouble title={strings.uploadFailed} error={submit.error} />}
    </>
  );
}
