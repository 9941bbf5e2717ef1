import { useState } from 'react';
import { useJobs } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { strings } from '../strings.ts';
import { JobList } from './job-list.tsx';
import { NewJob } from './new-job.tsx';

export function JobsScreen() {
  const { jobs } = useJobs();
  // The form is higher than the zone that it replaces: the list is drawn anew below it, nothing under the pointer slides away.
  const [taken, setTaken] = useState(0);
  return (
    <>
      <ScreenHeading>{strings.newJob}</ScreenHeading>
      <NewJob jobs={jobs.state === 'ready' ? jobs.data : []} onChange={() => setTaken((before) => before + 1)} />
      <JobList key={taken} />
    </>
  );
}
