import { expect, it } from '@jest/globals';
import type { JobView } from '../../../functions/contract/jobs.ts';
import { EndedJobs } from '../../../web/jobs/ended-jobs.ts';

const job = (id: string, state: JobView['state'], generation = 1) => ({ id, state, generation }) as JobView;
const ids = (jobs: readonly JobView[]) => jobs.map(({ id }) => id);
const elsewhere = () => false;

it('a job that was seen running has ended once', () => {
  const ended = new EndedJobs();
  expect(ids(ended.look([job('a', 'processing'), job('old', 'completed')], elsewhere))).toEqual([]);
  expect(ids(ended.look([job('a', 'completed'), job('old', 'completed')], elsewhere))).toEqual(['a']);
  expect(ids(ended.look([job('a', 'completed')], elsewhere))).toEqual([]);
});

it('a job that was begun in this tab has ended though the list never had it running, and again after a retry', () => {
  const ended = new EndedJobs();
  const here = (id: string) => id === 'short';
  expect(ids(ended.look([job('short', 'failed'), job('old', 'failed')], here))).toEqual(['short']);
  expect(ids(ended.look([job('short', 'failed')], here))).toEqual([]);
  expect(ids(ended.look([job('short', 'completed', 2)], here))).toEqual(['short']);
});

it('a job that is cancelled has not ended by itself', () => {
  const ended = new EndedJobs();
  ended.look([job('a', 'processing')], elsewhere);
  expect(ids(ended.look([job('a', 'cancelled')], elsewhere))).toEqual([]);
});
