import type { JobFile } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import type { Query } from './dynamo-table.ts';
import { type JobFiles, knownFiles } from './job-files.ts';
import { fileOf, fileSortKey, filesEnd, partitionOf, undoneEnd, undoneSortKey } from './job-items.ts';

export interface FileList {
  state: JobFile['state'] | undefined;
  /** The path behind which the list goes on. */
  after: string | undefined;
  count: number;
}

/** In order of their paths, as many as there are up to `count`. */
export async function listFiles({ table }: JobFiles, ref: JobRef, wanted: FileList): Promise<JobFile[]> {
  const files: JobFile[] = [];
  for await (const page of table.query(queryOf(ref, wanted))) {
    files.push(...page.map(fileOf));
    if (files.length >= wanted.count) break;
  }
  return files.slice(0, wanted.count);
}

/** Files that are done are in no index of their own: the job's files are read and the others left out. */
function queryOf(ref: JobRef, { state, after, count }: FileList): Query {
  const pk = partitionOf(ref);
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

export async function findFile(on: JobFiles, ref: JobRef, path: string): Promise<JobFile | undefined> {
  const [job, file] = await Promise.all([on.find(ref), knownFiles(on, ref, [{ path }])]);
  return job && file.get(path);
}
