import { Button } from '@mantine/core';
import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { Chunk } from '../components/chunk.tsx';
import { strings } from '../strings.ts';

const shareDialog = async () => (await import('./share-dialog.tsx')).ShareDialog;

/** Shows who sees a job, and lets its owner change that. */
export function ShareButton({ job }: { job: JobView }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {strings.share}
      </Button>
      {open && <Chunk load={shareDialog} props={{ job, onClose: () => setOpen(false) }} />}
    </>
  );
}
