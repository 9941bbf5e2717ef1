import type { FileView, JobView } from '../../functions/contract/schemas.ts';
import type { InspectReport } from '../../functions/image/inspect.ts';
import { costEvents } from './cost-events.ts';
import { deployEvents } from './deploy-events.ts';
import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';
import { namedIn, runEvents } from './run-events.ts';
import { usersEvents } from './users-events.ts';

/** Everything a command can say. The key is the event's name in `--json`; text and JSON derive from one payload, so they cannot disagree. */
export const events = {
  ...deployEvents,
  ...usersEvents,
  ...costEvents,
  ...runEvents,
  'completion.printed': event<{ shell: string; script: string }>('result', (d) => d.script),
  'inspect.file': event<{
    file: string;
    report?: InspectReport;
    lines?: string[];
    failure?: { code: string; message: string };
  }>('result', ({ file, lines, failure }) =>
    failure === undefined
      ? [file, ...(lines ?? []).map((line) => `  ${line}`)].join('\n')
      : `${file}\n  cannot be read: ${failure.message} [${failure.code}]`,
  ),
  'submit.signIn': event<{ url: string; code: string }>(
    'info',
    (d) => `to sign in, open ${d.url} and confirm the code ${d.code}`,
  ),
  'submit.signInHere': event<{ url: string; port: number }>(
    'info',
    (d) =>
      `to sign in, open ${d.url} in a browser of this computer (of another one: after ssh -L ${d.port}:localhost:${d.port})`,
  ),
  'submit.started': event<{ job: string; url: string; files: number; bytes: number; continued: boolean }>(
    'info',
    (d) =>
      `${d.continued ? 'continuing' : 'sending'} ${count(d.files, 'file')} (${formatBytes(d.bytes)}) to ${d.url}, job ${d.job}`,
  ),
  'submit.uploading': event<{ files: number; sent: number; bytes: number; totalBytes: number; seconds: number }>(
    'progress',
    (d) =>
      [
        `sent ${d.sent} of ${count(d.files, 'file')}`,
        `${formatBytes(d.bytes)} of ${formatBytes(d.totalBytes)}`,
        ...(d.seconds > 0 && d.bytes > 0
          ? [`${formatSeconds(((d.totalBytes - d.bytes) / d.bytes) * d.seconds)} left`]
          : []),
      ].join(', '),
  ),
  'submit.waiting': event<{
    job: string;
    state: string;
    expected: number;
    done: number;
    failed: number;
    leftOut: number;
  }>(
    'progress',
    (d) =>
      `${d.state}: ${d.done + d.failed} of ${count(d.expected - d.leftOut, 'file')}${d.failed > 0 ? `, ${d.failed} failed` : ''}`,
  ),
  'submit.done': event<{
    job: string;
    out: string;
    files: number;
    done: number;
    failed: number;
    leftOut: number;
    seconds: number;
  }>('result', (d) =>
    [
      `${d.done} of ${count(d.files - d.leftOut, 'file')} done, ${formatSeconds(d.seconds)}`,
      `results   ${d.out}`,
      `summary   ${d.out}/summary.csv`,
      ...namedIn(d),
    ].join('\n'),
  ),
  'jobs.listed': event<{ jobs: JobView[] }>('result', (d) => table([jobColumns, ...d.jobs.map(jobRow)]).join('\n')),
  'jobs.shown': event<{ job: JobView; failed: FileView[]; leftOut: FileView[] }>('result', ({ job, failed, leftOut }) =>
    [
      ...table([jobColumns, jobRow(job)]),
      ...(job.failure === undefined ? [] : [`failed: ${job.failure.message}`]),
      ...[...failed, ...leftOut].map(
        ({ path, failure }) => `${path}: ${failure?.message ?? ''} [${failure?.code ?? ''}]`,
      ),
    ].join('\n'),
  ),
  'jobs.changed': event<{ job: string; state: string }>('result', (d) => `${d.job} is ${d.state}`),
  'jobs.fetched': event<{ job: string; out: string; files: number }>(
    'result',
    (d) => `${count(d.files, 'file')} of ${d.job} in ${d.out}`,
  ),
  'local.ready': event<{ url: string; origin: string; dataFolder: string; workers: number; firstAdmin?: string }>(
    'result',
    (d) =>
      [
        `labdeploy is at ${d.url}`,
        `data in ${d.dataFolder}, ${count(d.workers, 'worker')}; stop with Ctrl-C`,
        ...(d.firstAdmin === undefined ? [] : [`first administrator: ${d.firstAdmin}`]),
      ].join('\n'),
  ),
  'local.unencrypted': event<{ origin: string }>(
    'warn',
    (d) =>
      `${d.origin} is not encrypted: passwords and images can be read on the network; add --tls-cert and --tls-key`,
  ),
  'local.trouble': event<{ stage: string; attempt: number; message: string }>(
    'warn',
    (d) => `${d.stage}, attempt ${d.attempt}: ${d.message}`,
  ),
  'local.mailDown': event<{ message: string }>(
    'warn',
    (d) => `${d.message}; the service runs, and mails are tried when they are due`,
  ),
  'local.hookSecret': event<{ host: string; file: string }>(
    'info',
    (d) => `notices to ${d.host} are signed with the secret in ${d.file}`,
  ),
  'local.stopping': event<Record<string, never>>('info', () => 'stopping'),
  'model.listed': event<{ models: { name: string; version: string; path: string; description: string }[] }>(
    'result',
    (d) =>
      table([
        ['name', 'version', 'folder', 'description'],
        ...d.models.map((m) => [m.name, m.version, m.path, m.description]),
      ]).join('\n'),
  ),
  'model.checked': event<{
    model: string;
    version: string;
    sha256: string;
    tests: { output: string; maxDifference: number; tolerance: number }[];
  }>('result', (d) =>
    [
      `${d.model} ${d.version} (weights sha256 ${d.sha256.slice(0, 12)}…)`,
      ...d.tests.map(
        (t) => `${t.output}: largest difference ${t.maxDifference.toExponential(2)} (allowed ${t.tolerance})`,
      ),
    ].join('\n'),
  ),
  'model.scored': event<{
    model: string;
    images: { image: string; thresholds: { iou: number; precision: number; recall: number; f1: number }[] }[];
  }>('result', (d) =>
    table([
      ['image', 'IoU', 'precision', 'recall', 'F1'],
      ...d.images.flatMap((i) =>
        i.thresholds.map((t) => [
          i.image,
          t.iou.toFixed(2),
          t.precision.toFixed(3),
          t.recall.toFixed(3),
          t.f1.toFixed(3),
        ]),
      ),
    ]).join('\n'),
  ),
};

export type Events = { [E in keyof typeof events]: Parameters<(typeof events)[E]['text']>[0] };
export type EventName = keyof Events;

/** What an action may do to its user: tell. Commands that must ask get `confirm` with the deployer. */
export interface Io {
  emit<E extends EventName>(name: E, data: Events[E]): void;
}

const jobColumns = ['job', 'name', 'state', 'files', 'done', 'failed', 'left out', 'made'];
const jobRow = ({ id, name, state, counts, createdAt }: JobView): string[] => [
  id,
  name,
  state,
  ...[counts.expected, counts.done, counts.failed, counts.leftOut].map(String),
  createdAt,
];
