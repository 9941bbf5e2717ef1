import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadName, type TableName } from '../../functions/core/object-keys.ts';
import type { Io } from '../io/events.ts';
import type { RunOutput } from './output.ts';

/** Names in one event; the number of all is beside them. */
const mostNamed = 20;

/**
 * The job has ended: results of earlier runs that are none of this one are removed where the user let them be replaced,
 * else named; so is an old zip. Only files that are as labdeploy wrote them are removed. `results`: of this job; `zip`,
 * `regions`: it has written a zip, a table of regions.
 */
export async function settleResults(
  { folder, written, overwrite }: RunOutput,
  { results, zip, regions }: { results: ReadonlySet<string>; zip: boolean; regions: boolean },
  io: Io,
): Promise<void> {
  const { unchanged, changed } = written.stale(results);
  const tell = (files: readonly string[], fate: 'removed' | 'kept' | 'changed') => {
    if (files.length > 0)
      io.emit('run.stale', { out: folder, count: files.length, files: files.slice(0, mostNamed), fate });
  };
  if (overwrite) await written.remove(unchanged);
  tell(unchanged, overwrite ? 'removed' : 'kept');
  tell(changed, 'changed');
  if (!regions) await removeOldRegions(folder);
  const digest = await digestOf(folder);
  if (zip) written.addZip(digest);
  else {
    const fate = written.oldZip(digest);
    if (fate === 'other') await written.remove([downloadName]);
    if (fate !== undefined) io.emit('run.oldZip', { zip: join(folder, downloadName), fate });
  }
  written.close();
}

/** The table of an earlier run would say of these images what is no longer so. A table of the user's is another. */
async function removeOldRegions(folder: string): Promise<void> {
  const file = join(folder, 'regions.csv' satisfies TableName);
  if ((await textOf(file)).startsWith('path,region,regions_file,')) await rm(file);
}

const identifying = ['summary.csv', 'errors.csv', 'manifest.json'] as const satisfies TableName[];

/** Of the tables that say of which bytes of which images, by which model and settings all results are. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of identifying) {
    const table = await textOf(join(folder, name)); // empty where the job failed before it was written
    hash.update(`${name} ${table.length}\n`).update(table);
  }
  return hash.digest('hex');
}

/** Empty where there is no such file. */
const textOf = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
