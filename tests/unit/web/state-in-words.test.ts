import { describe, expect, it } from '@jest/globals';
import type { FileView } from '../../../functions/contract/jobs.ts';
import { inTime } from '../../../web/format.ts';
import { inClock } from '../../../web/jobs/machine-words.ts';
import { stateInWords } from '../../../web/jobs/state-in-words.ts';

const since = '2026-11-30T14:02:00.000Z';
const around = { upload: undefined, isOver: false, machines: { startMinutes: [1, 3], hourlyUsd: [0.3, 1.2] } };
const file = (more: Partial<FileView>): FileView => ({ path: 'a.tif', bytes: 1, state: 'pending', ...more });

describe('the state of a file, in words', () => {
  it.each<[string, Partial<FileView>, string]>([
    [
      'waits for a machine',
      { machine: { state: 'waits', since } },
      'waits for a machine, which starts in 1 to 3 minutes',
    ],
    ['is on a machine', { machine: { state: 'works', since } }, `on a machine since ${inClock(since)}`],
    ['waits for a function', {}, 'waiting'],
    ['is done', { state: 'done' }, 'done'],
  ])('of one that %s', (_, more, words) => expect(stateInWords(file(more), around)).toBe(words));

  it('says nothing of machines once the job goes no further, nor of minutes that the service does not say', () => {
    const waits = file({ machine: { state: 'waits', since } });
    expect(stateInWords(waits, { ...around, isOver: true })).toBe('not processed');
    expect(stateInWords(waits, { ...around, machines: undefined })).toBe('waits for a machine');
  });
});

it('a time of another day has its day', () => {
  expect(inClock(since, new Date('2026-12-02T14:02:00.000Z'))).toBe(inTime(since));
  expect(inTime(since)).toContain(inClock(since, new Date(since)));
  expect(inClock(since, new Date(since)).length).toBeLessThan(inTime(since).length);
});
