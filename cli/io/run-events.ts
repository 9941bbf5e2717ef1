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
  'run.file': event<{ path: string; objects: number; planes: number; bytes: number; reused: boolean }>(
    'detail',
    (d) =>
      `${d.path}: ${count(d.objects, 'object')}${d.planes > 1 ? ` in ${count(d.planes, 'plane')}` : ''}${d.reused ? ' (finished before)' : ''}`,
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
    files: number;
    done: number;
    failed: number;
    leftOut: number;
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
      `${d.done} of ${count(d.files - d.leftOut, 'file')} done${d.reused > 0 ? ` (${d.reused} finished before)` : ''}, ${count(d.objects, 'object')}, ${formatSeconds(d.seconds)}`,
      `results   ${d.out}`,
      `summary   ${d.out}/summary.csv`,
    );
    lines.push(...namedIn(d));
    if (d.zip !== undefined) lines.push(`zip       ${d.zip}`);
    return lines.join('\n');
  }),
};

/** Where the files that have no results are named. */
export function namedIn({ out, failed, leftOut }: { out: string; failed: number; leftOut: number }): string[] {
  const lines: string[] = [];
  if (failed > 0) lines.push(`failed    ${count(failed, 'file')}, with the reason in ${out}/errors.csv`);
  if (leftOut > 0) lines.push(`left out  ${count(leftOut, 'file')}, with the reason in ${out}/errors.csv`);
  return lines;
}
