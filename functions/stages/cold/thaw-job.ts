import { entrySpan } from '../../archive/zip-entry.ts';
import { forEachLimit } from '../../async/for-each-limit.ts';
import type { Job } from '../../core/job.ts';
import type { ColdMessage } from '../../core/messages.ts';
import { downloadRef } from '../../core/object-keys.ts';
import { storageOf } from '../../core/storage-steps.ts';
import { daySeconds } from '../../core/time.ts';
import { sendRestored } from '../../jobs/advance.ts';
import { copyEntry, isCopied, writeEntry } from '../unzip/write-entry.ts';
import { askArchive } from './restore-job.ts';
import type { ArchiveServices } from './services.ts';
import { type ZippedResult, zippedResults } from './zipped-results.ts';

/** `putBack`: results that were not there. `waits`: it is not ready. `asked again`: the copy that could be read had ended. */
export type ThawResult = { putBack: number } | 'waits' | 'asked again' | 'nothing to thaw';

type ThawMessage = Extract<ColdMessage, { kind: 'thaw' }>;

const putBackAtOnce = 8;
/** Results that came back because their owner asked stay so long before they go again, where the plan archives. */
const restoredSeconds = daySeconds;

/**
 * Takes a zip that is ready out of the archive and puts the results back that it holds; then the job is live, and its owner
 * is notified. Safe to repeat and to run twice at once.
 */
export async function thawJob(message: ThawMessage, services: ArchiveServices): Promise<ThawResult> {
  const { jobs, objects, queue } = services;
  const job = await jobs.get(message);
  if (job === undefined) return 'nothing to thaw';
  const { state, round } = storageOf(job);
  if (state === 'live' && round > 0) await sendRestored(job, queue); // an earlier delivery may have died before that
  if (state !== 'restoring' && state !== 'thawing') return 'nothing to thaw';

  const isThere = (await objects.head(downloadRef(job))) !== undefined; // of one that is gone for ever nothing is missing
  if (isThere) {
    const { answer, tier } = await askArchive(job, storageOf(job).tier ?? 'standard', services);
    if (answer === 'running') return 'waits';
    if (answer === 'started') {
      await jobs.moveStorage(job, { to: 'restoring', round, tier });
      return 'asked again';
    }
  }
  if (state === 'restoring') await jobs.moveStorage(job, { to: 'thawing', round }); // undefined: another did
  const putBack = isThere ? await bringBack(job, services) : 0;
  const restored = await jobs.moveStorage(job, { to: 'restored', round, ...(await nextTime(job, services)) });
  if (restored !== undefined) await sendRestored(restored, queue);
  return { putBack };
}

async function nextTime({ owner }: Job, { members, clock }: ArchiveServices): Promise<{ dueAt?: number }> {
  const { archiveAfterSeconds } = await members.planOf(owner);
  if (archiveAfterSeconds === undefined) return {};
  return { dueAt: clock.now() + Math.max(archiveAfterSeconds, restoredSeconds) * 1000 };
}

async function bringBack(job: Job, services: ArchiveServices): Promise<number> {
  const { objects, signal } = services;
  await objects.coldStorage.thaw(downloadRef(job));
  let putBack = 0;
  await forEachLimit(await zippedResults(job, services), putBackAtOnce, async (result) => {
    signal?.throwIfAborted();
    if (await putBackOne(job, result, services)) putBack++;
  });
  return putBack;
}

/** False where the zip has none, or it is there. */
async function putBackOne(job: Job, { ref, entry }: ZippedResult, { objects }: ArchiveServices): Promise<boolean> {
  if (entry === undefined || (await objects.head(ref))?.bytes === entry.bytes) return false;
  const zip = downloadRef(job);
  const bad = isCopied(entry, objects)
    ? await copyEntry(entry, zip, ref, objects)
    : await writeEntry(entry, () => objects.get(zip, entrySpan(entry)), ref, objects);
  if (bad !== undefined) throw bad;
  return true;
}
