import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ShareView } from '../../functions/contract/shares.ts';
import { useService } from '../api/context.tsx';
import { keys } from '../api/queries.ts';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';

/** Takes a job out of the sight of one person, at once. */
export function EndShare({ share: { job, member } }: { share: ShareView }) {
  const { call } = useService();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => call('unshareJob', { params: { id: job.id, member: member.id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.shares }),
  });
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={strings.unshareOf(member.email)}
        loading={end.isPending}
        onClick={() => end.mutate()}
      >
        {strings.unshare}
      </Button>
      {end.error !== null && <Trouble title={strings.unshareFailed} error={end.error} />}
    </>
  );
}
