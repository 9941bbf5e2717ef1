import type { Feature } from '../core/features.ts';
import type { QueueName } from '../core/messages.ts';
import { type Bucket, buckets } from '../core/object-keys.ts';
import type { Figures } from '../ports/figures.ts';
import type { Spending } from '../ports/fleet.ts';
import type { IdempotencyStore } from '../ports/idempotency-store.ts';
import type { Accounts } from '../ports/identity.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Members } from '../ports/members.ts';
import type { Models } from '../ports/models.ts';
import type { OneTimeStore } from '../ports/one-time-store.ts';
import type { People } from '../ports/people.ts';
import type { Agreements, BaseResources, Pictures } from '../ports/pictures.ts';
import type { ShareStore } from '../ports/share-store.ts';
import type { Usage } from '../ports/usage.ts';
import { queueOf, type Trigger } from './trigger.ts';

type Methods<Port> = readonly Extract<keyof Port, string>[];

/** What a function may touch, and nothing else. On AWS each entry becomes a statement of its role (policies/access-statements). */
export interface Access {
  /** Bytes and sizes of objects, also as the source of a copy. */
  reads: readonly Bucket[];
  /** Which objects there are; also that one is missing, which S3 tells only those who may list. */
  lists: readonly Bucket[];
  writes: readonly Bucket[];
  deletes?: readonly Bucket[];
  /** Puts objects together of more than one range: by way of others, below core/keys' composingPrefix, which it reads and removes. */
  composes?: readonly Bucket[];
  /** Moves objects into cold storage and back, each over itself. */
  freezes?: readonly Bucket[];
  /** Unfinished uploads in parts: what arrived of them, and giving them up. */
  parts?: readonly Bucket[];
  /** Methods of each store in the table that it calls. */
  jobs: Methods<JobStore>;
  shares?: Methods<ShareStore>;
  usage?: Methods<Usage>;
  answers?: Methods<IdempotencyStore>;
  models?: Methods<Models>;
  pictures?: Methods<Pictures>;
  agreements?: Methods<Agreements>;
  bases?: Methods<BaseResources>;
  figures?: Methods<Figures>;
  spending?: Methods<Spending>;
  sends: readonly QueueName[];
  /**
   * Where a stack has machines for large images: may start them, and either sends images to their queue `large`, or takes
   * its dead letters. Elsewhere it gives nothing.
   */
  fleet?: 'sends' | 'drains';
  /** Where a stack has an endpoint: may ask it. Elsewhere it gives nothing. */
  endpoint?: true;
  /**
   * Where a stack builds images of models: `asks` is told that it does, `follows` starts builds and looks at them. Elsewhere
   * it gives nothing.
   */
  builds?: 'asks' | 'follows';
  /** Dead letters it may drain. */
  drains?: readonly QueueName[];
  /** Looks accounts up. */
  people?: Methods<People>;
  /** Who is on which plan. */
  members?: Methods<Members>;
  /** Of the people of the lab; only those that read. */
  accounts?: readonly Extract<keyof Accounts, 'list'>[];
  /** Where a payment service is connected: gives people plans, and reads the secret of its events. Elsewhere it gives nothing. */
  bills?: true;
  /** Where people of institutions sign in: makes accounts for them and links these. Elsewhere it gives nothing. */
  federates?: true;
  /** Stands between the pool and institutions: methods of its store in the table, of whose items it reaches no others, and its secrets. */
  brokers?: Methods<OneTimeStore>;
  /** Tells owners: looks up their addresses and sends mail. */
  notifies?: true;
}

/** Anything that runs as a Lambda function. */
export interface Runnable extends Access {
  name: string;
  memoryMb: number;
  /** The setting `memory` of a deployment stands for `memoryMb`, which is its default. */
  memorySetting?: true;
  timeoutSeconds: number;
  /** Runs, and is deployed, only where this is on; its queue is then named in core/messages too. Absent: always. */
  feature?: Feature;
  /** Absent where something else of AWS calls it. */
  trigger?: Trigger;
}

/** The resources of a stack that a function touches. */
export interface TouchedResources {
  buckets: readonly Bucket[];
  /** Those that it sends to, and the one that feeds it. */
  queues: readonly QueueName[];
  deadLetters: readonly QueueName[];
  table: boolean;
}

export function touchedBy(runnable: Access & Pick<Runnable, 'trigger'>): TouchedResources {
  const { reads, lists, writes, deletes = [], parts = [], sends, drains = [] } = runnable;
  const { jobs, shares = [], usage = [], answers = [], models = [], figures = [], spending = [] } = runnable;
  const { pictures = [], agreements = [], bases = [] } = runnable;
  const stores = [jobs, shares, usage, answers, models, figures, spending, pictures, agreements, bases];
  const fed = queueOf(runnable);
  const touched = new Set([...reads, ...lists, ...writes, ...deletes, ...parts]);
  return {
    buckets: buckets.filter((bucket) => touched.has(bucket)),
    queues: [...new Set([...(fed === undefined ? [] : [fed]), ...sends])],
    deadLetters: drains,
    table: stores.some(({ length }) => length > 0) || runnable.brokers !== undefined,
  };
}
