import type { FileView, JobView } from '../../functions/contract/schemas.ts';
import type { InspectReport } from '../../functions/image/inspect.ts';
import { costEvents } from './cost-events.ts';
import { deployEvents } from './deploy-events.ts';
import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';
import { usersEvents } from './users-events.ts';

export interface RunProgress {
  files: number;
  done: number;
  failed: number;
  planes: number;
  /** Bytes of the images finished so far, and of all. */
  bytes: number;
  totalBytes: number;
  seconds: number;
  /** Absent until something is finished. */
  secondsLeft?: number;
}

/** Everything a command can say. The key is the event's name in `--json`; text and JSON derive from one payload, so they cannot disagree. */
export const events = {
  ...deployEvents,
  ...usersEvents,
  ...costEvents,
  'completion.printed': event<{ shell: string; script: string }>('result', (d) => d.script),
  'run.started': event<{
    files: number;
    bytes: number;
    model: string;
    modelVersion: string;
    workers: number;
    out: string;
  }>(
    'info',
    (d) =>
      `${count(d.files, 'file')} (${formatBytes(d.bytes)}) with ${d.model} ${d.modelVersion}, ${count(d.workers, 'worker')}, into ${d.out}`,
  ),
  'run.unpacking': event<{ archive: string; bytes: number }>(
    'info',
    (d) => `unpacking ${d.archive} (${formatBytes(d.bytes)})`,
  ),
  'run.ignored': event<{ path: string; reason: string }>('info', (d) => `ignored ${d.path}: ${d.reason}`),
  'run.file': event<{ path: string; objects: number; planes: number; bytes: number; reused: boolean }>(
    'detail',
    (d) =>
      `${d.path}: ${count(d.objects, 'object')}${d.planes > 1 ? ` in ${count(d.planes, 'plane')}` : ''}${d.reused ? ' (finished before)' : ''}`,
  ),
  'run.failed': event<{ path: string; code: string; message: string }>(
    'warn',
    (d) => `${d.path} failed: ${d.message} [${d.code}]`,
  ),
  'run.retried': event<{ path: string; attempt: number; message: string }>(
    'warn',
    (d) => `${d.path}: trying again after attempt ${d.attempt}: ${d.message}`,
  ),
  'run.progress': event<RunProgress>('progress', (d) => {
    const parts = [`${d.done + d.failed} of ${count(d.files, 'file')}`];
    if (d.failed > 0) parts.push(`${d.failed} failed`);
    parts.push(count(d.planes, 'plane'));
    if (d.seconds > 0) parts.push(`${(d.bytes / 1e6 / d.seconds).toFixed(1)} MB/s`);
    if (d.secondsLeft !== undefined) parts.push(`${formatSeconds(d.secondsLeft)} left`);
    return parts.join(', ');
  }),
  'run.done': event<{
    out: string;
    zip?: string;
    files: number;
    done: number;
    failed: number;
    reused: number;
    objects: number;
    seconds: number;
    images: { path: string; labels: string; planes: number; objects: number; bytes: number }[];
    shown: number;
  }>('result', (d) => {
    const rows = d.images
      .slice(0, d.shown)
      .map((i) => [i.path, formatBytes(i.bytes), count(i.planes, 'plane'), count(i.objects, 'object'), i.labels]);
    const lines = table([['image', 'size', 'planes', 'objects', 'labels'], ...rows]);
    if (d.images.length > d.shown) lines.push(`… and ${count(d.images.length - d.shown, 'more image')}`);
    lines.push(
      '',
      `${d.done} of ${count(d.files, 'file')} done${d.reused > 0 ? ` (${d.reused} finished before)` : ''}, ${count(d.objects, 'object')}, ${formatSeconds(d.seconds)}`,
      `results   ${d.out}`,
      `summary   ${d.out}/summary.csv`,
    );
    if (d.failed > 0) lines.push(`errors    ${d.out}/errors.csv (${count(d.failed, 'file')})`);
    if (d.zip !== undefined) lines.push(`zip       ${d.zip}`);
    return lines.join('\n');
  }),
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
  'submit.waiting': event<{ job: string; state: string; expected: number; done: number; failed: number }>(
    'progress',
    (d) =>
      `${d.state}: ${d.done + d.failed} of ${count(d.expected, 'file')}${d.failed > 0 ? `, ${d.failed} failed` : ''}`,
  ),
  'submit.done': event<{ job: string; out: string; files: number; done: number; failed: number; seconds: number }>(
    'result',
    (d) =>
      [
        `${d.done} of ${count(d.files, 'file')} done, ${formatSeconds(d.seconds)}`,
        `results   ${d.out}`,
        `summary   ${d.out}/summary.csv`,
        ...(d.failed > 0 ? [`errors    ${d.out}/errors.csv (${count(d.failed, 'file')})`] : []),
      ].join('\n'),
  ),
  'jobs.listed': event<{ jobs: JobView[] }>('result', (d) =>
    table([['job', 'name', 'state', 'files', 'done', 'failed', 'made'], ...d.jobs.map(jobRow)]).join('\n'),
  ),
  'jobs.shown': event<{ job: JobView; failed: FileView[] }>('result', ({ job, failed }) =>
    [
      ...table([['job', 'name', 'state', 'files', 'done', 'failed', 'made'], jobRow(job)]),
      ...(job.failure === undefined ? [] : [`failed: ${job.failure.message}`]),
      ...failed.map(({ path, failure }) => `${path}: ${failure?.message ?? ''} [${failure?.code ?? ''}]`),
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
  'local.noPage': event<Record<string, never>>(
    'warn',
    () => 'the web page is not built, so only the API answers: stop, run npm run build:web, then start again',
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

const jobRow = ({ id, name, state, counts, createdAt }: JobView): string[] => [
  id,
  name,
  state,
  ...[counts.expected, counts.done, counts.failed].map(String),
  createdAt,
];
