import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Express } from 'express';
import type { LocalDatabase } from '../../adapters/local/database.ts';
import { diskQuota } from '../../adapters/local/disk-quota.ts';
import { localFigures } from '../../adapters/local/figures.ts';
import { localIdempotencyStore } from '../../adapters/local/idempotency-store.ts';
import type { IssuerOptions } from '../../adapters/local/issuer/open-issuer.ts';
import { localJobStore } from '../../adapters/local/job-store.ts';
import { openLocalDatabase } from '../../adapters/local/local-database.ts';
import { localModels } from '../../adapters/local/models.ts';
import { objectServer } from '../../adapters/local/object-server.ts';
import { openLocalObjectStore } from '../../adapters/local/object-store.ts';
import { localQueue } from '../../adapters/local/queue.ts';
import { openSecret } from '../../adapters/local/secret.ts';
import { localShareStore } from '../../adapters/local/share-store.ts';
import { localSignedAccess } from '../../adapters/local/signed-access.ts';
import { localUsage } from '../../adapters/local/usage.ts';
import { createApi } from '../../api/app.ts';
import { api as apiFunction } from '../../api/descriptor.ts';
import type { Answered } from '../../api/services.ts';
import type { Gallery } from '../../core/features.ts';
import type { PictureSetup } from '../../core/pictures/picture-setup.ts';
import { accountMembers } from '../../identity/account-members.ts';
import { activePeople } from '../../identity/active-people.ts';
import { steadyClock, systemClock } from '../../ports/clock.ts';
import type { Ports } from '../../ports/ports.ts';
import { attempts } from '../../stages/stages.ts';
import type { Trouble } from '../consume.ts';
import { notifyInputs } from '../notify-inputs.ts';
import { readingThreads } from '../reading/reading-threads.ts';
import { restrict } from '../restrict.ts';
import { runStages } from '../run-stages.ts';
import { type ArchiveSetup, archiveTo, onPlanGiven, planChanges, servicePlans } from './archive-setup.ts';
import { isWanted } from './is-wanted.ts';
import { localNotices, type NoticeSetup } from './notices.ts';
import { openIdentity } from './open-identity.ts';
import { servePage } from './page.ts';
import { localPeople, openPeople } from './people.ts';
import { resumeJobs } from './resume.ts';
import { retain } from './retention.ts';
import { objectsPath, serviceApp } from './service-app.ts';
import { openServiceModels } from './service-models.ts';
import { serviceStages } from './service-stages.ts';
import { openTeaching, type TeachingSetup } from './teaching.ts';

export interface ServiceOptions {
  /** Held by the caller for this process alone (adapters/local/folder-lock). */
  dataFolder: string;
  /** What browsers use, without path: `http://127.0.0.1:8080`. */
  origin: string;
  /** Folder of the page; undefined where it is not built. */
  page: string | undefined;
  /** Paths of model packages; the first is the default. */
  models: readonly string[];
  /** Administrators may add models whose image this machine runs. Default: no. */
  containers?: boolean;
  /** False: one person, who comes by a link. */
  users: boolean;
  signUp?: NonNullable<IssuerOptions['signUp']>;
  signInWith?: NonNullable<IssuerOptions['signInWith']>;
  /** Default: owners are not notified, and links for accounts are handed over by administrators. */
  noticeSetup?: NoticeSetup;
  /** Owners may make links to their results that need no sign-in. */
  publicLinks?: boolean;
  /** Pictures of people, with what those agreed to; absent: there are none. */
  people?: PictureSetup;
  /** Owners may publish results as cards. Default: off. */
  gallery?: Gallery;
  /** Jobs are removed so long after they ended; absent: never. */
  keepDays?: number;
  /** Models are taught with accepted labels. Default: not. */
  teaching?: TeachingSetup;
  /** Results go to a folder on another disk, as plans say. */
  archive?: ArchiveSetup;
  /** As in adapters/local/disk-quota, in bytes. */
  diskBudget?: number;
  keepFree: number;
  workers: number;
  /** Bytes that planes in flight may use together. */
  memoryLimit: number;
  /** labdeploy's own. */
  version: string;
  log?(line: Answered): void;
  onTrouble(trouble: Trouble): void;
}

export interface Service extends AsyncDisposable {
  app: Express;
  /** One person: a link to open a browser with, and one to print. With accounts: the first administrator's, while there is none. */
  links: { once?: string; standing?: string; firstAdmin?: string };
  /** Rejects when the stages cannot go on. */
  ended: Promise<void>;
}

const tidyEveryMs = 60 * 60 * 1000;

const galleryPorts = ({ gallery = 'off' }: ServiceOptions, database: LocalDatabase): Pick<Ports, 'figures'> =>
  gallery === 'off' ? {} : { figures: localFigures(database) };

