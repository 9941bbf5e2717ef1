import { storedBytes, zipPieces } from '../../archive/zip-writer.ts';
import { forEachLimit } from '../../async/for-each-limit.ts';
import { mapInOrder } from '../../async/map-in-order.ts';
import { Failure } from '../../core/errors.ts';
import type { Job, JobFile } from '../../core/job.ts';
import type { ZipMessage } from '../../core/messages.ts';
import { downloadRef, type JobRef, type RoundRef, resultRef, tableRef } from '../../core/object-keys.ts';
import { outputStems } from '../../core/output-names.ts';
import { type FileSummary, fileSummary, withCounts } from '../../core/summary.ts';
import { isTerminal } from '../../core/transitions.ts';
import { sendNotice, sendToArchive } from '../../jobs/advance.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import { readText } from '../../object-streams/read-object.ts';
import type { ObjectStore, Part } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';
import { compareConditions, isCompared } from './compare-conditions.ts';
import { countRegions } from './count-regions.ts';
import { decidePositives } from './decide-positives.ts';
import type { FileReport } from './file-report.ts';
import { type Content, contents, listResults, partOf, zipItem } from './result-items.ts';
import { type Reported, tables } from './tables.ts';
import { tablesOf } from './tables-of.ts';

export interface PackageServices extends Pick<Ports, 'objects' | 'jobs' | 'queue' | 'archiving'> {
  /** Of this program, for the manifest. */
  version: string;
  signal?: AbortSignal;
}

/** `job`: as it ended. `bytes`: of the zip, absent where none was asked for. */
export type PackageResult = { job: Job; bytes?: number } | { failed: Failure } | 'not packaging';

/** Small objects read at once: of a disk, and of a store that answers over a network. */
const readsAhead = 8;
const remoteReadsAhead = 32;
/** Items asked for at once of a store that answers over a network. */
const remoteAhead = 16;

/** In which the archive says when the results go there. */
const noticeDelaySeconds = 5;

/**
 * Writes the tables of a job, then the zip of all its results, then completes it. Only for the message's generation: an
 * earlier round's message changes nothing. Safe to repeat and to run twice at once: the bytes are the same. A result
 * that is missing or damaged fails the job. Either way its owner is notified.
 */
export async function packageResults(message: ZipMessage, services: PackageServices): Promise<PackageResult> {
  const job = await services.jobs.get(message);
  if (job === undefined || job.generation !== message.generation) return 'not packaging';
  const result = isOurs(job, message) ? await packageOurs(job, message, services) : 'not packaging';
  // A job that had ended before: an earlier delivery may have died between that and its notice.
  const isOver = result !== 'not packaging' || isTerminal(job);
  if (!isOver) return result;
  if (services.archiving) await sendToArchive(job, services.queue); // first, so that the notice knows until when
  await sendNotice(message, services.queue, services.archiving ? noticeDelaySeconds : 0);
  return result;
}

async function packageOurs(job: Job, message: ZipMessage, services: PackageServices): Promise<PackageResult> {
  const { jobs } = services;
  try {
    const reported = await report(job, services);
    await assertOurs(message, services);
    const { objects } = services;
    const look = () => assertOurs(message, services);
    await decidePositives(job, job.settings.positive ?? [], reported.files, { objects, look });
    const done = reported.files.filter((file) => file.state === 'done');
    await countRegions(job, job.settings.positive ?? [], done, objects);
    await writeTables(job, reported, services.objects);
    const plots = isCompared(reported) ? await compareConditions(job, reported, objects) : [];
    await assertOurs(message, services);
    const bytes =
      job.settings.archive === false
        ? undefined
        : await writeZip(job, contents(job, reported, plots), message, services);
    const completed = await jobs.complete(message, message.generation);
    if (completed === undefined) return 'not packaging'; // a second delivery was faster
    return { job: completed, ...(bytes !== undefined && { bytes }) };
  } catch (error) {
    // A newer round changes what this one reads; whatever broke, it is no longer our business.
    if (error instanceof Superseded || !(await isStillOurs(message, services))) return 'not packaging';
    if (!(error instanceof Failure && (error.code === 'objectMissing' || error.code === 'objectCorrupt'))) throw error;
    await jobs.fail(message, { code: error.code, message: error.message }, message.generation);
    return { failed: error };
  }
}

/** The job went on while this delivery worked. */
class Superseded extends Error {}

const isOurs = (job: Job, { generation }: ZipMessage) => job.state === 'packaging' && job.generation === generation;

async function isStillOurs(message: ZipMessage, { jobs }: PackageServices): Promise<boolean> {
  const job = await jobs.get(message);
  return job !== undefined && isOurs(job, message);
}

async function assertOurs(message: ZipMessage, services: PackageServices): Promise<void> {
  services.signal?.throwIfAborted();
  if (!(await isStillOurs(message, services))) throw new Superseded();
}

/** How every file ended; about 1 kB of memory a file. */
async function report(job: Job, { objects, jobs, version, signal }: PackageServices): Promise<Reported> {
  const files: JobFile[] = [];
  for await (const file of allItems((page) => jobs.files(job, page))) files.push(file);
  const stems = outputStems(files.map(({ path }) => path));
  const reports: FileReport[] = new Array(files.length);
  await forEachLimit(
    files.entries(),
    objects.copiesFrom === undefined ? readsAhead : remoteReadsAhead,
    async ([i, file]) => {
      signal?.throwIfAborted();
      reports[i] =
        file.state === 'done'
          ? { state: 'done', stem: stems.get(file.path)!, summary: await readSummary(job, file.path, objects) }
          : { state: file.state === 'leftOut' ? 'leftOut' : 'failed', file, failure: file.failure! };
    },
  );
  return { job, version, files: reports };
}

async function readSummary(job: JobRef, path: string, objects: ObjectStore): Promise<FileSummary> {
  const ref = resultRef(job, path, 'summary.json');
  const text = await readText(objects, ref);
  try {
    return withCounts(fileSummary.parse(JSON.parse(text)));
  } catch (error) {
    throw new Failure('objectCorrupt', { key: ref.key, detail: 'it is not a summary' }, { cause: error });
  }
}

async function writeTables(job: RoundRef, reported: Reported, objects: ObjectStore): Promise<void> {
  for (const name of tablesOf(reported))
    if (name !== 'group-summary.csv' && name !== 'objects.csv')
      await objects.put(tableRef(job, name), utf8(tables[name](reported)));
}

/** Rows joined to pieces of about 64 kB. */
async function* utf8(texts: Iterable<string>): AsyncGenerator<Uint8Array> {
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length < 65_536) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece);
}

async function writeZip(
  job: Job,
  wanted: readonly Content[],
  message: ZipMessage,
  services: PackageServices,
): Promise<number> {
  const { objects } = services;
  const heads = await listResults(job, objects);
  const { copiesFrom } = objects;
  const items = mapInOrder(wanted, copiesFrom === undefined ? 1 : remoteAhead, (content) => {
    services.signal?.throwIfAborted();
    return zipItem(content, heads, objects);
  });
  // The last moment to spare a zip that is not needed: the job was retried, cancelled or deleted meanwhile.
  const end = () => assertOurs(message, services);
  async function* parts(from = 0): AsyncGenerator<Part> {
    for await (const piece of zipPieces(items)) {
      if (piece instanceof Uint8Array) yield { bytes: piece };
      else if (piece.bytes >= from) yield partOf(piece);
      else for await (const bytes of storedBytes(piece)) yield { bytes };
    }
    await end();
  }
  return (await objects.compose(downloadRef(job), parts(copiesFrom))).bytes;
}
