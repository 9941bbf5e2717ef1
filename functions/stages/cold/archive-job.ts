import { forEachLimit } from '../../async/for-each-limit.ts';
import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { ColdMessage } from '../../core/messages.ts';
import { downloadRef, editsPrefix, foregroundPrefix, jobPrefix } from '../../core/object-keys.ts';
import { storageOf } from '../../core/storage-steps.ts';
import { allObjects } from '../../object-streams/all-pages.ts';
import type { ObjectHead } from '../../ports/object-store.ts';
import type { ArchiveServices } from './services.ts';
import { type ZippedResult, zippedResults } from './zipped-results.ts';

/** `kept`: the plan does not archive, labels are corrected, or the zip does not hold all results. `due`: not yet. */
export type ArchiveResult = { archived: number } | 'kept' | 'due' | 'nothing to archive';

type ArchiveMessage = Extract<ColdMessage, { kind: 'archive' }>;

/** The longest that a message of SQS is delayed; for what is due later sweep sends another. */
const longestDelaySeconds = 900;
const deletedAtOnce = 32;

/**
 * Archives the results of a job once they are due: the zip is frozen, and what it holds is deleted from `results`, but for
 * previews and tables. The plan is read when the job completes, and again behind the mark `archiving`, so that a person
 * who changes the plan meanwhile keeps their results. Safe to repeat: what fails half-way goes on with the next attempt.
 */
export async function archiveJob(message: ArchiveMessage, services: ArchiveServices): Promise<ArchiveResult> {
  const { jobs, queue, clock } = services;
  const found = await jobs.get(message);
  if (found === undefined || found.generation !== message.generation) return 'nothing to archive';
  const job = storageOf(found).state === 'live' ? await planned(found, message, services) : found;
  if (job === undefined) return 'kept';

  const { state, dueAt = 0, round } = storageOf(job);
  const waitSeconds = state === 'live' ? Math.ceil((dueAt - clock.now()) / 1000) : 0;
  if (waitSeconds > 0) {
    if (waitSeconds <= longestDelaySeconds) await queue.send('cold', [message], { delaySeconds: waitSeconds });
    return 'due';
  }
  const marked = await jobs.moveStorage(job, { to: 'archiving', generation: job.generation, round });
  if (marked === undefined) return 'nothing to archive'; // another is at it, or it is archived
  try {
    return await archiveMarked(marked, services);
  } catch (error) {
    await jobs.moveStorage(marked, { to: 'released', round: storageOf(marked).round }).catch(() => undefined); // else the lease ends by itself
    throw error;
  }
}

/** The job with its time, of a plan that archives; undefined of one that keeps results, or of a message that came late. */
async function planned(job: Job, { round }: ArchiveMessage, services: ArchiveServices): Promise<Job | undefined> {
  const storage = storageOf(job);
  if (storage.round !== round) return undefined;
  if (storage.dueAt !== undefined) return job;
  const { archiveAfterSeconds } = await services.members.planOf(job.owner);
  if (archiveAfterSeconds === undefined) return undefined;
  const dueAt = job.changedAt + archiveAfterSeconds * 1000;
  return services.jobs.moveStorage(job, { to: 'due', generation: job.generation, round, dueAt });
}

/** Only for who has the lease of this round. */
async function archiveMarked(job: Job, services: ArchiveServices): Promise<ArchiveResult> {
  const { jobs, objects, members, queue, signal } = services;
  const { round } = storageOf(job);
  const plan = await members.planOf(job.owner);
  const zip = downloadRef(job);
  const head = await objects.head(zip);
  const archives =
    plan.archiveAfterSeconds !== undefined &&
    head !== undefined &&
    !(await isCorrected(job, services)) &&
    (await holdsResults(job, services, head));
  // One that an earlier attempt has frozen goes on, and comes back if the plan says so.
  if (head === undefined || (head.cold === undefined && !archives)) {
    await jobs.moveStorage(job, { to: 'kept', round });
    return 'kept';
  }
  await objects.coldStorage.freeze(zip);
  const frozen = await objects.head(zip);
  if (frozen === undefined) throw new Failure('objectMissing', { key: zip.key }); // deleted meanwhile
  if (frozen.cold === undefined || frozen.bytes !== head.bytes)
    throw new Failure('objectCorrupt', { key: zip.key, detail: 'it is not in the archive as it was' });
  const results = await existing(job, services);
  await forEachLimit(results.keys(), deletedAtOnce, async (key) => {
    signal?.throwIfAborted();
    await objects.remove({ bucket: 'results', key });
  });
  await objects.removeAll('results', foregroundPrefix(job)); // without labels it is of no use, and the zip has none
  const days = plan.archiveDays !== undefined && { days: plan.archiveDays };
  const archived = await jobs.moveStorage(job, { to: 'archived', round, bytes: frozen.bytes, ...days });
  if (archived === undefined) return 'nothing to archive';
  // Where plans are read from a copy that follows: the change of a moment ago is there by now.
  if ((await members.planOf(job.owner)).archiveAfterSeconds === undefined)
    await queue.send('cold', [{ kind: 'restore', owner: job.owner, id: job.id }]);
  return { archived: frozen.bytes };
}

const archivedName = /\/(labels\.tif|prob\.tif|labels\.ome\.tif|labels\.ozx|rois\.zip)$/;

/** Results of the kinds that only the zip keeps. */
async function existing(job: Job, { objects }: ArchiveServices): Promise<Map<string, ObjectHead>> {
  const found = new Map<string, ObjectHead>();
  const prefix = jobPrefix(job);
  for await (const { key, ...head } of allObjects(objects, 'results', prefix))
    if (archivedName.test(key) && !key.startsWith(`${prefix}.tables`)) found.set(key, head);
  return found;
}

/** Labels that are corrected are worked on: they stay. */
async function isCorrected(job: Job, { objects }: ArchiveServices): Promise<boolean> {
  return (await objects.list('results', editsPrefix(job), { limit: 1 })).objects.length > 0;
}

/** Can each of the results be put back from the zip as it is? A frozen one was held against them before. */
async function holdsResults(job: Job, services: ArchiveServices, { cold }: ObjectHead): Promise<boolean> {
  if (cold !== undefined) return true;
  const heads = await existing(job, services);
  const zipped = new Map((await zippedResults(job, services)).map((each) => [each.ref.key, each]));
  return [...heads].every(([key, head]) => isSame(head, zipped.get(key)));
}

const isSame = ({ bytes, crc32 }: ObjectHead, { entry }: Partial<ZippedResult> = {}): boolean =>
  entry?.bytes === bytes && (crc32 === undefined || entry.crc32 === crc32);
