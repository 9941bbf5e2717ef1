import { loadedService, makeJobs, p99, pollAndUpload, uploadAtOnce } from '../../tests/support/loaded-service.ts';
import type { Benchmark } from '../benchmark.ts';

/** What `labdeploy local` bears: tests/load/local-service.test.ts at full size. */
export const load: Benchmark = {
  rows: [
    {
      name: 'load-answers',
      what: '99 of 100 answers of the API while 50 people poll and upload',
      target: { under: 250, unit: 'ms' },
    },
    {
      name: 'load-uploads',
      what: 'longest standstill of the event loop while 100 files of 40 MB arrive at once',
      target: { under: 100, unit: 'ms' },
    },
    { name: 'load-jobs', what: 'heap that 10,000 jobs leave behind', target: { under: 10, unit: 'MB' } },
  ],
  needs: ['proc'],
  async measure({ folder, quick }) {
    const rounds = quick ? 1 : 3;
    await using service = await loadedService(folder, quick ? 3 : 50);
    const answers: number[] = [];
    const bare: number[] = [];
    let requests = 0;
    for (let round = 0; round < rounds; round++) {
      const seen = await pollAndUpload(service, quick ? 1 : 10);
      answers.push(p99(seen.api));
      bare.push(p99(seen.bare));
      requests += seen.api.length;
    }
    const standstills: number[] = [];
    const busy: number[] = [];
    const idle: number[] = [];
    const watchBoth = () => Promise.all([service.watch(), service.watchBare()]);
    for (let round = 0; round < rounds; round++) {
      await watchBoth();
      await uploadAtOnce(service.people[0]!, quick ? 3 : 100, quick ? 1e5 : 40e6);
      const [own, bare] = await watchBoth();
      standstills.push(own.blockedMs);
      busy.push(own.busyMs);
      idle.push(bare.blockedMs);
    }
    const [few, many] = quick ? [3, 9] : [500, 9000];
    await makeJobs(service, few);
    const before = await service.watch('memory');
    await makeJobs(service, many);
    const after = await service.watch('memory');
    return {
      'load-answers': {
        values: answers,
        commands: [
          'labdeploy local --users; everybody asks for a job and the list five times a second and uploads 50 kB files',
        ],
        notes: [`${requests} answers; a server that does nothing, asked meanwhile: ${inMs(bare)}`],
      },
      'load-uploads': {
        values: standstills,
        commands: ['100 × PUT of 40 MB at once; time in which the thread was ready and other programs ran is left out'],
        notes: [
          `the same of a server that does nothing: ${inMs(idle)}`,
          `most processor time of the thread between two ticks, which no other program lengthens: ${inMs(busy)}`,
        ],
      },
      'load-jobs': {
        values: [Math.max(0, after.heapUsed - before.heapUsed) / 1e6],
        commands: [`POST /v1/jobs and cancel, ${few + many} times: heap after all, less that after ${few}`],
        notes: [`${Math.round(before.rss / 1e6)} MB of memory before, ${Math.round(after.rss / 1e6)} MB after`],
      },
    };
  },
};

const inMs = (values: readonly number[]): string => `${values.map((ms) => Math.round(ms)).join(', ')} ms`;
