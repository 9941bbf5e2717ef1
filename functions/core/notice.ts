import { nextStep } from './errors.ts';
import type { Job, JobState } from './job.ts';
import { type Letter, type Line, letterOf, minuteOf } from './letter.ts';
import { oneLine } from './one-line.ts';
import { isLive, storageOf } from './storage-steps.ts';

/** How a job can end that its owner is notified about; who cancels one knows it. */
const notifiedStates = ['completed', 'failed', 'expired'] as const satisfies JobState[];
type NotifiedState = (typeof notifiedStates)[number];
/** A job at such an end. */
export type EndedJob = Job & { state: NotifiedState };

export const isNotified = (job: Job): job is EndedJob =>
  job.settings.trial !== true && (notifiedStates as readonly JobState[]).includes(job.state);

/** Are its results back from the archive, in this round of its storage? */
export const isRestored = (job: Job, round: number): boolean => isLive(job) && storageOf(job).round === round;

/** What a program gets: the body of a web hook. Chat services that take `text` show it as it is. Times: ISO 8601, UTC. */
export interface NoticePayload {
  version: 1;
  /** The same when one notice arrives twice. */
  id: string;
  /** `job.restored`: its results are back from the archive. */
  event: `job.${NotifiedState}` | 'job.restored';
  text: string;
  job: {
    id: string;
    name: string;
    owner: string;
    state: NotifiedState;
    model: string;
    /** 1, and one more with each retry. */
    generation: number;
    /** `total`: done, failed and left out. `leftOut`: no images, which fail nothing. */
    files: { total: number; done: number; failed: number; leftOut: number };
    /** In all images together, each once. */
    objects?: number;
    /** What the number is, where images have several planes. */
    objectsAre?: string;
    startedAt: string;
    endedAt: string;
    /** Of the first round only: a retry may come days later. */
    durationSeconds?: number;
    failure?: { code: string; message: string; next?: string };
    /** Page of the job; its owner signs in there. */
    url: string;
    /** Then its results go to the archive. */
    downloadUntil?: string;
    /** Of a completed job: as `url`, and the download starts at once. */
    downloadUrl?: string;
  };
}

/** One notice in all its forms. */
export interface Notice extends Letter {
  payload: NoticePayload;
}

/** A file that has no results, and why. */
interface NamedFile {
  path: string;
  message: string;
}

export interface NoticeFacts {
  /** Origin of the web page. */
  page: string;
  /** Absent where it is not known. */
  objects?: number;
  objectsAre?: string;
  /** Files that failed, and those that were left out: all, or the first ones. Absent where they are not known. */
  notDone?: Record<'failed' | 'leftOut', readonly NamedFile[]>;
  /** Results are back from the archive, in this round of the job's storage; absent: the job has ended. */
  restored?: number;
  /** A link that needs no sign-in, where the lab allows them. */
  publicLink?: { url: string; expiresAt: number };
}

/** The words of the notice that a job ended. */
export function noticeOf(job: EndedJob, facts: NoticeFacts): Notice {
  const payload = payloadOf(job, facts);
  const subject = headline(payload.job, payload.event);
  return { ...letterOf(payload.id, { subject, lines: linesOf(payload, facts) }), payload };
}

