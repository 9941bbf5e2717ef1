import { Button } from '@mantine/core';
import type { JobView } from '../../functions/contract/jobs.ts';
import { useJobs } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { inBytes, inTime } from '../format.ts';
import { Link } from '../navigation.tsx';
import { jobHref } from '../route.ts';
import { strings } from '../strings.ts';
import { NewJob } from './new-job.tsx';
import { StatusBadge } from './status-badge.tsx';
import { totalImages } from './total-files.ts';

export function JobsScreen() {
  const { jobs, more } = useJobs();
  return (
    <>
      <ScreenHeading>{strings.newJob}</ScreenHeading>
      <NewJob jobs={jobs.state === 'ready' ? jobs.data : []} />
      <h2>{strings.yourJobs}</h2>
      <Show what={jobs}>
        {(list) =>
          list.length === 0 ? (
            <p className="soft">{strings.noJobs}</p>
          ) : (
            <ul className="jobs">
              {list.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </ul>
          )
        }
      </Show>
      {more !== undefined && (
        <Button variant="default" onClick={more}>
          {strings.olderJobs}
        </Button>
      )}
    </>
  );
}

function JobRow({ job }: { job: JobView }) {
  const { counts, source, state } = job;
  const waits = counts.expected === 0 && state === 'processing';
  const done = strings.doneOf(counts.done, totalImages(job));
  return (
    <li>
      <Link className="job-name" href={jobHref(job.id)}>
        {job.name}
      </Link>
      <StatusBadge job={job} />
      <span className="soft">
        {waits && source === 'zip' ? strings.unpacking : waits && source === 'job' ? strings.copying : done} ·{' '}
        {inBytes(job.bytes)} · {inTime(job.createdAt)}
      </span>
    </li>
  );
}
