import { useJobs } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { strings } from '../strings.ts';
import { JobList } from './job-list.tsx';
import { NewJob } from './new-job.tsx';

export function JobsScreen() {
  const { jobs } = useJobs();
  return (
    <>
      <ScreenHeading>{strings.newJob}</ScreenHeading>
      <NewJob jobs={jobs.state === 'ready' ? jobs.data : []} />
      <JobList />
    </>
  );
}
