import { apiLimits } from '../contract/limits.ts';
import { Problem } from '../contract/problems.ts';
import { type ShareView, shareParams } from '../contract/shares.ts';
import type { Job } from '../core/job.ts';
import type { Page } from '../ports/job-store.ts';
import type { Share } from '../ports/share-store.ts';
import { checked, type Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { jobView } from './views.ts';

/** A job of another owner, and the share by which it is seen. */
export interface SharedJob {
  job: Job;
  share: Share;
}

/** The job of a share, while it is there and its owner may sign in: whoever is removed shares nothing any more. */
async function jobOf(share: Share, { ports: { jobs }, sharing }: ApiServices): Promise<Job | undefined> {
  const owner = await sharing?.people.find(share.job.owner);
  return owner && jobs.get(share.job);
}

/** What a member sees under this id; undefined where nothing of that id is shared with it. */
export async function sharedJob(member: string, id: string, services: ApiServices): Promise<SharedJob | undefined> {
  const share = await services.sharing?.shares.find(member, id);
  const job = share && (await jobOf(share, services));
  return share && job && { job, share };
}

const shareView = ({ member, memberEmail, sharedAt }: Share, { id, name }: Job): ShareView => ({
  job: { id, name },
  member: { id: member, email: memberEmail },
  sharedAt: new Date(sharedAt).toISOString(),
});

type ShareHandlers = Pick<Handlers, 'shareJob' | 'unshareJob' | 'listJobShares' | 'listShares' | 'listShared'>;

export function shareHandlers(services: ApiServices): ShareHandlers {
  const { clock, jobs } = services.ports;
  const enabled = () => {
    if (services.sharing === undefined) throw new Problem('sharingOff', {});
    return services.sharing;
  };

  return {
    async shareJob({ who, job, body: { email } }) {
      const { people, shares } = enabled();
      const member = await people.find(email);
      if (member === undefined) throw new Problem('personMissing', { email });
      if (member.id === job.owner) throw new Problem('shareRefused', { why: 'the job is yours' });
      const others = (await shares.ofJob(job)).filter((each) => each.member !== member.id);
      if (others.length >= apiLimits.sharesPerJob)
        throw new Problem('shareRefused', { why: `${others.length} people see the job already` });
      const owner = await people.find(job.owner);
      const share = await shares.add({
        job: { owner: job.owner, id: job.id },
        member: member.id,
        memberEmail: member.email,
        ownerEmail: owner?.email ?? who.caller.email ?? job.owner,
        sharedAt: clock.now(),
      });
      return shareView(share, job);
    },

    async unshareJob({ job, params }) {
      const { member } = checked(shareParams, params, 'path');
      await enabled().shares.remove(job, member);
      return undefined;
    },

    async listJobShares({ job }) {
      const found = await enabled().shares.ofJob(job);
      return { items: found.map((share) => shareView(share, job)) };
    },

    listShares: async ({ who, query }) =>
      listOf(await enabled().shares.byOwner(who.owner, pageOf(query)), (share) => jobs.get(share.job), shareView),

    listShared: async ({ who, query }) =>
      listOf(
        await enabled().shares.withMember(who.owner, pageOf(query)),
        (share) => jobOf(share, services),
        (share, job) => jobView(job, share),
      ),
  };
}

const pageOf = ({
  cursor,
  limit = apiLimits.jobsPage,
}: {
  cursor?: string | undefined;
  limit?: number | undefined;
}) => ({
  limit,
  ...(cursor !== undefined && { cursor }),
});

/** The page without shares whose job is gone. */
async function listOf<T>(
  { items, ...rest }: Page<Share>,
  find: (share: Share) => Promise<Job | undefined>,
  view: (share: Share, job: Job) => T,
): Promise<Page<T>> {
  const jobs = await Promise.all(items.map(find)); // a page has a hundred at most
  return { items: items.flatMap((share, i) => (jobs[i] === undefined ? [] : [view(share, jobs[i])])), ...rest };
}
