import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import type { Job } from '../core/job.ts';
import { downloadRef, type JobRef, jobPrefix } from '../core/object-keys.ts';
import { reopen } from '../core/transitions.ts';
import { retryAndAdvance } from '../jobs/advance.ts';
import { forgetJob } from '../jobs/forget.ts';
import { assertLive } from './archived.ts';
import { createJob } from './create-job.ts';
import type { keyedLock } from './keyed-lock.ts';
import { within } from './quota.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { submitFiles, submitZip } from './submit-job.ts';
import { jobView } from './views.ts';

type JobHandlers = Pick<
  Handlers,
  'createJob' | 'listJobs' | 'showJob' | 'describeJob' | 'deleteJob' | 'submitJob' | 'retryJob' | 'cancelJob'
>;

export function jobHandlers(services: ApiServices, lock: ReturnType<typeof keyedLock>): JobHandlers {
  const { ports, signed } = services;
  const { jobs, objects } = ports;

  const current = async (ref: JobRef): Promise<Job> => {
    const job = await jobs.get(ref);
    if (job === undefined) throw new Problem('jobMissing', { id: ref.id });
    return job;
  };

  return {
    createJob: (asked) => lock(`owner ${asked.who.owner}`, () => createJob(asked, services)),

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
        if (job.settings.archiveBytes === undefined) await submitFiles(job, body.missing ?? 'refuse', ports);
        else await submitZip(job, ports);
        return jobView(await current(job));
      }),

    retryJob: ({ who, job }) =>
      lock(`job ${jobPrefix(job)}`, async () => {
        assertLive(job);
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
}
