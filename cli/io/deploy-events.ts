import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';

export interface DeployProgress {
  verb: string;
  done: number;
  /** Absent where nothing was planned before. */
  total?: number;
  failed: number;
  seconds: number;
  parts: { part: string; done: number; total?: number }[];
  /** Being changed now. */
  current: string[];
}

export interface ChangeView {
  op: string;
  resource: string;
  type: string;
  /** Names of the properties that change. */
  properties?: string[];
}

export interface Check {
  name: string;
  outcome: 'ok' | 'warn' | 'fail';
  detail: string;
  /** What to do about it. */
  fix?: string;
}

export interface StatusView {
  stack: string;
  url: string;
  /** Why it does not answer; absent when it does. */
  answers?: string;
  queues: { queue: string; waiting: number; hidden: number; dead: number }[];
  /** Those that ring. */
  alarms: { name: string; reason: string }[];
}

const of = (done: number, total: number | undefined) => (total === undefined ? String(done) : `${done} of ${total}`);
const verbs: Record<string, string> = { up: 'changing', destroy: 'removing' };
const signs: Record<string, string> = { create: '+', update: '~', delete: '-', replace: '±' };
const signOf = (op: string): string => signs[op.replace(/^(create|delete)-replace.*/, 'replace')] ?? op;

/** What the deployer says. */
export const deployEvents = {
  'deploy.engineDownload': event<{ folder: string }>(
    'info',
    (d) => `downloading the Pulumi engine, once, into ${d.folder}`,
  ),
  'deploy.started': event<{ stack: string; account: string; region: string; as: string }>(
    'info',
    (d) => `stack ${d.stack} in account ${d.account}, ${d.region}, as ${d.as}`,
  ),
  'deploy.plan': event<{ stack: string; changes: ChangeView[] }>('info', (d) => planText(d.changes)),
  'deploy.progress': event<DeployProgress>('progress', (d) =>
    [
      `${verbs[d.verb] ?? d.verb} ${of(d.done, d.total)}${d.failed > 0 ? `, ${d.failed} failed` : ''}, ${formatSeconds(d.seconds)}`,
      ...table(d.parts.map(({ part, done, total }) => [`  ${part}`, of(done, total)])),
      ...d.current.slice(0, 3).map((resource) => `  … ${resource}`),
    ].join('\n'),
  ),
  'deploy.adopted': event<{ resource: string; id: string }>(
    'info',
    (d) => `going on with ${d.resource}, which an interrupted change had begun (${d.id})`,
  ),
  'deploy.waitingForOther': event<{ holder: string; seconds: number }>(
    'progress',
    (d) => `waiting for an interrupted change to end, ${formatSeconds(d.seconds)} (${d.holder})`,
  ),
  'deploy.resource': event<{ op: string; resource: string }>('detail', (d) => `${signOf(d.op)} ${d.resource}`),
  'deploy.resourceFailed': event<{ resource: string; message: string }>(
    'warn',
    (d) => `${d.resource}: ${d.message.split('\n')[0]}`,
  ),
  'deploy.waiting': event<{ url: string; seconds: number }>(
    'progress',
    (d) => `waiting for ${d.url} to answer, ${formatSeconds(d.seconds)}`,
  ),
  'up.done': event<{
    stack: string;
    url: string;
    changed: number;
    seconds: number;
    invited?: string;
    outputs: Record<string, unknown>;
  }>('result', (d) =>
    [
      d.changed === 0
        ? `${d.stack} is as it should be, ${formatSeconds(d.seconds)}`
        : `${d.stack} is deployed: ${count(d.changed, 'resource')}, ${formatSeconds(d.seconds)}`,
      `page      ${d.url}`,
      ...(d.invited === undefined
        ? [`next      labdeploy users add NAME@LAB --admin --stack ${d.stack}`]
        : [
            `invited   ${d.invited}: the mail has a first password`,
            `next      sign in and drop a folder of .tif files`,
          ]),
    ].join('\n'),
  ),
  'preview.done': event<{ stack: string; changes: ChangeView[] }>('result', (d) => planText(d.changes)),
  'destroy.started': event<{ stack: string; resources: number; jobs: number; bytes: number }>(
    'info',
    (d) =>
      `${d.stack} has ${count(d.resources, 'resource')}, ${count(d.jobs, 'job')} and ${(d.bytes / 1e9).toFixed(2)} GB of images and results`,
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
              formatBytes(each.bytes),
              `$${each.monthlyUsd.toFixed(2)} a month`,
            ]),
          ),
          `list prices of ${d.pricesOf}; labdeploy destroy --stack ${d.stack} removes them, labdeploy up takes them up again`,
        ].join('\n'),
  ),
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
      ...(d.alarms.length === 0 ? ['no alarm'] : d.alarms.map((alarm) => `alarm: ${alarm.name}: ${alarm.reason}`)),
    ].join('\n'),
  ),
  'logs.line': event<{ time: string; stage: string; text: string }>('result', (d) => `${d.time} ${d.stage} ${d.text}`),
  'logs.none': event<{ stage: string }>('info', (d) => `${d.stage} has written nothing in this time`),
  'unlock.done': event<{ stack: string; holder?: string }>('result', (d) =>
    d.holder === undefined ? `${d.stack} is not locked` : `${d.stack} is no longer locked by ${d.holder}`,
  ),
  'whoami.shown': event<{ account: string; arn: string; region: string }>(
    'result',
    (d) => `account ${d.account}\nas      ${d.arn}\nregion  ${d.region}`,
  ),
  'bootstrap.root': event<{ account: string }>(
    'warn',
    (d) =>
      `you are the root user of account ${d.account}: fine for this one command, which makes IAM policies, a role and, where asked, a user; use root for nothing else`,
  ),
  'bootstrap.step': event<{ what: string; change: string }>('info', (d) => `${d.what}: ${d.change}`),
  'bootstrap.printed': event<{ policies: object }>('result', (d) => JSON.stringify(d.policies, null, 2)),
  'bootstrap.denied': event<{ action: string; on: string; why: string }>(
    'warn',
    (d) => `${d.action} on ${d.on} is denied, needed because: ${d.why}`,
  ),
  'bootstrap.checked': event<{ role: string; actions: number }>(
    'result',
    (d) => `${d.role} may do all of ${count(d.actions, 'action')}`,
  ),
  'bootstrap.removed': event<{ removed: string[] }>('result', (d) =>
    d.removed.length === 0 ? 'there was nothing to remove' : d.removed.map((what) => `removed ${what}`).join('\n'),
  ),
  'bootstrap.done': event<{
    role: string;
    boundary: string;
    user?: string;
    accessKeyId?: string;
    secretAccessKey?: string;
  }>('result', (d) =>
    [
      `role      ${d.role}`,
      ...(d.user === undefined ? [] : [`user      ${d.user}`]),
      ...(d.secretAccessKey === undefined
        ? []
        : [
            `export AWS_ACCESS_KEY_ID=${d.accessKeyId}`,
            `export AWS_SECRET_ACCESS_KEY=${d.secretAccessKey}`,
            'the secret is shown this once; keep it where nobody else reads it',
          ]),
      `next      as this deployer: labdeploy up --admin NAME@LAB`,
    ].join('\n'),
  ),
  'doctor.check': event<Check>(
    'info',
    (d) => `${d.outcome.padEnd(5)}${d.name}: ${d.detail}${d.fix === undefined ? '' : `\n     ${d.fix}`}`,
  ),
  'doctor.done': event<{ checks: Check[] }>('result', (d) => {
    const of = (outcome: Check['outcome']) => d.checks.filter((c) => c.outcome === outcome).length;
    return `${of('ok')} ok, ${of('warn')} to look at, ${of('fail')} to mend`;
  }),
};

/** Changes by part, with a sign each: + new, ~ changed, ± made anew, - removed. */
function planText(changes: readonly ChangeView[]): string {
  if (changes.length === 0) return 'nothing to change';
  const lines = changes.map(
    ({ op, resource, properties }) =>
      `${signOf(op)} ${resource}${properties === undefined ? '' : `: ${properties.join(', ')}`}`,
  );
  const counts = new Map<string, number>();
  for (const { op } of changes) counts.set(signOf(op), (counts.get(signOf(op)) ?? 0) + 1);
  return [...lines.sort(), [...counts].map(([sign, n]) => `${sign} ${n}`).join('   ')].join('\n');
}

/** What `destroy --keep-data` leaves. */
export interface RetainedData {
  name: string;
  bytes: number;
  /** US dollars, at list price. */
  monthlyUsd: number;
}
