import { Button } from '@mantine/core';
import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useService } from '../api/context.tsx';
import { Chunk } from '../components/chunk.tsx';
import { strings } from '../strings.ts';

const publishDialog = async () => (await import('./publish-dialog.tsx')).PublishDialog;

interface PublishButtonProps {
  job: JobView;
  /** Absent: one of the job's is chosen. */
  path?: string;
}

/** Publishes an image of one's own job as a card; nothing where there is no gallery. */
export function PublishButton({ job, path }: PublishButtonProps) {
  const { config } = useService();
  const [open, setOpen] = useState(false);
  if (config.gallery === 'off' || job.shared !== undefined || job.counts.done === 0) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {strings.publish}
      </Button>
      {open && <Chunk load={publishDialog} props={{ job, path, onClose: () => setOpen(false) }} />}
    </>
  );
}
