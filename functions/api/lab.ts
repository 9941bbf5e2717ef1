import type { LabArchive, LabView } from '../contract/lab.ts';
import { apiLimits } from '../contract/limits.ts';
import type { Job } from '../core/job.ts';
import { dayOf, planOf } from '../core/plans.ts';
import { dayMs } from '../core/time.ts';
import type { Account } from '../ports/identity.ts';
import type { Counters } from '../ports/usage.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';

const nothing: Counters = { jobs: 0, files: 0, bytes: 0 };

/** Later than sweep looks at anything. */
const farAheadMs = 100 * 365 * dayMs;

/** Nothing of a job whose results are here, or deleted. */
function archivedView({ owner, id, name, storage }: Job): LabArchive['items'] {
  if (storage === undefined || storage.state === 'live' || storage.state === 'deleted') return [];
  const { state, since, bytes = 0, keptUntil } = storage;
  const kept = keptUntil !== undefined && { keptUntil: iso(keptUntil) };
  return [{ owner, id, name, state, since: iso(since), bytes, ...kept }];
}

const iso = (time: number): string => new Date(time).toISOString();

/** What administrators see of the lab: people, what they use, and the names of their jobs. */
export function labHandlers({
  ports: { clock, jobs },
  accounts,
  plans,
  archivePrices,
  storageQuota,
  usage,
}: ApiServices): Pick<Handlers, 'showLab' | 'listLabJobs' | 'listArchive'> {
  const personView = (account: Account, used: Counters | undefined): LabView['people'][number] => ({
    id: account.id,
    email: account.email,
    ...(account.name !== undefined && { name: account.name }),
    state: account.state,
    admin: account.admin,
    plan: planOf(plans, account.plan).name,
    createdAt: iso(account.createdAt),
    ...(account.lastSignInAt !== undefined && { lastSignInAt: iso(account.lastSignInAt) }),
    usage: used ?? nothing,
  });

  return {
    async showLab() {
      const today = dayOf(clock.now());
      const month = today.slice(0, 7);
      const [list, used, storage] = await Promise.all([
        accounts?.list() ?? [],
        usage.total(`${month}-01`, today),
        storageQuota?.use(),
      ]);
      const known = new Set(list.map(({ id }) => id));
      const gone = [...used].filter(([owner]) => !known.has(owner));
      return {
        month,
        people: [
          ...list.map((account) => personView(account, used.get(account.id))),
          ...gone.map(([id, counters]) => ({
            ...{ id, state: 'removed' as const, admin: false, plan: planOf(plans, undefined).name },
            usage: counters,
          })),
        ],
        ...(storage !== undefined && { storage }),
      };
    },

    async listLabJobs({ query: { owner, cursor, limit = apiLimits.jobsPage } }) {
      const { items, ...rest } = await jobs.list(owner, { limit, ...(cursor !== undefined && { cursor }) });
      return {
        items: items.map(({ id, name, state, expected, bytes, settings, createdAt }) => ({
          ...{ id, name, state, files: expected, createdAt: iso(createdAt) },
          bytes: expected === 0 ? (settings.archiveBytes ?? 0) : bytes,
        })),
        ...rest,
      };
    },

    async listArchive({ query: { cursor, limit = apiLimits.archivePage } }) {
      // Whatever is archived is looked at some day: by sweep, and here all of it.
      const { items, ...rest } = await jobs.storageWaiting(clock.now() + farAheadMs, {
        limit,
        ...(cursor !== undefined && { cursor }),
      });
      return {
        items: items.flatMap(archivedView),
        ...(archivePrices !== undefined && { prices: archivePrices }),
        ...rest,
      };
    },
  };
}
