import { describe, expect, it } from '@jest/globals';
import type { Call } from '../../../client/call.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';
import { everyJob } from '../../../web/api/every-job.ts';
import { inTime } from '../../../web/format.ts';
import { routeOf } from '../../../web/route.ts';
import { linkedViews } from '../../../web/viewer/linked-views.ts';
import { namedApart } from '../../../web/viewer/named-apart.ts';
import { ofSameImages } from '../../../web/viewer/same-images.ts';

describe('two jobs beside each other', () => {
  const job = (name: string, createdAt: string) => ({ id: createdAt, name, createdAt }) as JobView;
  const names = (first: JobView, second: JobView) => namedApart(first, second).map(({ name }) => name);
  const [early, later] = ['2026-11-30T10:00:00Z', '2026-11-30T12:30:00Z'];

  it('are called by their names, and those of one name also by when they were begun', () => {
    expect(names(job('a', early), job('b', early))).toEqual(['a', 'b']);
    expect(names(job('a', early), job('a', later))).toEqual([`a, ${inTime(early)}`, `a, ${inTime(later)}`]);
    expect(names(job('a', early), job('a', early))).toEqual([`a, ${inTime(early)} (1)`, `a, ${inTime(early)} (2)`]);
  });
});

describe('views of one image', () => {
  it('move together, but not where each begins, and not in circles', () => {
    const links = linkedViews();
    const moves: string[] = [];
    const joined = ['a', 'b', 'c'].map((name) => links.join(({ x }) => moves.push(`${name} to ${x}`)));
    const [a, b, c] = joined as [(typeof joined)[0], (typeof joined)[0], (typeof joined)[0]];
    for (const each of joined) each.drawn({ x: 0, y: 0, scale: 1 });
    expect(moves).toEqual([]);
    a.drawn({ x: 5, y: 0, scale: 2 });
    expect(moves).toEqual(['b to 5', 'c to 5']);
    b.drawn({ x: 5, y: 0, scale: 2 }); // it was moved there
    expect(moves).toHaveLength(2);
    c.leave();
    b.drawn({ x: 6, y: 0, scale: 2 });
    expect(moves.slice(2)).toEqual(['a to 6']);
  });
});

describe('jobs of the same images', () => {
  const job = (id: string, from?: string, more: object = {}) => ({
    id,
    ...(from !== undefined && { from: { job: from } }),
    counts: { expected: 1, done: 1, failed: 0, leftOut: 0, pending: 0 },
    ...more,
  });

  it('are those that were run again of it, or it of them, in any number of steps', () => {
    const jobs = [job('a'), job('b', 'a'), job('c', 'b'), job('d', 'a'), job('e'), job('f', 'e')];
    expect(ofSameImages(jobs[1]!, jobs).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
    expect(ofSameImages(jobs[5]!, jobs).map(({ id }) => id)).toEqual(['e']);
  });

  it('are known by a job that is deleted, are no trials, and have results', () => {
    const none = { counts: { expected: 1, done: 0, failed: 0, leftOut: 0, pending: 1 } };
    const jobs = [job('b', 'gone'), job('c', 'gone'), job('t', 'b', { trial: true }), job('p', 'b', none)];
    expect(ofSameImages(jobs[0]!, jobs).map(({ id }) => id)).toEqual(['c']);
  });
});

it('jobs are looked for on every page of the list, in its order', async () => {
  const pages: Record<string, { items: { id: string }[]; cursor?: string }> = {
    first: { items: [{ id: 'c' }, { id: 'b' }], cursor: 'second' },
    second: { items: [], cursor: 'third' },
    third: { items: [{ id: 'a' }] },
  };
  const call = (async (operation: string, { query }: { query: { cursor?: string } }) => {
    expect(operation).toBe('listJobs');
    return pages[query.cursor ?? 'first'];
  }) as unknown as Call;
  expect((await everyJob(call)).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
});

it('two jobs side by side have an address', () => {
  const at = (search: string) => routeOf({ pathname: '/jobs/job-00000001', search });
  expect(at('?compare=')).toEqual({ screen: 'compare', id: 'job-00000001' });
  expect(at('?compare=job-00000002&image=a.tif')).toEqual({
    screen: 'compare',
    id: 'job-00000001',
    other: 'job-00000002',
    path: 'a.tif',
  });
});
