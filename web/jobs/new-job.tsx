import { useState } from 'react';
import type { JobView } from '../../functions/contract/schemas.ts';
import { strings } from '../strings.ts';
import type { Picked } from '../upload/collect.ts';
import { DropZone } from '../upload/drop-zone.tsx';
import { NewJobForm } from './new-job-form.tsx';

export function NewJob({ jobs }: { jobs: readonly JobView[] }) {
  const [picked, setPicked] = useState<Picked>();
  if (picked !== undefined) {
    return <NewJobForm picked={picked} jobs={jobs} onForget={() => setPicked(undefined)} />;
  }
  return (
    <DropZone title={strings.dropTitle} onPicked={setPicked}>
      <p className="soft">{strings.dropText}</p>
    </DropZone>
  );
}
