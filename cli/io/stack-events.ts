import { event } from './event.ts';
import { table } from './format.ts';
import { readableLine } from './log-line.ts';

export interface StatusView {
  stack: string;
  url: string;
  /** Why it does not answer; absent when it does. */
  answers?: string;
  queues: { queue: string; waiting: number; hidden: number; dead: number }[];
  /** Those that ring. */
  alarms: { name: string; reason: string }[];
  /** Parts of the deployment that the account has no more. */
  missing: string[];
}

/** What the commands say that look at a stack. */
export const stackEvents = {
  'docs.shown': event<{ url: string }>('result', (d) => d.url),
  'stacks.listed': event<{ region: string; stacks: { name: string; lastUpdate?: string; resources: number }[] }>(
    'result',
    (d) =>
      d.stacks.length === 0
        ? `no stack in ${d.region}`
        : table([
            ['stack', 'resources', 'last change'],
            ...d.stacks.map((s) => [s.name, String(s.resources), s.lastUpdate ?? 'never']),
          ]).join('\n'),
  ),
  'outputs.shown': event<{ stack: string; outputs: Record<string, unknown> }>('result', (d) =>
    table(
      Object.entries(d.outputs).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
    ).join('\n'),
  ),
  'status.shown': event<StatusView>('result', (d) =>
    [
      `${d.url} ${d.answers === undefined ? 'answers' : `does not answer: ${d.answers}`}`,
      ...table([
        ['queue', 'waiting', 'in work', 'given up'],
        ...d.queues.map(({ queue, waiting, hidden, dead }) => [queue, ...[waiting, hidden, dead].map(String)]),
      ]),
      ...d.missing.map((resource) => `missing: ${resource}; labdeploy up --refresh makes it again`),
      ...(d.alarms.length === 0 ? ['no alarm'] : d.alarms.map((alarm) => `alarm: ${alarm.name}: ${alarm.reason}`)),
    ].join('\n'),
  ),
  'logs.line': event<{ time: string; stage: string; text: string }>('result', readableLine),
  'logs.none': event<{ stage: string }>('info', (d) => `${d.stage} has written nothing in this time`),
  'unlock.done': event<{ stack: string; holder?: string }>('result', (d) =>
    d.holder === undefined ? `${d.stack} is not locked` : `${d.stack} is no longer locked by ${d.holder}`,
  ),
  'whoami.shown': event<{ account: string; arn: string; region: string }>(
    'result',
    (d) => `account ${d.account}\nas      ${d.arn}\nregion  ${d.region}`,
  ),
};
