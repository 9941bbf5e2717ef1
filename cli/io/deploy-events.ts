import type { PropertyChange } from '../deploy/engine/property-changes.ts';
import { shorten } from '../fault-text.ts';
import { usd } from './cost-events.ts';
import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';
import { readableLine } from './log-line.ts';

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

/** One resource as a first deployment would make it. */
export interface PlannedResource {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

export interface ChangeView {
  op: string;
  resource: string;
  type: string;
  /** What changes of it, with both values; a side is absent where there was or will be none. */
  properties?: PropertyChange[];
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
  /** Parts of the deployment that the account has no more. */
  missing: string[];
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
  'deploy.note': event<{ text: string }>('info', (d) => d.text),
  'deploy.plan': event<{ stack: string; changes: ChangeView[] }>('info', (d) => planText(d.changes)),
  'deploy.prices': event<{ stack: string; region: string; date: string; prices: PriceChange[] }>('info', (d) =>
    [...d.prices.map(priceText), `list prices of ${d.date} in ${d.region}, without tax; more by labdeploy cost`].join(
      '\n',
    ),
  ),
  'deploy.settingsDiffer': event<{
    stack: string;
    file: string;
    differences: { key: string; deployed: string; file: string }[];
  }>('warn', (d) =>
    [
      `${d.file} does not say what is deployed in ${d.stack}`,
      ...table([
        ['  setting', 'deployed', d.file],
        ...d.differences.map(({ key, deployed, file }) => [`  ${key}`, deployed, file]),
      ]),
      '  what is deployed is kept; --settings file deploys those of the file',
    ].join('\n'),
  ),
  'deploy.fitted': event<{ stack: string; wanted: number; fitting: number; accountLimit: number }>(
    'warn',
    (d) =>
      `this account may run ${count(d.accountLimit, 'function')} at once: ${d.stack} works on ${d.fitting} images at a time, not on ${d.wanted}, so that the page goes on answering. Ask for 1000 in the Service Quotas console (Lambda, Concurrent executions), then run labdeploy up again`,
  ),
  'deploy.wouldLose': event<{ resource: string; data: string }>(
    'warn',
    (d) => `up will refuse this: ${d.resource} would go, with ${d.data}`,
  ),
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
    (d) => `${d.resource}: ${shorten(d.message)}`,
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
  'deploy.takesUp': event<{ stack: string; retentionDays: number; inputDays: number }>(
    'warn',
    (d) =>
      `${d.stack} continues with what destroy --keep-data left. Expiry begins again: results of more than ${count(d.retentionDays, 'day')} ago, and images that were sent more than ${count(d.inputDays, 'day')} ago, go within a day or two; --config retentionDays=… and inputDays=… keep them longer`,
  ),
  'up.expiryLater': event<{ table: string }>(
    'warn',
    (d) => `rows of ${d.table} do not expire yet: AWS changes that once an hour; run labdeploy up again in an hour`,
  ),
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
              each.people === undefined ? formatBytes(each.bytes) : `about ${count(each.people, 'account')}`,
              `$${each.monthlyUsd.toFixed(2)} a month`,
            ]),
          ),
          `list prices of ${d.pricesOf}; labdeploy destroy --stack ${d.stack} removes them, labdeploy up takes them up again`,
        ].join('\n'),
  ),
  'synth.done': event<{ stack: string; account: string; region: string; resources: PlannedResource[] }>('result', (d) =>
    JSON.stringify(d, null, 2),
  ),
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
    /** Subjects of the GitHub runs that may become the role. */
    github?: string[];
    user?: string;
    accessKeyId?: string;
    secretAccessKey?: string;
    /** AWS does not take it yet. */
    notYet?: true;
  }>('result', (d) =>
    [
      `role      ${d.role}`,
      ...(d.github ?? []).map((subject) => `trusts    ${subject}`),
      ...(d.user === undefined ? [] : [`user      ${d.user}`]),
      ...(d.secretAccessKey === undefined
        ? []
        : [
            `export AWS_ACCESS_KEY_ID=${d.accessKeyId}`,
            `export AWS_SECRET_ACCESS_KEY=${d.secretAccessKey}`,
            'the secret is shown this once; keep it where no other person reads it',
            ...(d.notYet ? ['AWS does not take the key yet: wait a minute before you use it'] : []),
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
    return `${of('ok')} ok, ${of('warn')} to look at, ${of('fail')} to fix`;
  }),
};

/** Changes by part, with a sign each: + new, ~ changed, ± made anew, - removed. */
function planText(changes: readonly ChangeView[]): string {
  if (changes.length === 0) return 'nothing to change';
  const lines = changes.map(({ op, resource, properties }) =>
    [`${signOf(op)} ${resource}`, ...(properties ?? []).map((each) => `    ${changeText(each)}`)].join('\n'),
  );
  const counts = new Map<string, number>();
  for (const { op } of changes) counts.set(signOf(op), (counts.get(signOf(op)) ?? 0) + 1);
  return [...lines.sort(), [...counts].map(([sign, n]) => `${sign} ${n}`).join('   ')].join('\n');
}

/** `memorySize: 3008 → 4096`; of long texts what is about the first character that differs. */
function changeText({ property, before, after }: PropertyChange): string {
  const [old, next] = [before, after].map((value) => (value === undefined ? 'none' : JSON.stringify(value)));
  let same = 0;
  while (same < old!.length && old![same] === next![same]) same++;
  return `${property}: ${excerpt(old!, same)} → ${excerpt(next!, same)}`;
}

const widest = 72; // of 80 characters a line each would take

function excerpt(text: string, at: number): string {
  if (text.length <= widest) return text;
  const from = Math.max(0, Math.min(at - widest / 4, text.length - widest));
  const end = from + widest;
  return `${from === 0 ? '' : '…'}${text.slice(from, end)}${end < text.length ? '…' : ''}`;
}

/** US dollars at list price, before and after a change; `before` is absent where nothing is deployed. */
export interface PriceChange {
  of: string;
  before?: number;
  after: number;
}

const priceText = ({ of, before, after }: PriceChange): string =>
  before === undefined || before === after ? `${of}: ${usd(after)}` : `${of}: ${usd(before)} → ${usd(after)}`;

/** What `destroy --keep-data` leaves. */
export interface RetainedData {
  name: string;
  bytes: number;
  /** US dollars, at list price. */
  monthlyUsd: number;
  /** Accounts, of a pool. */
  people?: number;
}
