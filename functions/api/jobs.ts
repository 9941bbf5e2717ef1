import { forEachLimit } from '../async/for-each-limit.ts';
import type { NewJobBody } from '../contract/jobs.ts';
import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import type { ModelView } from '../contract/service.ts';
import { Failure } from '../core/errors.ts';
import type { Job, JobSettings } from '../core/job.ts';
import { choicesOf } from '../core/job-choices.ts';
import { archivePath, downloadRef, inputRef, type JobRef, jobPrefix } from '../core/object-keys.ts';
import { normalisePath } from '../core/paths.ts';
import { areRules } from '../core/positive.ts';
import { reopen } from '../core/transitions.ts';
import { finishAndAdvance, retryAndAdvance, sealAndAdvance, submitArchive } from '../jobs/advance.ts';
import { forgetJob } from '../jobs/forget.ts';
import { allItems, allObjects } from '../object-streams/all-pages.ts';
import { archiveRef } from './archive.ts';
import { begun, imagesOf, reserveCopies } from './images-of-job.ts';
import type { keyedLock } from './keyed-lock.ts';
import { offeredModels } from './models.ts';
import { spend, within } from './quota.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { jobView } from './views.ts';

type JobHandlers = Pick<
  Handlers,
  | 'createJob'
  | 'listJobs'
  | 'showJob'
  | 'describeJob'
  | 'deleteJob'
  | 'submitJob'
  | 'retryJob'
  | 'cancelJob'
  | 'listFiles'
>;

const neverCame = new Failure('uploadMissing', {});
const failedUpload = { state: 'failed', failure: { code: neverCame.code, message: neverCame.message } } as const;

export function jobHandlers(services: ApiServices, lock: ReturnType<typeof keyedLock>): Omit<JobHandlers, 'listFiles'> {
  const { ports, signed, newId } = services;
  const { jobs, objects } = ports;

  const current = async (ref: JobRef): Promise<Job> => {
    const job = await jobs.get(ref);
    if (job === undefined) throw new Problem('jobMissing', { id: ref.id });
    return job;
  };

  return {
    createJob: ({ who, body, repeatable }) =>
      lock(`owner ${who.owner}`, async () => {
        // A repeat whose first answer was lost finds its job by this id.
        const ref = { owner: who.owner, id: repeatable?.slice(0, 32) ?? newId() };
        const known = await jobs.get(ref);
        if (known !== undefined) return jobView(await begun(known, ports));
        const model = chosenModel(await offeredModels(services), body.model);
        refuseTwice(body);
        const archiveBytes = body.source === 'zip' ? body.archiveBytes : undefined;
        const copied =
          body.source === 'job' ? await imagesOf({ owner: who.owner, id: body.from }, body.path, ports) : [];
        within('jobsAtOnce', who.plan, { used: await jobs.running(who.owner), more: 1 }, 'jobs that have not ended');
        within('bytesPerArchive', who.plan, { used: 0, more: archiveBytes ?? 0 }, 'bytes of the zip');
        await reserveCopies(ref, copied, services);
        const files = archiveBytes === undefined ? copied.length : 1;
        const bytes = copied.reduce((sum, each) => sum + each.bytes, archiveBytes ?? 0);
        await spend(who, { jobs: 1, files, bytes }, services);
        const { job } = await jobs.create({
          ...ref,
          name: body.name.normalize('NFC'),
          settings: settingsOf(body, model),
        });
        return jobView(await begun(job, ports));
      }),

    async listJobs({ who, query: { search, cursor, limit = apiLimits.jobsPage } }) {
      const page = await jobs.list(who.owner, {
        limit,
        ...(search !== undefined && { search }),
        ...(cursor !== undefined && { cursor }),
      });
      return { ...page, items: page.items.map((job) => jobView(job)) };
    },

    showJob: async ({ job, share }) => jobView(job, share),

    async describeJob({ job, body: { name, note } }) {
      const described = await jobs.describe(job, {
        ...(name !== undefined && { name: name.normalize('NFC') }),
        ...(note !== undefined && { note: note.normalize('NFC').trim() }),
      });
      return jobView(described ?? (await current(job)));
    },

    deleteJob: ({ job }) =>
      lock(`job ${jobPrefix(job)}`, async () => {
        await forgetJob(job, { ...ports, signed });
        return undefined;
      }),

    submitJob: ({ job: { owner, id }, body }) =>
      lock(`job ${jobPrefix({ owner, id })}`, async () => {
        const job = await current({ owner, id });
        if (job.state === 'cancelled' || job.state === 'expired') throw new Problem('jobEnded', { state: job.state });
        if (job.state !== 'uploading') return jobView(job);
        if (job.settings.archiveBytes === undefined) await submitFiles(job, body.missing ?? 'refuse');
        else await submitZip(job);
        return jobView(await current(job));
      }),

    retryJob: ({ who, job }) =>
      lock(`job ${jobPrefix(job)}`, async () => {
        if (reopen(job, 0) !== undefined) {
          within('jobsAtOnce', who.plan, { used: await jobs.running(who.owner), more: 1 }, 'jobs that have not ended');
        }
        const retried = await retryAndAdvance(job, ports);
        if (retried === undefined) throw new Problem('nothingToRetry', { state: job.state });
        await objects.remove(downloadRef({ ...retried, generation: retried.generation - 1 })); // it is not given out any more
        return jobView(await current(job));
      }),

    async cancelJob({ job }) {
      const cancelled = (await jobs.cancel(job)) ?? (await current(job));
      if (cancelled.state !== 'cancelled') throw new Problem('jobEnded', { state: cancelled.state });
      return jobView(cancelled);
    },
  };

  async function submitZip(job: Job): Promise<void> {
    if ((await objects.head(archiveRef(job))) === undefined) throw notArrived([archivePath], 1);
    await submitArchive(job, archivePath, ports);
  }

  async function submitFiles(job: Job, missing: 'refuse' | 'fail'): Promise<void> {
    if (job.expected === 0) throw new Problem('jobEmpty', {});
    if (!job.sealed) await settleMissing(job, missing);
    await sealAndAdvance(job, ports);
  }

  /** Files that were named and are not in the store end as failed, or the submit is refused and lists them. */
  async function settleMissing(job: Job, missing: 'refuse' | 'fail'): Promise<void> {
    const paths: string[] = [];
    for await (const path of missingInputs(job)) paths.push(path);
    if (paths.length === 0) return;
    if (missing === 'refuse') throw notArrived(paths.slice(0, apiLimits.missingShown), paths.length);
    await forEachLimit(paths, 8, async (path) => void (await finishAndAdvance(job, path, failedUpload, ports)));
  }

  /** Both lists are in order of UTF-8 bytes, so one look at each is enough, a page at a time. */
  async function* missingInputs(job: Job): AsyncGenerator<string> {
    const there = allObjects(objects, 'inputs', jobPrefix(job));
    let object = await there.next();
    for await (const { path } of allItems((page) => jobs.files(job, { ...page, state: 'pending' }))) {
      const key = Buffer.from(inputRef(job, path).key);
      while (!object.done && Buffer.compare(Buffer.from(object.value.key), key) < 0) object = await there.next();
      if (object.done || !Buffer.from(object.value.key).equals(key)) yield path;
    }
  }
}

