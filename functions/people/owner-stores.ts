import { forEachLimit } from '../async/for-each-limit.ts';
import type { Figure } from '../core/figure.ts';
import type { Job } from '../core/job.ts';
import { jobBuckets } from '../core/object-keys.ts';
import { dayOf } from '../core/plans.ts';
import { dayMs } from '../core/time.ts';
import { forgetJob } from '../jobs/forget.ts';
import { forgetFigure } from '../jobs/forget-figure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Figures } from '../ports/figures.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Accounts } from '../ports/identity.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Models } from '../ports/models.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { PlanRequests } from '../ports/plan-requests.ts';
import type { ShareStore } from '../ports/share-store.ts';
import type { SignedAccess } from '../ports/signed-access.ts';
import type { Usage } from '../ports/usage.ts';
import { dataSetStore, type Taught } from './data-set-store.ts';
import { iso, pageSize } from './export-page.ts';
import type { OwnerStore } from './owner-store.ts';
import { agreementStore, pictureStore } from './picture-owner-stores.ts';
import { planRequestStore } from './plan-request-store.ts';
import { shareStore } from './share-owner-store.ts';

/** Where a service keeps what belongs to people. */
export interface OwnerPorts {
  jobs: JobStore;
  objects: ObjectStore;
  signed: SignedAccess;
  usage: Usage;
  answers: IdempotencyStore;
  clock: Clock;
  /** Absent where no models are added. */
  models?: Models;
  /** Absent where there are no pictures of people. */
  pictures?: Pictures;
  /** Absent where the gallery is off. */
  figures?: Figures;
  /** Absent where no models are taught. */
  teaching?: Taught;
  /** Absent where one person has the service alone. */
  shares?: ShareStore;
  /** Absent where nobody asks for another plan. */
  planRequests?: PlanRequests;
  /** Absent where one person has the service alone. */
  accounts?: Pick<Accounts, 'list'>;
}

/** Jobs that one call removes: each may have many objects, and a call has half a minute on AWS. */
const jobsAtOnce = 10;
const [figuresAtOnce, figuresForgottenAtOnce] = [100, 8];
/** Days of usage that every adapter keeps. */
const usageDays = 62;
const readsAtOnce = 8;

/**
 * Every store that has something of a person: whoever makes another one adds it here, and the tests that look for what is
 * left of a person look into it too. Queues and the journal of running work hold only what goes by itself within days,
 * and the removed account (ports/identity) takes its sessions with it.
 */
export function ownerStores({ accounts, shares, models, figures, pictures, ...ports }: OwnerPorts): OwnerStore[] {
  const { planRequests, teaching } = ports;
  return [
    ...(accounts === undefined ? [] : [accountStore(accounts)]),
    jobStore(ports),
    objectStore(ports),
    ...(shares === undefined ? [] : [shareStore(shares)]),
    ...(figures === undefined ? [] : [figureStore(figures, ports)]),
    ...(teaching === undefined ? [] : [dataSetStore(teaching, ports)]),
    usageStore(ports),
    ...(pictures === undefined ? [] : [pictureStore(pictures, ports), agreementStore(pictures)]),
    ...(planRequests === undefined ? [] : [planRequestStore(planRequests)]),
    ...(models === undefined ? [] : [modelStore(models)]),
    {
      name: 'answers',
      async forget(person) {
        await ports.answers.forgetOwner(person);
        return { forgotten: 0, done: true };
      },
    },
  ];
}

/** The account itself is removed before (ports/identity): nobody is forgotten who may still sign in. */
const accountStore = (accounts: Pick<Accounts, 'list'>): OwnerStore => ({
  name: 'account',
  async export(person) {
    const account = (await accounts.list()).find(({ id }) => id === person);
    if (account === undefined) return { items: [] };
    const { createdAt, lastSignInAt, ...rest } = account;
    const times = { createdAt: iso(createdAt), ...(lastSignInAt !== undefined && { lastSignInAt: iso(lastSignInAt) }) };
    return { items: [{ ...rest, ...times }] };
  },
  forget: async () => ({ forgotten: 0, done: true }),
});

