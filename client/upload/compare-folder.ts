import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import type { FileView } from '../../functions/contract/jobs.ts';
import { isHidden, isNoise, normalisePath } from '../../functions/core/paths.ts';
import { FileError } from './file-error.ts';
import { differenceOf, identityOf } from './identity.ts';
import type { Outgoing } from './outgoing.ts';
import type { Selection } from './select-files.ts';

/** Files read at once. */
const readsAtOnce = 8;

export interface FolderDifference {
  /** Files of the job that are in the folder as they were. */
  same: number;
  changed: { path: string; how: 'size' | 'date' | 'bytes' | 'unreadable' }[];
  /** Files of the job that are not in the folder. */
  missing: string[];
  /** Files of the folder that the job does not know. */
  added: string[];
}

type Named = Pick<FileView, 'path' | 'bytes' | 'identity'>;

/** Compares a folder with the files that were named for a job, but for hidden ones, which the system changes as it likes. Reads three parts of each file that both have. */
export async function compareFolder(
  named: readonly Named[],
  { send, notSent }: Selection<Outgoing>,
): Promise<FolderDifference> {
  const known = new Map(named.filter(({ path }) => !isHidden(path) && !isNoise(path)).map((file) => [file.path, file]));
  const difference: FolderDifference = { same: 0, changed: [], missing: [], added: [] };
  await forEachLimit([...send, ...notSent.filter(({ reason }) => reason !== 'hidden')], readsAtOnce, async (file) => {
    const path = normalisePath(file.path).path ?? file.path;
    const before = known.get(path);
    known.delete(path);
    if (before === undefined) return void difference.added.push(path);
    const how = await changeOf(before, file);
    if (how === undefined) difference.same++;
    else difference.changed.push({ path, how });
  });
  difference.missing = [...known.keys()];
  const byPath = (a: { path: string }, b: { path: string }) => (a.path < b.path ? -1 : 1);
  difference.changed.sort(byPath);
  difference.added.sort();
  return difference;
}

type Local = { bytes: number; open?: Outgoing['open'] };

async function changeOf(
  before: Named,
  { bytes, open }: Local,
): Promise<FolderDifference['changed'][number]['how'] | undefined> {
  if (before.bytes !== bytes) return 'size';
  if (before.identity === undefined || open === undefined) return undefined; // named by a client that gives none, or not sent
  try {
    const now = await identityOf({ open });
    return now === before.identity ? undefined : differenceOf(before.identity, now);
  } catch (error) {
    if (error instanceof FileError) return 'unreadable';
    throw error;
  }
}

/**
 * Is it the folder of the job, so that sending it adds nothing that does not belong there? What the job does not know
 * belongs to it only while its files were still being named, and only if there are as many as were announced.
 */
export function isSameFolder(
  { same, changed, missing, added }: FolderDifference,
  job: { named: number; announced: number | undefined },
): boolean {
  if (changed.length > 0) return false;
  if (job.named === 0 && job.announced === undefined) return true; // nothing is in it yet
  if (added.length === 0) return same > 0;
  return missing.length === 0 && job.announced !== undefined && job.announced === job.named + added.length;
}
