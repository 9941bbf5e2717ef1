import type { JobFile } from '../../core/job.ts';
import type { Fields } from './dynamo-items.ts';
import type { DynamoTable, Query } from './dynamo-table.ts';
import { type JobFiles, knownFiles } from './job-files.ts';
import { fileOf, fileSortKey, filesEnd, undoneEnd, undoneSortKey } from './job-items.ts';
import { type FilesOwner, filePartitionsOf } from './job-shards.ts';

export interface FileList {
  state: JobFile['state'] | undefined;
  /** The path behind which the list goes on. */
  after: string | undefined;
  count: number;
}

/** In order of their paths, as many as there are up to `count`. */
export async function listFiles({ table }: JobFiles, job: FilesOwner, wanted: FileList): Promise<JobFile[]> {
  const partitions = filePartitionsOf(job);
  if (partitions.length > 1) return mergedFiles(table, partitions, wanted);
  const files: JobFile[] = [];
  for await (const page of table.query(queryOf(partitions[0]!, wanted))) {
    files.push(...page.map(fileOf));
    if (files.length >= wanted.count) break;
  }
  return files.slice(0, wanted.count);
}

interface Listed {
  file: JobFile;
  /** The bytes by which DynamoDB orders. */
  bytes: Buffer;
}

/** One partition's part of the list, as far as it was read. */
interface Part {
  pages: AsyncGenerator<Fields[]>;
  last: Listed | undefined;
  isEnded: boolean;
}

const byPath = (a: Listed, b: Listed): number => Buffer.compare(a.bytes, b.bytes);

/** Paths are spread evenly, so that a little more than its share is read of each partition, and seldom more. */
async function mergedFiles(
  table: DynamoTable,
  partitions: readonly string[],
  { count, ...wanted }: FileList,
): Promise<JobFile[]> {
  const share = Math.ceil((count / partitions.length) * 1.25) + 4;
  const open = (pk: string): Part => ({
    pages: table.query({ ...queryOf(pk, { ...wanted, count: share }), limit: share }),
    last: undefined,
    isEnded: false,
  });
  const parts = partitions.map(open);
  const found: Listed[] = [];
  const readOn = async (part: Part) => {
    const page = await part.pages.next();
    if (page.done) part.isEnded = true;
    const more = (page.done ? [] : page.value).map(fileOf).map((file) => ({ file, bytes: Buffer.from(file.path) }));
    found.push(...more);
    part.last = more.at(-1) ?? part.last;
  };
  for (let behind = parts; behind.length > 0; ) {
    await Promise.all(behind.map(readOn));
    found.sort(byPath);
    // Whatever is in the list up to here, no partition has something before it that was not read.
    const end = found[count - 1];
    behind = parts.filter(
      ({ isEnded, last }) => !isEnded && (end === undefined || last === undefined || byPath(last, end) < 0),
    );
  }
  await Promise.all(parts.map(({ pages }) => pages.return(undefined)));
  return found.slice(0, count).map(({ file }) => file);
}

/** Files that are done are in no index of their own: the job's files are read and the others left out. */
function queryOf(pk: string, { state, after, count }: FileList): Query {
  const from = (sortKey: (path: string) => string) => (after === undefined ? sortKey('') : `${sortKey(after)}\0`); // the least text behind it
  const ofJob = {
    where: '#pk = :pk AND #sk BETWEEN :from AND :to',
    values: { pk, from: from(fileSortKey), to: filesEnd },
  };
  if (state === undefined) return { ...ofJob, limit: count };
  if (state === 'done') return { ...ofJob, filter: '#state = :state', values: { ...ofJob.values, state } };
  return {
    index: 'undone',
    where: '#pk = :pk AND #undoneSort BETWEEN :from AND :to',
    values: { pk, from: from((path) => undoneSortKey(state, path)), to: undoneEnd(state) },
    limit: count,
  };
}

/** A job that says how its files are spread was read before, and is not read again: at a thousand files a second it would be too often. */
export async function findFile(on: JobFiles, ref: FilesOwner, path: string): Promise<JobFile | undefined> {
  const file = (owner: FilesOwner) => knownFiles(on, owner, [{ path }]);
  if (ref.shards !== undefined) return (await file(ref)).get(path);
  const [job, files] = await Promise.all([on.find(ref), file(ref)]); // at once: most jobs have their files with them
  if (job === undefined) return undefined;
  return (job.shards === undefined ? files : await file(job)).get(path);
}
