import type { Call } from '../../client/call.ts';
import { compareFolder, type FolderDifference, isSameFolder } from '../../client/upload/compare-folder.ts';
import { differenceOf, identityOf } from '../../client/upload/identity.ts';
import type { Selection } from '../../client/upload/select-files.ts';
import type { JobView } from '../../functions/contract/jobs.ts';
import { filesOfJob } from '../api/files-of-job.ts';
import type { Picked } from './collect.ts';
import type { PickedFile } from './picked-file.ts';
import { selectionOf } from './selection.ts';

export interface FolderCheck {
  job: JobView;
  selection: Selection<PickedFile>;
  /** Sending it into the job adds nothing that does not belong there. */
  isSame: boolean;
  /** Absent where the one is a zip and the other is not. */
  difference?: FolderDifference;
}

/**
 * Is it the folder, or the zip, that the job was begun with? `failed`: files that this tab could not send, which may well
 * be gone or changed by now.
 */
export async function checkFolder(
  call: Call,
  job: JobView,
  picked: Picked,
  failed: ReadonlySet<string> = new Set(),
): Promise<FolderCheck> {
  if (job.source !== picked.source) return { job, selection: selectionOf(picked), isSame: false };
  if (picked.source === 'zip') return checkZip(job, picked);
  const [named, { limits }] = await Promise.all([filesOfJob(call, job.id), call('showMe')]);
  const selection = selectionOf(picked, limits);
  const difference = await compareFolder(named, selection);
  const unexpected = {
    ...difference,
    changed: difference.changed.filter(({ path }) => !failed.has(path)),
    missing: difference.missing.filter((path) => !failed.has(path)),
  };
  const known = { named: named.length, announced: job.announced };
  return { job, selection, difference, isSame: isSameFolder(unexpected, known) };
}

async function checkZip(job: JobView, picked: Picked): Promise<FolderCheck> {
  const selection = selectionOf(picked);
  const [zip] = selection.send;
  const same: FolderDifference = { same: 1, changed: [], missing: [], added: [] };
  const changed = (how: 'size' | 'date' | 'bytes') => ({ ...same, same: 0, changed: [{ path: zip!.path, how }] });
  if (job.bytes !== picked.bytes) return { job, selection, isSame: false, difference: changed('size') };
  const identity = await identityOf(zip!);
  const { archiveIdentity: before = identity } = job;
  if (identity === before) return { job, selection, isSame: true, difference: same };
  return { job, selection, isSame: false, difference: changed(differenceOf(before, identity)) };
}

/** Jobs that are looked at: a person has a few at most. */
const mostLooked = 5;

/** Jobs that may have been begun with it: they still take files of this kind. A try-out takes one image, and is continued by nobody. */
export const openJobs = (jobs: readonly JobView[], { source }: Pick<Picked, 'source'>): JobView[] =>
  jobs
    .filter((job) => job.state === 'uploading' && !job.sealed && job.trial !== true && job.source === source)
    .slice(0, mostLooked);

/** The unfinished job that this folder was being sent to, whatever its name is; else one of a folder much like it. */
export async function findUnfinished(
  call: Call,
  jobs: readonly JobView[],
  picked: Picked,
): Promise<FolderCheck | undefined> {
  let like: FolderCheck | undefined;
  for (const job of jobs) {
    const check = await checkFolder(call, job, picked);
    const { same = 0, changed = [] } = check.difference ?? {};
    if (check.isSame && (same > 0 || isNamed(job, picked))) return check;
    const isLike = picked.source === 'files' ? same + changed.length > 0 : isNamed(job, picked);
    if (isLike && like === undefined) like = check;
  }
  return like;
}

const isNamed = (job: JobView, { name }: Picked): boolean => job.name === name?.normalize('NFC');
