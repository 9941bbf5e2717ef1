import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useModels } from '../api/queries.ts';
import { strings } from '../strings.ts';
import type { Picked } from '../upload/collect.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { NewJobForm } from './new-job-form.tsx';

/** What was chosen and not begun yet: a look at another screen does not lose it. */
let chosen: Picked | undefined;

export function NewJob({ jobs }: { jobs: readonly JobView[] }) {
  useModels(); // asked for early: the form has them from the start, and does not grow
  const [picked, setState] = useState(chosen);
  const setPicked = (next: Picked | undefined) => {
    chosen = next;
    setState(next);
  };
  if (picked !== undefined) {
    return (
      <NewJobForm
        picked={picked}
        jobs={jobs}
        onForget={() => setPicked(undefined)}
        onBegun={() => setPicked(undefined)}
      />
    );
  }
  return (
    <DropZone title={strings.dropTitle} onPicked={setPicked}>
      <p className="soft">{strings.dropText}</p>
    </DropZone>
  );
}