function payloadOf(job: EndedJob, { page, objects, objectsAre, restored }: NoticeFacts): NoticePayload {
  const { id, owner, state, generation, failure } = job;
  const { dueAt } = storageOf(job);
  const url = `${page}/jobs/${id}`;
  const next = failure && nextStep(failure.code);
  const view: NoticePayload['job'] = {
    ...{ id, name: oneLine(job.name), owner, state, model: job.settings.model.name, generation },
    files: { total: job.expected, done: job.done, failed: job.failed, leftOut: job.leftOut },
    ...(objects !== undefined && { objects }),
    ...(objectsAre !== undefined && { objectsAre }),
    startedAt: new Date(job.createdAt).toISOString(),
    endedAt: new Date(job.changedAt).toISOString(),
    ...(generation === 1 && { durationSeconds: Math.round((job.changedAt - job.createdAt) / 1000) }),
    ...(failure !== undefined && { failure: { ...failure, ...(next !== undefined && { next }) } }),
    url,
    ...(dueAt !== undefined && { downloadUntil: new Date(dueAt).toISOString() }),
    ...(state === 'completed' && { downloadUrl: `${url}?download` }),
  };
  const event = restored === undefined ? (`job.${state}` as const) : 'job.restored';
  const round = restored === undefined ? state : `restored.${restored}`;
  return { version: 1, id: `${id}.${generation}.${round}`, event, text: `${headline(view, event)}: ${url}`, job: view };
}

function headline({ name, state, files }: NoticePayload['job'], event: NoticePayload['event']): string {
  if (event === 'job.restored') return `${name} is back from the archive`;
  if (state === 'expired') return `${name} was given up: it was never submitted`;
  if (state === 'failed') return `${name} failed`;
  return files.failed === 0 ? `${name} is ready` : `${name} is ready: ${failedOf(files)}`;
}

const failedOf = ({ failed, total, leftOut }: NoticePayload['job']['files']): string =>
  `${grouped(failed)} of ${grouped(total - leftOut)} files failed`;

/** Files of a kind that a mail names. */
export const filesNamed = 10;

/** How many files have no results, and the first of them by name with their reasons. */
function notDoneLines(title: string, count: number, files: readonly NamedFile[] = []): Line[] {
  if (count === 0) return [];
  const named = files.slice(0, filesNamed);
  const all = named.length === 0 ? ', each with its reason on the page' : ', all with their reasons on the page';
  return [
    { fact: [title, named.length === count ? grouped(count) : `${grouped(count)}${all}`] },
    ...named.map(({ path, message }) => ({ file: oneLine(`${path}: ${message}`) })),
  ];
}

function linesOf({ job, event }: NoticePayload, { publicLink, notDone }: NoticeFacts): Line[] {
  const { files, objects, objectsAre, durationSeconds, failure } = job;
  const lines: Line[] = [{ heading: headline(job, event) }];
  if (failure !== undefined) {
    lines.push({ says: `${failure.message}.` });
    if (failure.next !== undefined) lines.push({ says: `What to do: ${failure.next}.` });
  }
  if (job.state === 'expired') {
    lines.push({ says: 'Its upload was begun and never finished. Drop the same folder again to start anew.' });
  }
  const images = files.total - files.leftOut;
  if (images > 0) lines.push({ fact: ['Files', `${grouped(files.done)} of ${grouped(images)} done`] });
  lines.push(...notDoneLines('Failed', files.failed, notDone?.failed));
  lines.push(...notDoneLines('Left out', files.leftOut, notDone?.leftOut));
  const found = [
    ...(objects === undefined ? [] : [grouped(objects)]),
    ...(objectsAre === undefined ? [] : [objectsAre]),
  ];
  if (found.length > 0) lines.push({ fact: ['Objects', found.join(', ')] });
  if (durationSeconds !== undefined && job.state !== 'expired') lines.push({ fact: ['Took', took(durationSeconds)] });
  lines.push({ fact: ['Model', job.model] });
  if (job.downloadUntil !== undefined)
    lines.push({ fact: ['Until', `${minuteOf(job.downloadUntil)}, then its results are archived`] });
  if (job.downloadUrl !== undefined) lines.push({ link: 'Download the results (sign in first)', url: job.downloadUrl });
  lines.push({ link: 'Open the job', url: job.url });
  if (publicLink !== undefined) {
    const until = minuteOf(new Date(publicLink.expiresAt).toISOString());
    lines.push({ link: `Whoever has this link can download the results until ${until}`, url: publicLink.url });
  }
  return lines;
}

const grouped = (count: number): string => count.toLocaleString('en');

function took(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
