import type { NotSent, NotSentReason } from '../../client/upload/select-files.ts';
import type { FileView, JobView } from '../../functions/contract/jobs.ts';
import type { ShareView } from '../../functions/contract/shares.ts';
import type { MachineTerms } from '../../functions/core/machine-sizes.ts';
import type { ChangedFile } from '../client/remembered-request.ts';
import { usd } from './cost-events.ts';
import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';
import { namedIn } from './run-events.ts';

/** What commands say that talk to a service. */
export const serviceEvents = {
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
  'submit.changed': event<{ files: readonly ChangedFile[] }>('warn', ({ files }) =>
    [
      `${count(files.length, 'file')} changed since this command began its job; a new job is begun:`,
      ...firstFew(files, ({ path, how }) => `${path}: ${changeTexts[how]}`),
    ].join('\n'),
  ),
  'submit.machines': event<MachineTerms>(
    'info',
    ({ startMinutes, hourlyUsd }) =>
      `images that need more time or memory than others go to a larger machine, which starts in ${startMinutes.join(' to ')} minutes and costs ${hourlyUsd.map(usd).join(' to ')} an hour, or less`,
  ),
  'submit.notSent': event<{ files: readonly NotSent[] }>('warn', ({ files }) =>
    [
      `${count(files.length, 'file')} not sent, and listed in the job:`,
      ...firstFew(files, ({ path, reason, detail }) => `${path}: ${detail ?? notSentTexts[reason]}`),
    ].join('\n'),
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
  'jobs.listed': event<{ jobs: JobView[] }>('result', (d) => jobTable(d.jobs).join('\n')),
  'jobs.shown': event<{
    job: JobView;
    failed: FileView[];
    leftOut: FileView[];
    onMachines: FileView[];
    machines?: MachineTerms;
  }>('result', ({ job, failed, leftOut, onMachines, machines }) =>
    [
      ...table([jobColumns, jobRow(job)]),
      ...(job.shared === undefined ? [] : [`shared by ${job.shared.by}`]),
      ...(job.note === undefined ? [] : [job.note]),
      ...storageText(job),
      ...(job.failure === undefined ? [] : [`failed: ${job.failure.message}`]),
      ...[...failed, ...leftOut].map(
        ({ path, failure }) => `${path}: ${failure?.message ?? ''} [${failure?.code ?? ''}]`,
      ),
      ...onMachines.map((file) => `${file.path}: ${machineText(file, machines)}`),
    ].join('\n'),
  ),
  'jobs.described': event<{ job: JobView }>('result', ({ job }) =>
    [`${job.id} is ${job.name}`, ...(job.note === undefined ? [] : [job.note])].join('\n'),
  ),
  'jobs.shared': event<{ share: ShareView }>(
    'result',
    ({ share }) => `${share.member.email} sees ${share.job.name} and its results`,
  ),
  'jobs.unshared': event<{ job: string; email: string }>('result', (d) => `${d.email} does not see ${d.job} any more`),
  'jobs.shares': event<{ shares: ShareView[] }>('result', (d) =>
    table([
      ['job', 'name', 'shared with', 'since'],
      ...d.shares.map(({ job, member, sharedAt }) => [job.id, job.name, member.email, sharedAt]),
    ]).join('\n'),
  ),
  'jobs.changed': event<{ job: string; state: string }>('result', (d) => `${d.job} is ${d.state}`),
  'jobs.restore': event<{ job: string; asked: boolean; readyBy?: string }>('result', (d) =>
    d.asked
      ? `the results of ${d.job} come back${d.readyBy === undefined ? '' : `, ready by about ${d.readyBy}`}; labdeploy jobs show says when they are there`
      : `the results of ${d.job} are there: nothing to restore`,
  ),
  'jobs.rerun': event<{ job: string; from: string; state: string; files: number }>(
    'result',
    (d) => `${d.job} is ${d.state}: ${count(d.files, 'file')} of ${d.from}, copied inside the service`,
  ),
  'jobs.imported': event<{ job: string; image: string; file: string; objects: number }>(
    'info',
    (d) => `${d.image}: ${count(d.objects, 'object')} corrected by ${d.file}`,
  ),
  'jobs.corrected': event<{ job: string; round: number; images: number }>(
    'result',
    (d) => `corrected results of ${d.job}, round ${d.round}: ${count(d.images, 'image')} with corrections`,
  ),
  'jobs.fetched': event<{ job: string; out: string; files: number }>(
    'result',
    (d) => `${count(d.files, 'file')} of ${d.job} in ${d.out}`,
  ),
};

const machineText = ({ machine }: FileView, machines: MachineTerms | undefined): string =>
  machine?.state === 'works'
    ? `on a machine since ${machine.since}`
    : `waits for a machine${machines === undefined ? '' : `, which starts in ${machines.startMinutes.join(' to ')} minutes`}`;

/** Where the results of a job are, if not always here. */
function storageText({ storage }: JobView): string[] {
  if (storage?.state === 'live')
    return storage.downloadUntil === undefined ? [] : [`can be downloaded until ${storage.downloadUntil}`];
  if (storage === undefined) return [];
  if (storage.state === 'archiving' || storage.state === 'archived')
    return [
      `archived since ${storage.since}: labdeploy jobs restore brings the results back`,
      ...(storage.keptUntil === undefined ? [] : [`deleted at ${storage.keptUntil}, if they do not come back before`]),
    ];
  if (storage.state === 'deleted') return [`results were deleted at ${storage.since}, after their time in the archive`];
  return [`results come back${storage.readyBy === undefined ? '' : `, ready by about ${storage.readyBy}`}`];
}

const jobColumns = ['job', 'name', 'state', 'files', 'done', 'failed', 'left out', 'made'];
/** Its results' state stands for the job's where they are not here. */
const stateOf = ({ state, storage }: Pick<JobView, 'state' | 'storage'>): string =>
  storage === undefined || storage.state === 'live' ? state : storage.state;

const jobRow = ({ id, name, state, storage, counts, createdAt }: JobView): string[] => [
  id,
  name,
  stateOf({ state, storage }),
  ...[counts.expected, counts.done, counts.failed, counts.leftOut].map(String),
  createdAt,
];

/** With the column `download until` where results of one of them go to the archive. */
function jobTable(jobs: readonly JobView[]): string[] {
  const untils = jobs.map(({ storage }) => storage?.downloadUntil ?? '');
  const rows = [jobColumns, ...jobs.map(jobRow)];
  if (untils.every((until) => until === '')) return table(rows);
  return table(rows.map((row, i) => [...row, i === 0 ? 'download until' : untils[i - 1]!]));
}

const changeTexts: Record<ChangedFile['how'], string> = {
  size: 'it has another size',
  date: 'it has another date',
  bytes: 'it has other bytes',
  new: 'it is new',
  missing: 'it is gone',
};

const notSentTexts: Record<NotSentReason, string> = {
  hidden: 'hidden, or left by the system',
  notImage: 'not a TIFF file by its name',
  pathRefused: 'its name is refused',
  fileTooLarge: 'larger than the plan allows',
  namedTwice: 'another file has this name',
  overFileLimit: 'more files than the plan allows a job',
};

const maxShownPaths = 10;

function firstFew<T>(items: readonly T[], line: (item: T) => string): string[] {
  const lines = items.slice(0, maxShownPaths).map((item) => `  ${line(item)}`);
  return items.length > maxShownPaths ? [...lines, `  and ${items.length - maxShownPaths} more`] : lines;
}
