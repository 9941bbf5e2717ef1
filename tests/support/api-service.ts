import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import express from 'express';
import { localDataSets } from '../../functions/adapters/local/data-sets.ts';
import { diskQuota } from '../../functions/adapters/local/disk-quota.ts';
import { localFigures } from '../../functions/adapters/local/figures.ts';
import { localIdempotencyStore } from '../../functions/adapters/local/idempotency-store.ts';
import { localJobStore } from '../../functions/adapters/local/job-store.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { localModels } from '../../functions/adapters/local/models.ts';
import { objectServer } from '../../functions/adapters/local/object-server.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { localAgreements, localBaseResources, localPictures } from '../../functions/adapters/local/pictures.ts';
import { localPlanRequests } from '../../functions/adapters/local/plan-requests.ts';
import { localQueue } from '../../functions/adapters/local/queue.ts';
import { localShareStore } from '../../functions/adapters/local/share-store.ts';
import { localSignedAccess } from '../../functions/adapters/local/signed-access.ts';
import { localUsage } from '../../functions/adapters/local/usage.ts';
import { createApi } from '../../functions/api/app.ts';
import { api } from '../../functions/api/descriptor.ts';
import type { PictureSettings } from '../../functions/api/picture-settings.ts';
import type { Answered, ApiServices } from '../../functions/api/services.ts';
import { type Operation, operations } from '../../functions/contract/operations.ts';
import { problemView } from '../../functions/contract/problem-view.ts';
import { type ProblemCode, problemStatus } from '../../functions/contract/problems.ts';
import type { ModelView } from '../../functions/contract/service.ts';
import type { ArchivePrices } from '../../functions/core/archive-cost.ts';
import { Failure } from '../../functions/core/errors.ts';
import type { Upgrades } from '../../functions/core/features.ts';
import { archivingPlans, defaultPlans, type Plan } from '../../functions/core/plans.ts';
import { httpServer } from '../../functions/http/server.ts';
import type { Teacher } from '../../functions/ports/data-sets.ts';
import type { Identity } from '../../functions/ports/identity.ts';
import type { Models } from '../../functions/ports/models.ts';
import type { ObjectStore } from '../../functions/ports/object-store.ts';
import type { Person } from '../../functions/ports/people.ts';
import type { Ports } from '../../functions/ports/ports.ts';
import { notifyInputs } from '../../functions/runtime/notify-inputs.ts';
import { restrict } from '../../functions/runtime/restrict.ts';
import type { TeacherServices } from '../../functions/teaching/teacher.ts';
import { attemptsOf } from './attempts.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { temporaryFolder } from './temporary-folder.ts';

export const pageOrigin = 'https://page.example';
export const sha256 = 'ab'.repeat(32);

export const nuclei: ModelView = {
  name: 'nuclei',
  version: '1.0.0',
  description: 'nuclei in fluorescence',
  sha256,
  inputChannels: 1,
  defaultChannel: 0,
  greyFromRgb: true,
};

/** Tokens are names; these four are refused, each for its reason. */
export const badTokens = { expired: 401, forged: 401, 'other-audience': 401, 'no-issuer': 503 } as const;

const identity = (people: readonly string[] | undefined): Identity => ({
  async verify(token) {
    if (people?.includes(token) === false) throw new Failure('tokenRefused', { detail: 'it is nobody’s' });
    if (token === 'expired') throw new Failure('tokenExpired', {});
    if (token === 'forged') throw new Failure('tokenRefused', { detail: 'its signature is not the issuer’s' });
    if (token === 'other-audience') throw new Failure('tokenRefused', { detail: 'it is for another service' });
    if (token === 'no-issuer')
      throw new Failure('issuerUnreachable', { issuer: 'https://issuer.example', detail: 'connect ETIMEDOUT' });
    const [sub = '', plan] = token.split('+');
    return {
      sub,
      email: `${sub}@lab.example`,
      groups: [],
      admin: sub === 'ada' || sub.startsWith('root'),
      ...(plan !== undefined && { plan }),
    };
  },
});

