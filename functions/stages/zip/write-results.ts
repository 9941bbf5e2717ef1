import { storedBytes, zipPieces } from '../../archive/zip-writer.ts';
import { forEachLimit } from '../../async/for-each-limit.ts';
import { mapInOrder } from '../../async/map-in-order.ts';
import { Failure } from '../../core/errors.ts';
import type { Job, JobFile } from '../../core/job.ts';
import { downloadRef, type JobRef, type RoundRef, resultRef, tableRef } from '../../core/object-keys.ts';
import { outputStems } from '../../core/output-names.ts';
import { type FileSummary, fileSummary, withCounts } from '../../core/summary.ts';
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

export interface PackageServices extends Pick<Ports, 'objects' | 'jobs' | 'queue'> {
  /** Of this program, for the manifest. */
  version: string;
  signal?: AbortSignal;
}

/** Small objects read at once: of a disk, and of a store that answers over a network. */
const readsAhead = 8;
const remoteReadsAhead = 32;
/** Items asked for at once of a store that answers over a network. */
const remoteAhead = 16;

/**
 * Writes the tables of a job, then the zip of all its results; returns its bytes, undefined where none was asked for. `look`
 * throws where this work is not wanted any more. `corrected`: of a round, whose results the store has. Throws
 * `objectMissing` and `objectCorrupt` of a result.
 */
export async function writeResults(
  job: Job,
  services: PackageServices,
  look: () => Promise<void>,
  corrected?: Reported['corrected'],
): Promise<number | undefined> {
  const { objects } = services;
  const reported = { ...(await report(job, services)), ...(corrected && { corrected }) };
  await look();
  await decidePositives(job, job.settings.positive ?? [], reported.files, { objects, look });
  const done = reported.files.filter((file) => file.state === 'done');
  await countRegions(job, job.settings.positive ?? [], done, objects);
  await writeTables(job, reported, objects);
  const plots = isCompared(reported) ? await compareConditions(job, reported, objects) : [];
  await look();
  if (job.settings.archive === false) return undefined;
  return writeZip(job, contents(job, reported, plots), services, look);
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
  { objects, signal }: PackageServices,
  look: () => Promise<void>,
): Promise<number> {
  const heads = await listResults(job, objects);
  const { copiesFrom } = objects;
  const items = mapInOrder(wanted, copiesFrom === undefined ? 1 : remoteAhead, (content) => {
    signal?.throwIfAborted();
    return zipItem(content, heads, objects);
  });
  // The last moment to spare a zip that is not needed: the job was retried, cancelled or deleted meanwhile.
  async function* parts(from = 0): AsyncGenerator<Part> {
    for await (const piece of zipPieces(items)) {
      if (piece instanceof Uint8Array) yield { bytes: piece };
      else if (piece.bytes >= from) yield partOf(piece);
      else for await (const bytes of storedBytes(piece)) yield { bytes };
    }
    await look();
  }
  return (await objects.compose(downloadRef(job), parts(copiesFrom))).bytes;
}