const notArrived = (missing: string[], count: number): Problem =>
  new Problem('uploadsMissing', { missing: count }, { extra: { missing, missingCount: count } });

/** Throws the problems `positiveTwice` and `scaleTwice`: a JSON schema cannot say what goes together. */
function refuseTwice({ positive, scale, diameter }: NewJobBody): void {
  if (positive !== undefined && !areRules(positive)) throw new Problem('positiveTwice', {});
  if (scale !== undefined && diameter !== undefined) throw new Problem('scaleTwice', {});
}

/** The first is the default. Throws the problem `modelMissing`. */
function chosenModel(offered: readonly ModelView[], wanted: string | undefined): ModelView {
  const model = wanted === undefined ? offered[0] : offered.find(({ name }) => name === wanted);
  if (model === undefined) throw new Problem('modelMissing', { name: wanted ?? 'at all' });
  return model;
}

const settingsOf = (body: NewJobBody, { name, sha256, package: pinned, revision }: ModelView): JobSettings => ({
  model: {
    name,
    sha256,
    ...(pinned !== undefined && { package: pinned }),
    ...(revision !== undefined && { revision }),
  },
  ...choicesOf(body),
  ...(body.probabilities !== undefined && { probabilities: body.probabilities }),
  ...(body.trial === true && { trial: body.trial }),
  ...(body.source === 'zip' && archiveSettings(body)),
  ...(body.source === 'job' && copySettings(body)),
  ...(body.source === 'files' && body.announced !== undefined && { announced: body.announced }),
});

const copySettings = ({ from, path }: Extract<NewJobBody, { source: 'job' }>): Partial<JobSettings> => ({
  from: { job: from, ...(path !== undefined && { path: normalisePath(path).path ?? path }) },
});

const archiveSettings = ({ archiveBytes, archiveIdentity }: Extract<NewJobBody, { source: 'zip' }>) => ({
  archiveBytes,
  ...(archiveIdentity !== undefined && { archiveIdentity }),
});
