import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { downloadName, tableNames } from '../../functions/core/object-keys.ts';
import type { Io } from '../io/events.ts';
import type { RunOutput } from './output.ts';

/** Names in one event; the number of all is beside them. */
const mostNamed = 20;

/**
 * The job has ended: results of earlier runs that are none of this one are removed where the user let them be replaced,
 * else named; so is an old zip. Only files that are as labdeploy wrote them are removed. `results`: of this job; `zip`:
 * it has written one.
 */
export async function settleResults(
  { folder, written, overwrite }: RunOutput,
  { results, zip }: { results: ReadonlySet<string>; zip: boolean },
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
  const digest = await digestOf(folder);
  if (zip) written.addZip(digest);
  else {
    const fate = written.oldZip(digest);
    if (fate === 'other') await written.remove([downloadName]);
    if (fate !== undefined) io.emit('run.oldZip', { zip: join(folder, downloadName), fate });
  }
  written.close();
}

/** Of the tables: they say of which bytes of which images, by which model and settings all results are. */
async function digestOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of tableNames) {
    const table = await readFile(join(folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return ''; // the job failed before it was written
    });
    hash.update(`${name} ${table.length}\n`).update(table);
  }
  return hash.digest('hex');
}
