import { createReadStream } from 'node:fs';
import { lstat, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import { normalisePath } from '../../functions/core/paths.ts';
import type { ResultFile } from '../../functions/runtime/unpack-results.ts';
import { UserError } from '../errors.ts';
import { type HeldOutput, holdOutput } from '../run/hold-output.ts';
import { downloadMarker, type JobOnService, readMarker, runMarker, writeMarker } from '../run/markers.ts';

/** What tells a file from one that was changed: its size and the CRC-32 that zips have. */
type Content = readonly [bytes: number, crc32: number];

interface Marker extends JobOnService {
  /** What labdeploy has written: it may replace these files as long as they are as it wrote them. */
  files: Record<string, Content>;
  /** While files are being unpacked: as they will be. */
  coming?: Record<string, Content>;
}

export interface DownloadFolder extends HeldOutput {
  /** Throws `outputTaken` where the folder has results of another job. `job`: absent for one that is to be made. */
  admit(wanted: { service: string; job?: string }): Promise<void>;
  /** Records what is to be unpacked. Throws `outputTaken` where it would replace files that are not this job's. */
  begin(job: JobOnService, results: readonly ResultFile[], signal: AbortSignal): Promise<void>;
  /**
   * Records that it is there. With `overwrite` the results of another job that were in the folder are removed as far as
   * they are as labdeploy wrote them; they are given back.
   */
  finish(): Promise<string[]>;
}

/**
 * Makes an output folder ready for the results of one job of a service, or refuses: `outputTaken` (it has results of a
 * run), `outputLocked`, `outputUnwritable`. With `overwrite` nothing is refused that it holds.
 */
export async function openDownloadFolder(folder: string, overwrite: boolean): Promise<DownloadFolder> {
  const file = downloadMarker(folder);
  const check = async () => {
    if (overwrite || (await readMarker(runMarker(folder))) === undefined) return;
    throw new UserError('outputTaken', { folder, holds: 'its results are of labdeploy run' });
  };
  const held = await holdOutput(folder, { check, begin: check });
  let marker: Marker | undefined;
  let replaced: Marker['files'] = {};
  return {
    ...held,
    async admit(wanted) {
      const { service, job } = (await readMarker<Marker>(file)) ?? {};
      if (overwrite || job === undefined || (job === wanted.job && service === wanted.service)) return;
      const other = wanted.job === undefined ? 'and this command begins a new job' : `not of job ${wanted.job}`;
      const of = wanted.job === undefined || service === wanted.service ? '' : ` of ${wanted.service}`;
      throw new UserError('outputTaken', {
        folder,
        holds: `its results are of job ${job} of ${service}, ${other}${of}`,
      });
    },
    async begin({ service, job }, results, signal) {
      const before = await readMarker<Marker>(file);
      const { same, other } = byJob(before, { service, job });
      replaced = other.files ?? {};
      const coming = Object.fromEntries(
        results.map(({ path, bytes, crc32 }): [string, Content] => [path, [bytes, crc32]]),
      );
      const own = [coming, same.files ?? {}, same.coming ?? {}];
      if (!overwrite) await refuseOthers(folder, { job, own, signal });
      // a download that was cut off has left files as they were to be
      marker = { service, job, files: { ...same.files }, coming };
      for (const [path, content] of Object.entries(same.coming ?? {}))
        if (await isOne(join(folder, path), [content])) marker.files[path] = content;
      await writeMarker(file, marker);
      if ((await readMarker(runMarker(folder))) !== undefined) await forgetRun(held);
    },
    async finish() {
      if (marker === undefined) throw new Error('a download that was not begun');
      const { coming, files, ...job } = marker;
      await writeMarker(file, { ...job, files: { ...files, ...coming } });
      return overwrite ? removeUnchanged(folder, replaced, new Set(Object.keys(coming ?? {}))) : [];
    },
  };
}

/** What the folder has of this job, and of another. */
const byJob = (before: Partial<Marker> | undefined, { service, job }: JobOnService) =>
  before?.job === job && before.service === service
    ? { same: before, other: {} as Partial<Marker> }
    : { same: {} as Partial<Marker>, other: before ?? {} };

/** Removes results of another job as far as they are as they were written. `kept`: what the folder has now. */
async function removeUnchanged(folder: string, results: Marker['files'], kept: ReadonlySet<string>): Promise<string[]> {
  const removed: string[] = [];
  for (const [path, content] of Object.entries(results)) {
    const isOther = !kept.has(path) && normalisePath(path).path === path; // none outside the folder
    if (!isOther || !(await isOne(join(folder, path), [content]))) continue;
    await rm(join(folder, path));
    removed.push(path);
  }
  return removed.sort();
}

/** What a run knows of its results would be wrong of those that replace them. */
async function forgetRun({ folder, work }: HeldOutput): Promise<void> {
  await rm(join(work, 'store'), { recursive: true, force: true });
  await rm(runMarker(folder));
}

/** Files read at once. */
const readsAtOnce = 8;
const namedFiles = 3;

async function refuseOthers(
  folder: string,
  { job, own, signal }: { job: string; own: readonly Record<string, Content>[]; signal: AbortSignal },
): Promise<void> {
  const others: string[] = [];
  await forEachLimit(Object.keys(own[0]!), readsAtOnce, async (path) => {
    signal.throwIfAborted();
    const contents = own.flatMap((files) => (Object.hasOwn(files, path) ? [files[path]!] : []));
    if (!(await isOne(join(folder, path), contents, true))) others.push(path);
  });
  if (others.length === 0) return;
  const named = others.sort().slice(0, namedFiles);
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : '';
  throw new UserError('outputTaken', {
    folder,
    holds: `it has other files of the same names, or changed ones, which the results of job ${job} would replace: ${named.join(', ')}${more}`,
  });
}

/** Whether a file is a plain one with one of the contents. `absent`: the answer where there is nothing. */
async function isOne(file: string, contents: readonly Content[], absent = false): Promise<boolean> {
  const found = await lstat(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    return error.code;
  });
  if (typeof found === 'string') return found === 'ENOENT' && absent;
  if (!found.isFile() || !contents.some(([bytes]) => bytes === found.size)) return false;
  let sum = 0;
  for await (const chunk of createReadStream(file)) sum = crc32(chunk as Buffer, sum);
  return contents.some(([bytes, wanted]) => bytes === found.size && wanted === sum);
}
