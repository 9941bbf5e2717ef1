import type { ModelView, PublicConfig } from '../contract/service.ts';
import type { ArchivePrices } from '../core/archive-cost.ts';
import type { ModelKind } from '../core/data-set.ts';
import type { Upgrades } from '../core/features.ts';
import type { Plans } from '../core/plans.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataSets, Teacher } from '../ports/data-sets.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Accounts, Identity } from '../ports/identity.ts';
import type { People } from '../ports/people.ts';
import type { PlanRequests } from '../ports/plan-requests.ts';
import type { Ports } from '../ports/ports.ts';
import type { ShareStore } from '../ports/share-store.ts';
import type { SignedAccess } from '../ports/signed-access.ts';
import type { MeasuredStorage } from '../ports/storage-quota.ts';
import type { Usage } from '../ports/usage.ts';
import type { PictureSettings } from './picture-settings.ts';

/** One line of the log: a request that was answered. */
export interface Answered {
  requestId: string;
  method: string;
  /** Without the query. */
  path: string;
  status: number;
  milliseconds: number;
  owner?: string;
  /** Of an answer that is our fault. */
  error?: unknown;
}

/** Everything the API works with. It reads no clock, environment or random number of its own. */
export interface ApiServices {
  ports: Ports;
  signed: SignedAccess;
  /** Absent where there is no end to it, as in S3. */
  storageQuota?: MeasuredStorage;
  usage: Usage;
  /** Absent where one person has the service alone. */
  sharing?: { shares: ShareStore; people: People };
  /** Absent where one person has the service alone. */
  accounts?: Pick<Accounts, 'list'>;
  /** Absent where there are no pictures of people; their stores are in `ports`. */
  pictures?: PictureSettings;
  /** List prices of the archive; absent where it is a disk of the lab. */
  archivePrices?: ArchivePrices;
  /** Absent where no models are taught. */
  teaching?: Teaching;
  /** Absent where only administrators change plans, and not by the API. */
  planChanges?: PlanChanges;
  answers: IdempotencyStore;
  identity: Identity;
  plans: Plans;
  /** Models that the service was deployed with: the first is the default, and there is at least one. */
  shipped: readonly ModelView[];
  /** What GET /v1/config says beside the limits that the contract fixes. */
  config: Omit<
    PublicConfig,
    'limits' | 'publicLinks' | 'sharing' | 'gallery' | 'teaching' | 'teachingKinds' | 'upgrades'
  >;
  /** Absent: the lab does not allow links that need no sign-in. */
  links?: PublicLinks;
  /** Default: core/contract's `usualTransfer`. */
  transfer?: { singlePutBytes: number; partBytes: number };
  /** Pages that may call from a browser, as in the header Origin. */
  origins: readonly string[];
  /** Fresh and hard to guess: ids of jobs and requests. `[a-z0-9-]{8,40}`. */
  newId(): string;
  log?(line: Answered): void;
}

/** Data sets, and what makes models of them. */
export interface Teaching {
  dataSets: DataSets;
  teacher: Teacher;
  /** Absent: all. */
  kinds?: readonly ModelKind[];
}

/** What changes plans of people. */
export interface PlanChanges {
  accounts: Pick<Accounts, 'find' | 'setPlan'>;
  /** Absent where nobody asks for another plan: `upgrades` is off. */
  requests?: PlanRequests;
  upgrades: Upgrades;
  /** Absent where no payment service is connected. */
  billing?: Billing;
}

/** What a payment service shares with this one. */
interface Billing {
  /** Key of the signatures of its events, whose UTF-8 bytes count. */
  secret(): Promise<string>;
  /** The machine's: it is compared with times of another machine. */
  clock: Clock;
}

/** What makes links that need no sign-in. */
export interface PublicLinks {
  secret: Buffer;
  /** Of this API, as others reach it: `https://lab.example`. */
  origin: string;
}
