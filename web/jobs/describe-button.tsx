import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { Chunk } from '../components/chunk.tsx';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';

const describeDialog = async () => (await import('./describe-dialog.tsx')).DescribeDialog;

/** Gives a job another name and a note. */
export function DescribeButton({ job }: { job: JobView }) {
  const { call } = useService();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const describe = useMutation({
    mutationFn: (body: { name: string; note: string }) => call('describeJob', { params: { id: job.id }, body }),
    onSuccess: async (next) => {
      client.setQueryData(keys.job(job.id), next);
      await client.invalidateQueries({ queryKey: keys.jobs });
    },
  });
  return (
    <>
      {/* not `loading`: a button that is disabled loses the focus, which it has from the dialog */}
      <Button variant="default" onClick={() => setAsking(true)}>
        {strings.describeJob}
      </Button>
      {describe.error !== null && <Trouble title={strings.describeFailed} error={describe.error} />}
      {asking && (
        <Chunk
          load={describeDialog}
          props={{ job, onClose: () => setAsking(false), onConfirm: (words) => describe.mutate(words) }}
        />
      )}
    </>
  );
}
