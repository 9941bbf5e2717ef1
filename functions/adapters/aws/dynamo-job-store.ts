import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Failure } from '../../core/errors.ts';
import type { Job } from '../../core/job.ts';
import type { JobRef } from '../../core/object-keys.ts';
import * as transitions from '../../core/transitions.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JobStore, Page } from '../../ports/job-store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import { again, withoutRace } from './dynamo-contention.ts';
import type { Fields } from './dynamo-items.ts';
import { dynamoTable } from './dynamo-table.ts';
import { jobFileChanges } from './job-file-changes.ts';
import * as items from './job-items.ts';
import { jobRetention } from './job-retention.ts';

export interface DynamoJobStoreOptions {
  client: DynamoDBClient;
  /** Name of the table. */
  table: string;
  clock: Clock;
  /** Days after its end that a job is shown; absent: always. */
  retentionDays?: number;
}

type Transition = (job: Job, now: number) => Job | undefined;

/** Sorts behind every time of making. */
const newest = '~';

/**
 * The rules are core/transitions; each runs between reading a job and writing it under the condition that no other writer
 * changed it. Finished files move counters only (job-file-changes), so they do not stand in the way of other changes; those
 * whose rule looks at counters ask that these are the same, too.
 */
export function dynamoJobStore({ client, table: name, clock, retentionDays }: DynamoJobStoreOptions): JobStore {
  const table = dynamoTable(client, name);
  const retention = jobRetention(retentionDays);

  /** Without what is removed, or past its end while DynamoDB has not yet got round to forgetting it. */
  const shown = (fields: Fields | undefined): Fields | undefined => {
    if (fields === undefined || items.isRemoved(fields)) return undefined;
    return fields.expiresAt !== undefined && Number(fields.expiresAt) * 1000 <= clock.now() ? undefined : fields;
  };
  const find = async (ref: JobRef): Promise<Job | undefined> => {
    const fields = shown(await table.get(items.jobKey(ref)));
    return fields && items.jobOf(fields);
  };
  const files = jobFileChanges(table, find, clock, retention);

  const unchanged = '#version = :version';
  const sameCounters = '#expected = :expected AND #done = :done AND #failed = :failed AND #changedAt = :changedAt';
  const change = async (ref: JobRef, transition: Transition, looksAtCounters = false): Promise<Job | undefined> => {
    let stored = await table.get(items.jobKey(ref));
    return withoutRace(async () => {
      const fields = shown(stored);
      if (fields === undefined) throw new Failure('jobMissing', { job: ref.id });
      const { version, expected, done, failed, changedAt } = fields as Record<string, string>;
      const job = transition(items.jobOf(fields), clock.now());
      if (job === undefined) return undefined;
      const written = await table.update({
        key: items.jobKey(ref),
        set: items.changingFields(job, retention.ofEnded(job)),
        where: looksAtCounters ? `${unchanged} AND ${sameCounters}` : unchanged,
        values: { version: version!, ...(looksAtCounters && { expected, done, failed, changedAt }) },
      });
      if (written.applied) return items.jobOf(written.fields!);
      stored = written.fields;
      return again;
    });
  };

  /** Jobs of an index's entries, in their order. */
  const jobsOf = async (entries: readonly Fields[]): Promise<Job[]> => {
    const found = await table.getAll(entries.map(items.keyOfEntry));
    const byPartition = new Map(found.map((fields) => [fields.pk, fields]));
    return entries.flatMap(({ pk }) => {
      const fields = shown(byPartition.get(pk));
      return fields === undefined ? [] : [items.jobOf(fields)];
    });
  };

  /** Whatever an index holds of all owners, and `wanted` is true for. */
  async function across(
    index: 'open' | 'removed',
    { cursor, limit = 100 }: { cursor?: string; limit?: number },
    wanted: (fields: Fields) => boolean,
  ): Promise<Page<Fields>> {
    const [first, after] = cursor === undefined ? [0, undefined] : items.readSortKey(readCursor([index], cursor));
    const found: { shard: number; fields: Fields }[] = [];
    for (let shard = first; shard < items.shards && found.length <= limit; shard++) {
      const pages = table.query({
        index: 'open',
        where: '#openKey = :shard AND #openSort > :after',
        values: {
          shard: items.shardKey(index, shard),
          after: (shard === first ? after : undefined) ?? items.firstSortKey,
        },
        limit: 100,
      });
      for await (const entries of pages) {
        const stored = await table.getAll(entries.map(items.keyOfEntry));
        found.push(
          ...entries
            .flatMap(({ pk }) => stored.filter((fields) => fields.pk === pk && wanted(fields)))
            .map((fields) => ({ shard, fields })),
        );
        if (found.length > limit) break;
      }
    }
    const page = { items: found.slice(0, limit).map(({ fields }) => fields) };
    if (found.length <= limit) return page;
    const last = found[limit - 1]!;
    return { ...page, cursor: writeCursor([index], items.writeSortKey(last.shard, String(last.fields.openSort))) };
  }

  return {
    async create(wanted) {
      const job = transitions.newJob(wanted, clock.now());
      const { applied, fields } = await table.put(items.newJobFields(job), {
        where: 'attribute_not_exists(#pk) OR attribute_exists(#removedAt) OR #expiresAt <= :now',
        values: { now: Math.floor(clock.now() / 1000) },
      });
      return { created: applied, job: applied ? job : items.jobOf(fields!) };
    },
    get: find,
    async list(owner, { cursor, limit = 100 } = {}): Promise<Page<Job>> {
      const list = ['jobs', owner];
      const entries: Fields[] = [];
      const pages = table.query({
        index: 'owner',
        where: '#ownerKey = :owner AND #ownerSort < :before',
        values: { owner, before: cursor === undefined ? newest : readCursor(list, cursor) },
        newestFirst: true,
        limit: limit + 1,
      });
      for await (const page of pages) if (entries.push(...page) > limit) break;
      const jobs = await jobsOf(entries.slice(0, limit));
      if (entries.length <= limit) return { items: jobs };
      return { items: jobs, cursor: writeCursor(list, String(entries[limit - 1]!.ownerSort)) };
    },
    async running(owner) {
      let count = 0;
      const pages = table.query({
        index: 'open',
        where: '#openKey = :shard AND begins_with(#openSort, :own)',
        values: { shard: items.openKeyOf(owner), own: items.openSortKey({ owner, id: '' }) },
      });
      for await (const entries of pages) count += entries.length;
      return count;
    },
    async files(ref, { state, cursor, limit = 1000 } = {}) {
      const list = ['files', ref.owner, ref.id, state ?? ''];
      const after = cursor === undefined ? undefined : readCursor(list, cursor);
      if ((await find(ref)) === undefined) return { items: [] };
      const found = await files.list(ref, state, after, limit + 1);
      if (found.length <= limit) return { items: found };
      return { items: found.slice(0, limit), cursor: writeCursor(list, found[limit - 1]!.path) };
    },
    file: files.file,
    expect: files.expect,
    finishFile: files.finishFile,
    resetFailed: files.resetFailed,
    submit: (ref) => change(ref, transitions.submit),
    seal: (ref) => change(ref, transitions.seal),
    startPackaging: (ref) => change(ref, transitions.startPackaging, true),
    complete: (ref, generation) => change(ref, (job, now) => transitions.complete(job, generation, now), true),
    fail: (ref, failure, generation) => change(ref, (job, now) => transitions.fail(job, failure, now, generation)),
    cancel: (ref) => change(ref, transitions.cancel),
    expire: (ref) => change(ref, transitions.expire),
    reopen: (ref) =>
      change(ref, (job, now) => (retention.allowsRetry(job, now) ? transitions.reopen(job, now) : undefined), true),
    resume: (ref, generation) => change(ref, (job, now) => transitions.resume(job, generation, now)),
    touch: (ref, before) => change(ref, (job, now) => transitions.touch(job, before, now), true),
    async stuck(before, page = {}) {
      const { items: found, ...rest } = await across('open', page, (fields) => {
        const job = shown(fields) && items.jobOf(fields);
        return job !== undefined && !transitions.isTerminal(job) && job.changedAt < before;
      });
      return { items: found.map(items.jobOf), ...rest };
    },
    async remove(ref) {
      const stored = await table.get(items.jobKey(ref));
      if (stored === undefined || items.isRemoved(stored)) return;
      // Ended first, so that no file comes while they go.
      if (shown(stored) !== undefined) await change(ref, transitions.cancel);
      await table.deleteAll({
        where: '#pk = :pk AND #sk BETWEEN :from AND :to',
        values: { pk: items.partitionOf(ref), from: items.fileSortKey(''), to: items.filesEnd },
      });
      await table.put(items.removedFields(ref, clock.now()), {
        where: 'attribute_exists(#pk) AND attribute_not_exists(#removedAt)',
      });
    },
    async removed(before, page = {}) {
      const { items: found, ...rest } = await across('removed', page, ({ removedAt }) => Number(removedAt) < before);
      return { items: found.map(({ owner, id }) => ({ owner: String(owner), id: String(id) })), ...rest };
    },
    forget: (ref) => table.delete(items.jobKey(ref), 'attribute_exists(#removedAt)'),
    async [Symbol.asyncDispose]() {
      // the client is ended by who made it
    },
  };
}
