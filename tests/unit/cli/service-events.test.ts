import { expect, it } from '@jest/globals';
import { serviceEvents } from '../../../cli/io/service-events.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';

const job = (id: string, storage?: JobView['storage']): JobView => ({
  id,
  name: 'plate',
  source: 'files',
  state: 'completed',
  sealed: true,
  generation: 1,
  retryable: false,
  settings: { model: { name: 'nuclei', sha256: '0' }, probabilities: false },
  counts: { expected: 2, done: 2, failed: 0, leftOut: 0, pending: 0 },
  bytes: 1,
  createdAt: '2026-11-30T14:00:00.000Z',
  changedAt: '2026-11-30T14:27:00.000Z',
  ...(storage !== undefined && { storage }),
});
const since = '2026-11-30T14:27:00.000Z';
const until = '2026-11-30T14:32:00.000Z';

it('a list of jobs says until when results can be downloaded, of those that go to the archive', () => {
  const jobs = [job('a', { state: 'live', since, downloadUntil: until }), job('b', { state: 'archived', since })];
  const [head, ...rows] = serviceEvents['jobs.listed'].text({ jobs }).split('\n');
  expect(head).toMatch(/ made +download until$/);
  expect(rows).toEqual([
    expect.stringMatching(/^a +plate +completed .*2026-11-30T14:00:00\.000Z {2}2026-11-30T14:32:00\.000Z$/),
    expect.stringMatching(/^b +plate +archived .*2026-11-30T14:00:00\.000Z$/),
  ]);
});

it('a list of jobs has nothing of an archive where none of them goes there', () => {
  const text = serviceEvents['jobs.listed'].text({ jobs: [job('a'), job('b', { state: 'live', since })] });
  expect(text).not.toContain('until');
});
