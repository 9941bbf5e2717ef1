import { Button } from '@mantine/core';
import type { JobView } from '../../functions/contract/jobs.ts';
import { go } from '../navigation.tsx';
import { againHref, compareHref } from '../route.ts';
import { strings } from '../strings.ts';

/** Leads to a new job of the same images, and to this job beside another one of them. */
export const AgainButtons = ({ job }: { job: JobView }) => (
  <>
    {job.sealed && (
      <Button variant="default" onClick={() => go(againHref(job.id))}>
        {strings.again}
      </Button>
    )}
    {job.state === 'completed' && (
      <Button variant="default" onClick={() => go(compareHref(job.id))}>
        {strings.compare}
      </Button>
    )}
  </>
);