export interface Call {
  /** Who asks; null: nobody. Default: olga. */
  as?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Reply<T = Record<string, never>> {
  status: number;
  body: T;
  headers: Headers;
}

export interface ApiService {
  url: string;
  clock: ManualClock;
  ports: Ports;
  services: ApiServices;
  /** By id; `olga@lab.example` is olga's address. Whoever is taken out may not sign in any more. */
  accounts: Map<string, Person>;
  log: Answered[];
  troubles: unknown[];
  /** Sends a request and checks its answer against the contract: status, type and shape are documented. */
  call<T = Record<string, unknown>>(method: string, path: string, call?: Call): Promise<Reply<T>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a teacher is made of. */
type TeacherParts = Pick<TeacherServices, 'dataSets' | 'objects' | 'jobs' | 'clock' | 'newId'> & { models: Models };

export interface ApiServiceOptions {
  plan?: Partial<Plan>;
  models?: readonly ModelView[];
  /** Stands between object server and store. */
  wrapObjects?(objects: ObjectStore): ObjectStore;
  /** Whose names are tokens. Default: everybody's. */
  people?: readonly string[];
  /** Default: off. */
  publicLinks?: boolean;
  /** Default: no pictures of people. */
  pictures?: PictureSettings;
  /** Default: off. */
  gallery?: boolean;
  /** Makes models of data sets. Default: no models are taught. */
  teacher?(parts: TeacherParts): Teacher;
  /** Default: the service has no archive. */
  archiving?: boolean;
  /** Plans are changed by the API, and there are those that archive. Default: neither. */
  upgrades?: Upgrades;
  /** Of a payment service; with `upgrades`. Default: there is none. */
  billingSecret?: string;
  /** Default: the archive has none. */
  archivePrices?: ArchivePrices;
  transfer?: { singlePutBytes: number; partBytes: number };
  /** Of the disk budget; nothing is kept free. */
  budget?: number;
  /** As in objectServer. */
  pace?: { periodMs: number; bytes: number };
}

/** The API and the object server as one process serves them, over the adapters of this machine, on loopback. */
export async function apiService({
  plan = {},
  models = [nuclei, { ...nuclei, name: 'cells' }],
  wrapObjects = (objects) => objects,
  people,
  publicLinks = false,
  pictures,
  gallery = false,
  teacher,
  archiving = false,
  upgrades,
  billingSecret,
  archivePrices,
  transfer,
  budget,
  pace,
}: ApiServiceOptions = {}): Promise<ApiService> {
  const folder = await temporaryFolder();
  const clock = manualClock();
  const database = openLocalDatabase(':memory:');
  const store = await openLocalObjectStore({ root: join(folder.path, 'store'), clock });
  const queue = localQueue(database, clock, attemptsOf(3));
  const storageQuota =
    budget === undefined ? undefined : diskQuota({ folder: folder.path, store, budget, keepFree: 0, clock });
  const objects = wrapObjects(notifyInputs(storageQuota?.withinBudget(store) ?? store, queue));
  const ports: Ports = {
    ...{ objects, queue, clock },
    jobs: localJobStore(database, clock),
    models: localModels(database, clock),
    ...(pictures !== undefined && {
      people: {
        pictures: localPictures(database, clock),
        agreements: localAgreements(database, clock),
        bases: localBaseResources(database),
      },
    }),
    ...(gallery && { figures: localFigures(database) }),
    ...(archiving && { archiving }),
  };

  const accounts = new Map(
    ['olga', 'omar', 'pia', 'ute'].map((id) => [id, { id, email: `${id}@lab.example` }] as const),
  );
  const planGiven = new Map<string, string | undefined>([['olga', 'large']]);
  const log: Answered[] = [];
  const troubles: unknown[] = [];
  const app = express();
  const server = httpServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secret = Buffer.alloc(32, 7);
  let ids = 0;
  const newId = () => `id-${String(++ids).padStart(8, '0')}`;
  const teachingOf = (open: NonNullable<ApiServiceOptions['teacher']>): NonNullable<ApiServices['teaching']> => {
    const dataSets = localDataSets(database);
    return { dataSets, teacher: open({ dataSets, objects, jobs: ports.jobs, models: ports.models!, clock, newId }) };
  };
  const services: ApiServices = {
    ports: restrict(api, ports),
    signed: localSignedAccess({ objects, secret, base: `${url}/objects`, clock }),
    ...(storageQuota !== undefined && { storageQuota }),
    usage: localUsage(database),
    accounts: {
      list: async () =>
        [...accounts.values()].map((person) => ({
          ...person,
          state: 'active' as const,
          admin: false,
          ...(planGiven.has(person.id) && { plan: planGiven.get(person.id)! }),
          createdAt: Date.parse('2026-01-01'),
        })),
    },
    ...(archivePrices !== undefined && { archivePrices }),
    ...(upgrades !== undefined && {
      planChanges: {
        ...{ accounts: accountsOf(accounts, planGiven), requests: localPlanRequests(database), upgrades },
        ...(billingSecret !== undefined && { billing: { secret: async () => billingSecret, clock } }),
      },
    }),
    sharing: {
      shares: localShareStore(database),
      people: { find: async (account) => accounts.get(account.replace(/@lab\.example$/, '')) },
    },
    answers: localIdempotencyStore(database, clock),
    identity: identity(people),
    plans: {
      ...(upgrades === undefined ? defaultPlans : archivingPlans),
      standard: { ...defaultPlans.standard, ...plan },
    },
    shipped: models,
    config: {
      version: '1.2.3',
      signIn: 'accounts',
      signUp: 'invite',
      issuer: 'https://issuer.example',
      clientId: 'page',
      scopes: ['openid', 'labdeploy'],
    },
    ...(transfer && { transfer }),
    origins: [pageOrigin],
    ...(pictures !== undefined && { pictures }),
    ...(teacher !== undefined && { teaching: teachingOf(teacher) }),
    ...(publicLinks && { links: { secret, origin: url } }),
    newId,
    log: (line) => log.push(line),
  };
  const onTrouble = (trouble: { error: unknown }) => troubles.push(trouble.error);
  app.use(
    '/objects',
    objectServer({ objects, secret, clock, origins: [pageOrigin], newId, onTrouble, ...(pace && { pace }) }),
  );
  app.use(createApi(services));

  return {
    url,
    clock,
    ports,
    services,
    accounts,
    log,
    troubles,
    async call<T>(method: string, path: string, { as = 'olga', body, headers = {} }: Call = {}) {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(as !== null && { Authorization: `Bearer ${as}` }),
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'manual',
      });
      const text = await response.text();
      const answer = text === '' ? undefined : JSON.parse(text);
      checkAgainstContract(method, path.split('?')[0]!, response, answer);
      return { status: response.status, body: answer as T, headers: response.headers };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await store[Symbol.asyncDispose]();
      database[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Named by id or address; of each the plan that was given last. */
function accountsOf(people: ReadonlyMap<string, Person>, planGiven: Map<string, string | undefined>) {
  const find = async (account: string) => {
    const person = [...people.values()].find(({ id, email }) => id === account || email === account);
    if (person === undefined) throw new Failure('accountMissing', { account });
    const plan = planGiven.get(person.id);
    const created = { state: 'active' as const, admin: false, createdAt: Date.parse('2026-01-01') };
    return { ...person, ...created, ...(plan !== undefined && { plan }) };
  };
  return {
    find,
    async setPlan(account: string, plan: string | undefined) {
      planGiven.set((await find(account)).id, plan);
    },
  };
}

function checkAgainstContract(method: string, path: string, response: Response, answer: unknown): void {
  expect(response.headers.get('x-request-id')).toMatch(/^[\w.-]{8,64}$/);
  const type = response.headers.get('content-type') ?? '';
  if (response.status >= 400) {
    expect(type).toBe('application/problem+json');
    expect(answer).toEqual(problemView.parse(answer));
    const { code, status } = answer as { code: ProblemCode; status: number };
    expect([status, problemStatus(code)]).toEqual([response.status, response.status]);
    return;
  }
  const operation = (Object.values(operations) as Operation[]).find(
    (each) => each.method === method && new RegExp(`^${each.path.replace(/\{\w+\}/, '[^/]+')}$`).test(path),
  );
  if (operation === undefined) return;
  expect(response.status).toBe(operation.status);
  if (operation.answer === undefined) expect(answer).toBeUndefined();
  else expect(operation.answer.parse(answer)).toEqual(answer);
}
