import { expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import { openJobs } from '../../../web/upload/check-folder.ts';

const job = (id: string, more: Partial<JobView> = {}) =>
  ({ id, state: 'uploading', sealed: false, source: 'files', ...more }) as JobView;

it('a folder continues an upload of files that is open, and no try-out that a closed window left', () => {
  const jobs = [
    job('trial', { trial: true }),
    job('open'),
    job('zip', { source: 'zip' }),
    job('sealed', { sealed: true }),
    job('ended', { state: 'completed' }),
  ];
  expect(openJobs(jobs, { source: 'files' }).map(({ id }) => id)).toEqual(['open']);
});
