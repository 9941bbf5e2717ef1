import type { Job } from '../../../functions/core/job.ts';
import type { JobStorage } from '../../../functions/core/job-storage.ts';
import { downloadRef, type JobRef, jobBuckets, jobPrefix, resultRef } from '../../../functions/core/object-keys.ts';
import type { Plan } from '../../../functions/core/plans.ts';
import { isLive, storageOf } from '../../../functions/core/storage-steps.ts';
import { dayMs } from '../../../functions/core/time.ts';
import type { Ports } from '../../../functions/ports/ports.ts';

export interface RuledWorld extends Pick<Ports, 'jobs' | 'objects' | 'clock'> {
  ref: JobRef;
  images: readonly string[];
  /** Plans by which the job is archived, and kept. */
  plans: Record<'free' | 'premium', Plan>;
  /** Of the owner, now. */
  plan(): 'free' | 'premium';
  isDeleted(): boolean;
  /** Rounds of the storage of which it was said that the results are back. */
  notified(): ReadonlySet<number>;
}

/** What must hold of a job of a person whose plan changes, in words and as a look at the stores. Each throws where it does not. */
export function archiveRules(world: RuledWorld) {
  const { ref, images, plans, jobs, objects, clock } = world;
  let before: { job: Job; storage: JobStorage } | undefined;
  /** Has the plan kept results since before the job was marked, with a zip that was not frozen? Undefined: it is not marked. */
  let keptSinceMark: boolean | undefined;
  /** Of the job as it was last seen archived. */
  let keptUntil = Number.POSITIVE_INFINITY;
  /** When the plan became one that does not archive. */
  let premiumSince: number | undefined = world.plan() === 'premium' ? clock.now() : undefined;
  /** Has anything happened for which archived results may come back? */
  let isWanted = world.plan() === 'premium';
  /** The owner asked for what was not here, and it was not here since. */
  let isAwaited = false;
  /** In this generation of the job. */
  let restored: { generation: number; round: number; at: number } | undefined;
  const everRestored = new Set<number>();

  const must = (holds: boolean, what: string, facts: object = {}) => {
    if (!holds) throw new Error(`${what}: ${JSON.stringify({ ...before, plan: world.plan(), ...facts })}`);
  };
  const isThere = async (path: string, kind: 'labels.tif' | 'preview.png') =>
    (await objects.head(resultRef(ref, path, kind))) !== undefined;

  /** Who pays before the mark is set, and goes on to, has nothing archived; and nothing goes before its time. */
  async function checkMark(job: Job, storage: JobStorage): Promise<void> {
    const keeps = world.plan() === 'premium';
    must(
      !(storage.state === 'archived' && keptSinceMark === true && keeps),
      'archived, and the plan had changed before',
    );
    if (storage.state !== 'archiving') {
      keptSinceMark = undefined;
      return;
    }
    if (keptSinceMark !== undefined && before?.storage.round === storage.round) {
      keptSinceMark &&= keeps;
      return;
    }
    keptSinceMark = keeps && (await objects.head(downloadRef(job)))?.cold === undefined;
    const wasBack = restored?.generation === job.generation ? restored.at + dayMs : 0;
    const earliest = Math.max(job.changedAt + plans.free.archiveAfterSeconds! * 1000, wasBack);
    must(storage.since >= earliest, 'on its way to the archive before its time', { earliest });
  }

  /** What is archived is kept for the days of the plan, or with its job where the plan had changed by then. */
  function checkTime({ state, since, keptUntil: until }: JobStorage): void {
    if (state === 'deleted') {
      must(clock.now() >= keptUntil, 'deleted before its time in the archive was over', { keptUntil });
      must(
        before?.storage.state === 'deleted' || (premiumSince ?? keptUntil) >= keptUntil,
        'deleted, and the plan keeps it',
      );
      return;
    }
    keptUntil = until ?? Number.POSITIVE_INFINITY;
    if (state !== 'archived' || until === undefined) return;
    must(until === since + plans.free.archiveDays! * dayMs, 'archived, and not for the days of its plan');
  }

  function checkReturn(job: Job, { state, round, since }: JobStorage): void {
    must(state !== 'restoring' || isWanted, 'on its way back, and nobody wants it');
    const { state: earlier } = before?.storage ?? {};
    if (state !== 'live') return;
    isAwaited = false;
    if (earlier !== 'restoring' && earlier !== 'thawing') return;
    restored = { generation: job.generation, round, at: since };
    everRestored.add(round);
  }

  /** What must hold after every step. */
  async function check(): Promise<void> {
    const job = await jobs.get(ref);
    if (job === undefined || world.isDeleted()) return;
    const storage = storageOf(job);
    await checkMark(job, storage);
    checkTime(storage);
    checkReturn(job, storage);
    before = { job, storage };
    for (const path of images) {
      if ((await jobs.file(ref, path))?.state !== 'done') continue;
      must(await isThere(path, 'preview.png'), 'a preview is not here');
      must(!isLive(job) || (await isThere(path, 'labels.tif')), 'live, and a result is not here');
    }
    if (storage.state === 'deleted' || job.state !== 'completed') return;
    const zip = await objects.head(downloadRef(job));
    must(zip !== undefined, 'a result is nowhere');
    must(!isLive(job) || typeof zip?.cold !== 'string', 'live without a zip to read');
  }

  /** What must hold when all messages were delivered and nobody died: without waiting for sweep's look a day later. */
  async function checkPrompt(): Promise<void> {
    await check();
    if (before === undefined || world.isDeleted() || before.job.state !== 'completed') return;
    const { state, dueAt } = before.storage;
    must(!isAwaited || state === 'deleted', 'asked for, and not back');
    if (world.plan() !== 'premium' || state === 'deleted') return;
    must(state === 'live' && dueAt === undefined, 'the plan keeps results, and they are not back');
  }

  /** What must hold in the end. */
  async function checkEnd(): Promise<void> {
    await check();
    const job = await jobs.get(ref);
    const keys: string[] = [];
    for (const bucket of jobBuckets)
      keys.push(...(await objects.list(bucket, jobPrefix(ref))).objects.map(({ key }) => key));
    if (world.isDeleted()) return must(job === undefined && keys.length === 0, 'deleted, and not gone', { keys });
    const { state, dueAt } = storageOf(job!);
    must(state === 'live' || state === 'archived' || state === 'deleted', 'on its way for ever');
    must(state !== 'archived' || world.plan() === 'free', 'archived, and the plan does not archive');
    must(state === 'live' || !keys.some((key) => key.endsWith('/labels.tif')), 'archived, and here as well', { keys });
    const zip = job!.state === 'completed' ? await objects.head(downloadRef(job!)) : undefined;
    must(state !== 'deleted' || zip === undefined, 'deleted, and still in the archive');
    must(state !== 'archived' || zip?.cold !== undefined, 'archived, and not in the archive');
    must(state !== 'live' || zip?.cold === undefined, 'live, and in the archive as well');
    must(dueAt === undefined || dueAt > clock.now() - dayMs, 'due, and never archived');
    const untold = [...everRestored].filter((round) => !world.notified().has(round));
    must(untold.length === 0, 'back from the archive, and its owner was not told', { untold });
  }

  return {
    check,
    checkPrompt,
    checkEnd,
    /** The owner asks for what is archived, in a message that was sent. */
    asked() {
      isWanted = true;
      isAwaited = before !== undefined && !isLive(before.job);
    },
    planChanged() {
      const keeps = world.plan() === 'premium';
      isWanted ||= keeps;
      premiumSince = keeps ? (premiumSince ?? clock.now()) : undefined;
    },
  };
}
