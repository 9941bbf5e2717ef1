import { expect, it } from '@jest/globals';
import { events } from '../../../cli/io/events.ts';
import type { FileView, JobView } from '../../../functions/contract/jobs.ts';

const counts = { expected: 3, done: 1, failed: 0, leftOut: 0, pending: 2 };
const made = '2026-11-30T14:00:00.000Z';
const job = { id: 'j1', name: 'plate', state: 'processing', counts, createdAt: made } as JobView;
const onMachine = (path: string, state: 'waits' | 'works'): FileView => ({
  ...{ path, bytes: 1, state: 'pending' },
  machine: { state, since: '2026-11-30T14:02:00.000Z' },
});

it('a job that is shown names images that wait for a machine or are on one', () => {
  const onMachines = [onMachine('a.tif', 'works'), onMachine('b.tif', 'waits')];
  const shown = { job, failed: [], leftOut: [], onMachines, machines: { startMinutes: [1, 3], hourlyUsd: [0.3] } };
  expect(events['jobs.shown'].text(shown).split('\n').slice(2)).toEqual([
    'a.tif: on a machine since 2026-11-30T14:02:00.000Z',
    'b.tif: waits for a machine, which starts in 1 to 3 minutes',
  ]);
});
