import { countedHow } from '../../functions/core/counted-objects.ts';
import { event } from './event.ts';
import { count, formatBytes, formatSeconds, table } from './format.ts';

export interface RunProgress {
  files: number;
  done: number;
  failed: number;
  planes: number;
  /** Of `files`: no images. */
  leftOut: number;
  /** Bytes of the images finished so far, and of all. */
  bytes: number;
  totalBytes: number;
  seconds: number;
  /** Absent until something is finished. */
  secondsLeft?: number;
}

/** One image in the table at the end. Exported, since `events` is declared by it. */
export interface CountedRow {
  path: string;
  labels: string;
  planes: number;
  /** Each once; absent where planes were counted each by itself. */
  objects?: number;
  objectsPerPlane: number;
  /** How: `linked through 5 depths`. */
  counted: string;
  bytes: number;
}

/** Of `labdeploy run`; `submit` names files with the same. */
export const runEvents = {
  'run.started': event<{
    files: number;
    leftOut: number;
    bytes: number;
    model: string;
    modelVersion: string;
    workers: number;
    out: string;
  }>(
    'info',
    (d) =>
      `${count(d.files - d.leftOut, 'file')} (${formatBytes(d.bytes)}) with ${d.model} ${d.modelVersion}, ${count(d.workers, 'worker')}, into ${d.out}`,
  ),
  'run.unpacking': event<{ archive: string; bytes: number }>(
    'info',
    (d) => `unpacking ${d.archive} (${formatBytes(d.bytes)})`,
  ),
  /** Names no failure: the file is no image. */
  'run.leftOut': event<{ path: string; code: string; message: string }>('info', (d) => `${d.path} ${d.message}`),
  'run.file': event<Omit<CountedRow, 'labels'> & { reused: boolean }>(
    'detail',
    (d) => `${d.path}: ${objectsOf(d)}, ${d.counted}${d.reused ? ' (finished before)' : ''}`,
  ),
  'run.noted': event<{ path: string; note: string }>('info', (d) => `${d.path}: ${d.note}`),
  'run.failed': event<{ path: string; code: string; message: string }>(
    'warn',
    (d) => `${d.path} failed: ${d.message} [${d.code}]`,
  ),
  'run.retried': event<{ path: string; attempt: number; message: string }>(
    'warn',
    (d) => `${d.path}: trying again after attempt ${d.attempt}: ${d.message}`,
  ),
  /** Results of earlier runs that are not of this one. `files`: the first of `count`, below `out`. */
  'run.stale': event<{ out: string; count: number; files: string[]; fate: 'removed' | 'kept' | 'changed' }>(
    'info',
    (d) => `${staleFates[d.fate](d)}: ${listed(d.files, d.count)}`,
  ),
  'run.oldZip': event<{ zip: string; fate: 'same' | 'other' | 'changed' }>('info', (d) => oldZipFates[d.fate](d.zip)),
  'run.progress': event<RunProgress>('progress', (d) => {
    const parts = [`${d.done + d.failed} of ${count(d.files - d.leftOut, 'file')}`];
    if (d.failed > 0) parts.push(`${d.failed} failed`);
    parts.push(count(d.planes, 'plane'));
    if (d.seconds > 0) parts.push(`${(d.bytes / 1e6 / d.seconds).toFixed(1)} MB/s`);
    if (d.secondsLeft !== undefined) parts.push(`${formatSeconds(d.secondsLeft)} left`);
    return parts.join(', ');
  }),
  'run.done': event<{
    out: string;
    zip?: string;
    /** The table of the regions of interest, where images have some. */
    regions?: string;
    files: number;
    done: number;
    failed: number;
    leftOut: number;
    reused: number;
    /** Of all images that have a number of objects, each once. */
    objects: number;
    seconds: number;
    images: CountedRow[];
    shown: number;
  }>('result', (d) => {
    const rows = d.images
      .slice(0, d.shown)
      .map((i) => [i.path, formatBytes(i.bytes), count(i.planes, 'plane'), objectsOf(i), i.labels]);
    const lines = rows.length === 0 ? [] : table([['image', 'size', 'planes', 'objects', 'labels'], ...rows]);
    if (d.images.length > d.shown) lines.push(`… and ${count(d.images.length - d.shown, 'more image')}`);
    if (lines.length > 0) lines.push('');
    lines.push(
      `${d.done} of ${count(d.files - d.leftOut, 'file')} done${d.reused > 0 ? ` (${d.reused} finished before)` : ''}, ${total(d)}${formatSeconds(d.seconds)}`,
      ...countedIn(d.images),
      `results   ${d.out}`,
      `summary   ${d.out}/summary.csv`,
      ...(d.regions === undefined ? [] : [`regions   ${d.regions}`]),
    );
    lines.push(...namedIn(d));
    if (d.zip !== undefined) lines.push(`zip       ${d.zip}`);
    return lines.join('\n');
  }),
};

