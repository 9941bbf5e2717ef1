import type { JobView } from '../../functions/contract/jobs.ts';
import { strings } from '../strings.ts';
import { isAway } from './is-active.ts';
import { totalImages } from './total-files.ts';

const colours: Record<JobView['state'], string> = {
  uploading: 'moving',
  processing: 'moving',
  packaging: 'moving',
  completed: 'good',
  failed: 'bad',
  cancelled: 'ended',
  expired: 'ended',
};

/** The state in a word, and beside it how many files failed and were left out, where some were. */
export function StatusBadge({ job }: { job: JobView }) {
  const { failed, leftOut } = job.counts;
  return (
    <span className="badges">
      <span className={`badge ${colours[job.state]}`} data-state={job.state}>
        {strings.states[job.state]}
      </span>
      {isAway(job) && (
        <span className="badge ended" data-storage={job.storage!.state}>
          {strings.storageStates[job.storage!.state as keyof typeof strings.storageStates]}
        </span>
      )}
      {failed > 0 && <span className="badge bad">{strings.someFailed(failed, totalImages(job))}</span>}
      {leftOut > 0 && <span className="badge ended">{strings.someLeftOut(leftOut)}</span>}
    </span>
  );
}
