import type { JobView } from '../../functions/contract/jobs.ts';
import { strings } from '../strings.ts';

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
export function StatusBadge({ job }: { job: Pick<JobView, 'state' | 'counts'> }) {
  const { failed, leftOut, expected } = job.counts;
  return (
    <span className="badges">
      <span className={`badge ${colours[job.state]}`} data-state={job.state}>
        {strings.states[job.state]}
      </span>
      {failed > 0 && <span className="badge bad">{strings.someFailed(failed, expected - leftOut)}</span>}
      {leftOut > 0 && <span className="badge ended">{strings.someLeftOut(leftOut)}</span>}
    </span>
  );
}