const staleFates: Record<'removed' | 'kept' | 'changed', (of: { out: string; count: number }) => string> = {
  removed: (d) => `removed ${count(d.count, 'result')} of earlier runs that this one does not have`,
  kept: (d) => `${count(d.count, 'result')} of earlier runs stay in ${d.out}, which --overwrite removes`,
  changed: (d) =>
    `${count(d.count, 'result')} of earlier runs stay in ${d.out}, since labdeploy does not know that they are unchanged`,
};

const oldZipFates: Record<'same' | 'other' | 'changed', (zip: string) => string> = {
  same: (zip) => `${zip} of an earlier run holds these same results: kept`,
  other: (zip) => `removed ${zip} of an earlier run, which held other results; --zip packs these`,
  changed: (zip) => `${zip} is not known to be of these results: left as it is`,
};

const mostListed = 3;

function listed(files: readonly string[], all: number): string {
  const shown = files.slice(0, mostListed);
  return shown.join(', ') + (all > shown.length ? ` and ${all - shown.length} more` : '');
}

/** All objects, and of how many images where others have no number of objects. */
function total({ images, objects }: { images: readonly CountedRow[]; objects: number }): string {
  const counted = images.filter((image) => image.objects !== undefined).length;
  if (counted === images.length) return `${count(objects, 'object')}, `;
  return counted === 0 ? '' : `${count(objects, 'object')} in ${counted} of ${count(images.length, 'image')}, `;
}

const objectsOf = ({ objects, objectsPerPlane }: Omit<CountedRow, 'labels'>): string =>
  objects === undefined ? `${objectsPerPlane.toFixed(1)} a plane` : count(objects, 'object');

/** What the numbers are, where an image has several planes: the commonest first. */
function countedIn(images: readonly CountedRow[]): string[] {
  const ways = new Map<string, number>();
  for (const { counted } of images) ways.set(counted, (ways.get(counted) ?? 0) + 1);
  const words = [...ways]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostWays)
    .map(([how, times]) => `${how} (${count(times, 'image')})`);
  if (ways.size > mostWays) words.push('…');
  const isSimple = ways.size === 0 || (ways.size === 1 && ways.has(countedHow({ positions: 1, times: 1, depths: 1 })));
  return isSimple ? [] : [`counted   ${words.join('; ')}`];
}

/** Ways of counting in the summary; the others are in summary.csv. */
const mostWays = 4;

/** Where the files that have no results are named. */
export function namedIn({ out, failed, leftOut }: { out: string; failed: number; leftOut: number }): string[] {
  const lines: string[] = [];
  if (failed > 0) lines.push(`failed    ${count(failed, 'file')}, with the reason in ${out}/errors.csv`);
  if (leftOut > 0) lines.push(`left out  ${count(leftOut, 'file')}, with the reason in ${out}/errors.csv`);
  return lines;
}
