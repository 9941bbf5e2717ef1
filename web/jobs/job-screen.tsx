import { useState } from 'react';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useJob } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Notice } from '../components/notice.tsx';
import { Show } from '../components/show.tsx';
import { Link } from '../navigation.tsx';
import { strings } from '../strings.ts';
import { FileSection } from './file-section.tsx';
import { isActive, isAway } from './is-active.ts';
import { JobActions } from './job-actions.tsx';
import { JobFacts } from './job-facts.tsx';
import { JobTables } from './job-tables.tsx';
import { Previews } from './previews.tsx';
import { ProcessProgress } from './process-progress.tsx';
import { StatusBadge } from './status-badge.tsx';
import { totalImages } from './total-files.ts';
import { UploadPanel } from './upload-panel.tsx';

export function JobScreen({ id, download }: { id: string; download: boolean }) {
  const job = useJob(id);
  return (
    <>
      <p>
        <Link href="/">← {strings.backToJobs}</Link>
      </p>
      {job.state !== 'ready' && <ScreenHeading>{strings.job}</ScreenHeading>}
      <Show what={job}>{(data) => <JobDetails job={data} download={download} />}</Show>
    </>
  );
}

function JobDetails({ job, download }: { job: JobView; download: boolean }) {
  const { counts, failure, note, state } = job;
  const [begun] = useState(isActive(job));
  const watched = begun || isActive(job); // the space of its progress stays when it ends: nothing jumps
  return (
    <>
      <ScreenHeading>{job.name}</ScreenHeading>
      <div className="row" aria-live="polite">
        <StatusBadge job={job} />
        {totalImages(job) > 0 && (
          <span className="soft">{strings.doneOf(counts.done, totalImages(job), counts.approximate)}</span>
        )}
      </div>
      {job.shared !== undefined && <p className="soft">{strings.sharedBy(job.shared.by)}</p>}
      {note !== undefined && <p className="job-note">{note}</p>}
      {failure !== undefined && (
        <Notice kind="bad" title={failure.message}>
          {failure.next !== undefined && <p>{strings.whatToDo(failure.next)}</p>}
        </Notice>
      )}
      {watched && !isAway(job) && (
        <div className="progress">
          {job.shared === undefined && <UploadPanel job={job} />}
          {isActive(job) && (state !== 'uploading' || counts.done + counts.failed > 0) && <ProcessProgress job={job} />}
          {state === 'completed' && <Ready job={job} />}
        </div>
      )}
      <JobActions job={job} download={download} />
      <Previews job={job} />
      <FileSection job={job} />
      <JobFacts job={job} />
      {(state === 'completed' || state === 'failed') && counts.done > 0 && <JobTables job={job} />}
    </>
  );
}

/** What is there now, as large as what it takes the place of. */
const Ready = ({ job: { name, counts } }: { job: JobView }) => (
  <Notice kind="good" title={strings.ready(name)}>
    <p>{strings.readyHint(counts.failed)}</p>
  </Notice>
);
