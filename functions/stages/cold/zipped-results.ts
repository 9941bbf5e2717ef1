import { readZipDirectory, type ZipEntry, zipLimits } from '../../archive/zip-directory.ts';
import { stored } from '../../archive/zip-entry.ts';
import type { Job } from '../../core/job.ts';
import { downloadRef, type ObjectRef, type ResultKind, resultRef } from '../../core/object-keys.ts';
import { outputName, outputStems } from '../../core/output-names.ts';
import { allItems } from '../../object-streams/all-pages.ts';
import { objectSource } from '../../object-streams/object-source.ts';
import type { ArchiveServices } from './services.ts';

/** Results that only the zip keeps while a job is archived: the others are small, and the page shows them. */
const archivedKinds = [
  'labels.tif',
  'prob.tif',
  'labels.ome.tif',
  'labels.ozx',
  'rois.zip',
] as const satisfies ResultKind[];

/** A result of an image, and what the zip has of it. */
export interface ZippedResult {
  ref: ObjectRef;
  /** Absent where the zip has none that could be put back without unpacking. */
  entry?: ZipEntry;
}

/** Ours have as many entries as the job has results. */
const limits = { ...zipLimits, entries: Number.MAX_SAFE_INTEGER };

/** Every result that a job may have of the kinds that are archived, with its entry in the zip, which must be readable. */
export async function zippedResults(
  job: Job,
  { objects, jobs, readZipDirectory: read = readZipDirectory }: ArchiveServices,
): Promise<ZippedResult[]> {
  await using source = await objectSource(objects, downloadRef(job));
  const entries = new Map((await read(source, limits)).map((entry) => [entry.name, entry]));
  const paths: { path: string; done: boolean }[] = [];
  for await (const { path, state } of allItems((page) => jobs.files(job, page)))
    paths.push({ path, done: state === 'done' });
  const stems = outputStems(paths.map(({ path }) => path));
  const found: ZippedResult[] = [];
  for (const { path } of paths.filter(({ done }) => done)) {
    for (const kind of archivedKinds) {
      const entry = entries.get(outputName(stems.get(path)!, kind));
      found.push({ ref: resultRef(job, path, kind), ...(entry?.method === stored && { entry }) });
    }
  }
  return found;
}
