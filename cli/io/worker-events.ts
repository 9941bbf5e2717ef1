import { usd } from './cost-events.ts';
import { event } from './event.ts';
import { count, formatSeconds } from './format.ts';

/** What `labdeploy worker` says; on AWS it is the log of a machine. */
export const workerEvents = {
  'worker.image': event<
    { owner: string; job: string; path: string; outcome: string } & { seconds: number; usd: number }
  >('info', (d) => `${d.job} ${d.path}: ${d.outcome} after ${formatSeconds(d.seconds)}, ${usd(d.usd)}`),
  'worker.plane': event<{ job: string; path: string; done: number; total: number }>(
    'progress',
    (d) => `${d.job} ${d.path}: plane ${d.done} of ${d.total}`,
  ),
  'worker.trouble': event<{ job?: string; path?: string; attempt: number; last: boolean; message: string }>(
    'warn',
    (d) =>
      [
        ...(d.path === undefined ? [] : [`${d.job} ${d.path}, attempt ${d.attempt}`]),
        `${d.message}${d.last ? '; given up' : ''}`,
      ].join(': '),
  ),
  'worker.ended': event<{ images: number; end: 'idle' | 'stopped' | 'limit'; seconds: number; usd: number }>(
    'result',
    (d) =>
      `worked on ${count(d.images, 'image')} for ${formatSeconds(d.seconds)}, ${usd(d.usd)} without Spot's discount; ${{ idle: 'none waits', stopped: 'stopped', limit: "the month's limit is reached" }[d.end]}`,
  ),
};
