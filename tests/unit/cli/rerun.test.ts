import { expect, it } from '@jest/globals';
import { bodyOf } from '../../../cli/actions/rerun.ts';
import type { JobView } from '../../../functions/contract/jobs.ts';

const job = {
  id: 'job-00000001',
  name: 'plate 1',
  settings: {
    model: { name: 'nuclei', sha256: 'a'.repeat(64) },
    channel: 'DAPI',
    diameter: 40,
    invert: true,
    ring: 5,
    probabilities: true,
  },
} as JobView;
const kept = { source: 'job', from: job.id, name: 'plate 1', model: 'nuclei', channel: 'DAPI', ring: 5 };

it('a job is run again with its own settings where none is given', () => {
  expect(bodyOf(job, { url: '' })).toEqual({ ...kept, diameter: 40, invert: true, probabilities: true });
});

it('settings that are given take the place of those of the job, a scale that of a diameter', () => {
  const given = { url: '', model: 'cells', name: 'again', threshold: 0.3, scale: 2, invert: false, prob: false };
  expect(bodyOf(job, given)).toEqual({
    ...kept,
    ...{ name: 'again', model: 'cells', threshold: 0.3, scale: 2, probabilities: false },
  });
  expect(bodyOf(job, { url: '', diameter: 60, ring: 2 })).toMatchObject({ diameter: 60, ring: 2 });
});

it('with reset nothing of its settings is kept but the model', () => {
  expect(bodyOf(job, { url: '', reset: true, minSize: 9 })).toEqual({
    ...{ source: 'job', from: job.id, name: 'plate 1', model: 'nuclei', minSize: 9, probabilities: false },
  });
});