const jobStore = ({ jobs, objects, signed }: Pick<OwnerPorts, 'jobs' | 'objects' | 'signed'>): OwnerStore => ({
  name: 'jobs',
  async export(person, cursor) {
    const page = await jobs.list(person, { limit: pageSize, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(jobRecord) };
  },
  async forget(person) {
    const { items, cursor } = await jobs.list(person, { limit: jobsAtOnce });
    for (const job of items) await forgetJob(job, { jobs, objects, signed });
    return { forgotten: items.length, done: cursor === undefined };
  },
});

/** As it is stored, times for people; its files are listed by GET /v1/jobs/{id}/files. */
const jobRecord = ({ createdAt, changedAt, owner: _, ...job }: Job): Record<string, unknown> => ({
  ...job,
  createdAt: iso(createdAt),
  changedAt: iso(changedAt),
});

/** What is left below the person's prefix where no job is any more: uploads that came late, jobs that ended by age. */
const objectStore = ({ objects, signed }: Pick<OwnerPorts, 'objects' | 'signed'>): OwnerStore => ({
  name: 'objects',
  async forget(person) {
    let forgotten = 0;
    for (const bucket of jobBuckets) {
      await signed.abortAll(bucket, `${person}/`);
      forgotten += await objects.removeAll(bucket, `${person}/`);
    }
    return { forgotten, done: true };
  },
});

/** Cards of the gallery, with their pictures. */
const figureStore = (figures: Figures, { objects }: Pick<OwnerPorts, 'objects'>): OwnerStore => ({
  name: 'figures',
  async export(person, cursor) {
    const page = await figures.byOwner(person, { limit: pageSize, ...(cursor !== undefined && { cursor }) });
    return { ...page, items: page.items.map(figureRecord) };
  },
  async forget(person) {
    const { items, cursor } = await figures.byOwner(person, { limit: figuresAtOnce });
    await forEachLimit(items, figuresForgottenAtOnce, (figure) => forgetFigure(figure, { figures, objects }));
    return { forgotten: items.length, done: cursor === undefined };
  },
});

/** As it is stored, times for people. */
const figureRecord = ({ owner: _, publishedAt, until, ...figure }: Figure): Record<string, unknown> => ({
  ...figure,
  publishedAt: iso(publishedAt),
  ...(until !== undefined && { until: iso(until) }),
});

const usageStore = ({ usage, clock }: Pick<OwnerPorts, 'usage' | 'clock'>): OwnerStore => ({
  name: 'usage',
  async export(person) {
    const days = Array.from({ length: usageDays }, (_, back) => dayOf(clock.now() - back * dayMs));
    const used = new Map<string, Record<string, unknown>>();
    await forEachLimit(days, readsAtOnce, async (day) => {
      const counters = await usage.of(person, day);
      if (counters.jobs + counters.files + counters.bytes > 0) used.set(day, { day, ...counters });
    });
    return { items: days.map((day) => used.get(day)).filter((record) => record !== undefined) };
  },
  async forget(person) {
    await usage.forgetOwner(person, dayOf(clock.now()));
    return { forgotten: 0, done: true };
  },
});

const modelStore = (models: Models): OwnerStore => ({
  name: 'models',
  async export(person) {
    const { versions, lines } = await models.all();
    const added = versions.filter(({ by }) => by === person);
    const offered = lines.filter(({ offeredById }) => offeredById === person);
    const items: Record<string, unknown>[] = [
      ...added.map(({ id, facts, byName, addedAt }) => ({
        ...{ added: id, addedAt: iso(addedAt) },
        ...(facts !== undefined && { model: facts.name }),
        ...(byName !== undefined && { byName }),
      })),
      ...offered.map(({ name, offeredBy, offeredAt }) => ({
        ...{ offered: name, offeredBy },
        ...(offeredAt !== undefined && { offeredAt: iso(offeredAt) }),
      })),
    ];
    return { items };
  },
  async forget(person) {
    await models.forgetPerson(person);
    return { forgotten: 0, done: true };
  },
});
