import type { EndingSooner } from '../deploy/ending-sooner.ts';
import { shorten } from '../fault-text.ts';
import { usd } from './cost-events.ts';
import { event } from './event.ts';
import { count, formatSeconds, table } from './format.ts';
import { type ChangeView, planText, signOf } from './plan-text.ts';

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

/** US dollars at list price, before and after a change; `before` is absent where nothing is deployed. */
export interface PriceChange {
  of: string;
  before?: number;
  after: number;
}

const of = (done: number, total: number | undefined) => (total === undefined ? String(done) : `${done} of ${total}`);
const verbs: Record<string, string> = { up: 'changing', destroy: 'removing' };

/** What `up`, `preview` and `synth` say, and what every deployment says of its progress. */
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
  'deploy.firstSettings': event<{ stack: string; file: string; settings: Record<string, string> }>(
    'info',
    (d) =>
      `settings of ${d.file}: ${Object.entries(d.settings)
        .map(([key, value]) => `${key} ${value}`)
        .join(', ')}; --config changes one`,
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
  'deploy.wouldLose': event<{ resource: string; data: string; setting?: string }>('warn', (d) => {
    const refusal = d.setting === undefined ? 'up will refuse this' : `up wants --discard ${d.setting} for this`;
    return `${refusal}: ${d.resource} would go, with ${d.data}`;
  }),
  'deploy.wouldStop': event<{ setting: string; work: string }>(
    'warn',
    (d) => `up wants --discard ${d.setting} for this: left would be ${d.work}`,
  ),
  'deploy.endsSooner': event<{ stack: string } & EndingSooner>('warn', (d) => {
    const days = (what: string, kept: EndingSooner['results']) =>
      kept === undefined
        ? []
        : [
            `${what} of more than ${count(kept.after, 'day')} ago go within a day or two (now ${count(kept.before, 'day')})`,
          ];
    const plans = d.plans?.map((plan) => `who has the plan ${plan} gets the plan standard`) ?? [];
    const institutions = d.institutions?.map((name) => `people cannot sign in with ${name} any more`) ?? [];
    const kept = [...days('results', d.results), ...days('images that were sent', d.inputs), ...days('logs', d.logs)];
    return `with these settings of ${d.stack} ${[...kept, ...plans, ...institutions].join('; ')}`;
  }),
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
  'up.institutions': event<{ names: string[] }>(
    'info',
    (d) => `people can sign in with ${d.names.join(', ')} as the settings and the secret say now`,
  ),
  'synth.done': event<{ stack: string; account: string; region: string; resources: PlannedResource[] }>('result', (d) =>
    JSON.stringify(d, null, 2),
  ),
};

const priceText = ({ of, before, after }: PriceChange): string =>
  before === undefined || before === after ? `${of}: ${usd(after)}` : `${of}: ${usd(before)} → ${usd(after)}`;