/** The whole service of one machine: page, API, sign-in, objects, and the stages at work. */
export async function openService(options: ServiceOptions): Promise<Service> {
  const { dataFolder, origin, users, version, workers, archive, onTrouble, noticeSetup = {} } = options;
  const { mail } = noticeSetup;
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await using opened = new AsyncDisposableStack();
  const clock = steadyClock(); // of work; what browsers and issuers compare has the machine's
  const reading = opened.use(readingThreads());
  const packed = await openServiceModels(dataFolder, options.models, {
    workers,
    open: reading.openModel,
    containers: options.containers === true,
  });
  const offered = opened.use(packed.offered);
  const database = opened.use(openLocalDatabase(join(dataFolder, 'jobs.sqlite'), { durable: true }));
  const queue = localQueue(database, clock, attempts);
  const jobs = localJobStore(database, clock);
  const models = localModels(database, clock);
  const storeFolder = join(dataFolder, 'store');
  const stored = opened.use(await openLocalObjectStore({ root: storeFolder, durable: true, ...archiveTo(archive) }));
  const storageQuota = diskQuota({
    folder: dataFolder,
    store: stored,
    keepFree: options.keepFree,
    clock,
    ...(options.diskBudget !== undefined && { budget: options.diskBudget }),
  });
  const kept = storageQuota.aboveFloor(stored);
  const objects = notifyInputs(storageQuota.withinBudget(kept), queue);
  const secret = await openSecret(dataFolder, 'signing-secret');
  const plans = servicePlans({ users, archive });
  const broken = (error: unknown) => onTrouble({ stage: 'service', attempt: 1, last: false, error });
  const { issuer, identity } = await openIdentity({
    url: origin,
    dataFolder,
    users,
    plans: Object.keys(plans),
    ...onPlanGiven(archive, { queue, database }),
    onError: broken,
    ...(options.signUp !== undefined && { signUp: options.signUp }),
    ...(options.signInWith !== undefined && { signInWith: options.signInWith }),
    ...(mail !== undefined && { mail: (message) => mail.sender.send(message) }),
  });
  opened.use(issuer);
  const { issuer: iss, scopes, clientId, cliClientId } = issuer.config;
  const newId = () => randomUUID();
  const people = localPeople(options.people, { database, clock });
  const ports = {
    ...{ objects: kept, jobs, queue, models, clock, ...people },
    ...galleryPorts(options, database),
    ...(archive !== undefined && {
      archiving: true as const,
      members: users ? accountMembers(issuer.accounts, plans) : { planOf: async () => plans.standard },
    }),
  };
  const signed = localSignedAccess({ objects, secret, base: origin + objectsPath, clock: systemClock });
  const pictures = opened.use(openPeople(options.people, { signed, threads: workers }));
  const teaching = opened.use(
    openTeaching(options.teaching, { dataFolder, database, objects, jobs, models, reading, clock, newId, onTrouble }),
  );
  const shared = options.publicLinks === true ? { secret, origin } : undefined;
  const api = createApi({
    ports: restrict(apiFunction, { ...ports, objects }),
    signed,
    storageQuota,
    usage: localUsage(database),
    ...(users && { sharing: { shares: localShareStore(database), people: activePeople(issuer.accounts) } }),
    ...(users && { accounts: issuer.accounts }),
    ...planChanges(archive, { users, accounts: issuer.accounts, database }),
    answers: localIdempotencyStore(database, systemClock),
    identity,
    plans,
    shipped: offered.views,
    config: {
      version,
      signIn: users ? 'accounts' : 'link',
      signUp: users ? (options.signUp?.kind ?? 'invite') : 'closed',
      issuer: iss,
      clientId,
      cliClientId,
      scopes: [...scopes],
      ...(options.keepDays !== undefined && { retentionDays: options.keepDays }),
    },
    origins: [origin],
    ...(shared !== undefined && { links: shared }),
    ...pictures.api,
    ...teaching.api,
    newId,
    ...(options.log !== undefined && { log: options.log }),
  });
  const serveObject = objectServer({
    objects,
    secret,
    clock: systemClock,
    origins: [origin],
    newId,
    isWanted: isWanted({ jobs, models, ...people }),
    onTrouble: ({ error }) => broken(error),
  });

  const app = serviceApp(
    origin,
    { objects: serveObject, issuer: issuer.app, api, page: servePage(options.page) },
    ports,
  );

  await resumeJobs({ ...ports, queue });
  const tidy = () => retain({ jobs, models, objects: stored, signed }, clock.now(), options.keepDays).catch(broken);
  await tidy();
  const tidying = setInterval(tidy, tidyEveryMs);
  opened.defer(() => clearInterval(tidying));
  const stopping = new AbortController();
  const notices = localNotices(noticeSetup, {
    accounts: users ? issuer.accounts : undefined,
    page: origin,
    links: shared,
    clock: systemClock,
  });
  const ended = runStages(
    serviceStages({
      ...{ dataFolder, storeFolder, stored, offered, packages: packed.packages, reading, storageQuota },
      ...{ workers, version, onTrouble, memoryLimit: options.memoryLimit },
      ...pictures.stages,
      ports: { ...ports, queue, ...(notices !== undefined && { notices }) },
      features: [...pictures.features, ...(archive === undefined ? [] : (['archiving'] as const))],
    }),
    { signal: stopping.signal },
  );
  const firstAdmin = users ? (await issuer.accounts.firstAdminLink())?.url : undefined;
  const links = users
    ? { ...(firstAdmin !== undefined && { firstAdmin }) }
    : { once: issuer.oneTimeLink(), standing: issuer.standingLink() };
  const parts = opened.move();
  return {
    links,
    ended,
    app,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await ended;
      await parts[Symbol.asyncDispose]();
    },
  };
}
