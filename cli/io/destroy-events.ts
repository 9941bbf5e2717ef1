import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';

/** What `destroy --keep-data` leaves. */
export interface RetainedData {
  name: string;
  bytes: number;
  /** US dollars, at list price. */
  monthlyUsd: number;
  /** Accounts, of a pool. */
  people?: number;
}

/** What `destroy` says beside the progress of its deployment. */
export const destroyEvents = {
  'destroy.started': event<{ stack: string; resources: number; jobs: number; bytes: number }>(
    'info',
    (d) =>
      `${d.stack} has ${count(d.resources, 'resource')}, ${count(d.jobs, 'job')} and ${formatBytes(d.bytes)} of images and results`,
  ),
  'destroy.emptied': event<{ bucket: string; objects: number }>(
    'info',
    (d) => `emptied ${d.bucket}: ${count(d.objects, 'object')}`,
  ),
  'destroy.leftover': event<{ arn: string }>('warn', (d) => `still there: ${d.arn}`),
  'destroy.done': event<{ stack: string; seconds: number; kept: RetainedData[]; pricesOf: string }>('result', (d) =>
    d.kept.length === 0
      ? `${d.stack} is gone, ${formatSeconds(d.seconds)}`
      : [
          `${d.stack} is gone but for its data, ${formatSeconds(d.seconds)}`,
          ...table(
            d.kept.map((each) => [
              'kept',
              each.name,
              each.people === undefined ? formatBytes(each.bytes) : `about ${count(each.people, 'account')}`,
              `$${each.monthlyUsd.toFixed(2)} a month`,
            ]),
          ),
          `list prices of ${d.pricesOf}; labdeploy destroy --stack ${d.stack} removes them, labdeploy up takes them up again`,
        ].join('\n'),
  ),
};
