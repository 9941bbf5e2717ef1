import { Failure } from '../../core/errors.ts';
import type { JobRef } from '../../core/object-keys.ts';
import type { Page } from '../../ports/job-store.ts';
import type { Share, ShareStore } from '../../ports/share-store.ts';
import { readCursor, writeCursor } from './cursor.ts';
import type { Key } from './dynamo-expressions.ts';
import type { Fields } from './dynamo-items.ts';
import type { DynamoJobStoreOptions } from './dynamo-job-store.ts';
import { dynamoTable } from './dynamo-table.ts';
import { findJob, type JobTable, shownFields } from './job-changes.ts';
import { keyOfEntry, shareSortKey } from './job-items.ts';
import { jobRetention } from './job-retention.ts';
import { partitionOf } from './job-shards.ts';

const memberKey = (member: string): string => `shared#${member}`;
const ownerKey = (owner: string): string => `shares#${owner}`;
/** Orders by time; 15 digits order milliseconds as text. */
const sortKeyOf = ({ job, member, sharedAt }: Share): string =>
  `${String(sharedAt).padStart(15, '0')}#${job.owner}/${job.id}/${member}`;

const keyOf = (job: JobRef, member: string): Key => ({ pk: partitionOf(job), sk: shareSortKey(member) });

const fieldsOf = (share: Share): Fields & Key => ({
  ...keyOf(share.job, share.member),
  ...share.job,
  member: share.member,
  memberEmail: share.memberEmail,
  ownerEmail: share.ownerEmail,
  sharedAt: share.sharedAt,
  ownerKey: memberKey(share.member),
  ownerSort: sortKeyOf(share),
  openKey: ownerKey(share.job.owner),
  openSort: sortKeyOf(share),
});

const shareOf = ({ owner, id, member, memberEmail, ownerEmail, sharedAt }: Fields): Share => ({
  job: { owner: String(owner), id: String(id) },
  member: String(member),
  memberEmail: String(memberEmail),
  ownerEmail: String(ownerEmail),
  sharedAt: Number(sharedAt),
});

/** The indexes by member and by owner, and their attributes. */
const lists = {
  owner: '#ownerKey = :of AND #ownerSort < :before',
  open: '#openKey = :of AND #openSort < :before',
} as const;
/** Sorts behind every time. */
const newest = '~';

/** Lists are eventually consistent; whether a share is there is read from the table itself. */
export function dynamoShareStore({ client, table, clock, retentionDays }: DynamoJobStoreOptions): ShareStore {
  const on: JobTable = { table: dynamoTable(client, table), clock, retention: jobRetention(retentionDays) };
  return {
    async add(share) {
      if ((await findJob(on, share.job)) === undefined) throw new Failure('jobMissing', { job: share.job.id });
      const expiresAt = on.retention.ofFile(clock.now());
      const { applied, fields } = await on.table.put(
        { ...fieldsOf(share), expiresAt },
        { where: 'attribute_not_exists(#pk)' },
      );
      return applied ? share : shareOf(fields!);
    },
    remove: (job, member) => on.table.delete(keyOf(job, member)),
    async find(member, id) {
      const pages = on.table.query({
        index: 'owner',
        where: lists.owner,
        values: { of: memberKey(member), before: newest },
      });
      const keys: Key[] = [];
      for await (const entries of pages)
        keys.push(...entries.map(keyOfEntry).filter(({ pk }) => pk.endsWith(`/${id}`)));
      const [share] = await sharesAt(on, keys);
      return share;
    },
    async ofJob(job) {
      const found: Share[] = [];
      const pages = on.table.query({
        where: '#pk = :pk AND begins_with(#sk, :shares)',
        values: { pk: partitionOf(job), shares: shareSortKey('') },
      });
      for await (const page of pages) found.push(...shownIn(on, page));
      return found.sort((a, b) => a.sharedAt - b.sharedAt || (a.member < b.member ? -1 : 1));
    },
    withMember: (member, page = {}) => listOf(on, 'owner', memberKey(member), page),
    byOwner: (owner, page = {}) => listOf(on, 'open', ownerKey(owner), page),
  };
}

const shownIn = (on: JobTable, stored: readonly Fields[]): Share[] =>
  stored.filter((fields) => shownFields(on, fields) !== undefined).map(shareOf);

/** Those that are there, in the order of the keys. */
async function sharesAt(on: JobTable, keys: readonly Key[]): Promise<Share[]> {
  const stored = await on.table.getAll(keys);
  return keys.flatMap(({ pk, sk }) =>
    shownIn(
      on,
      stored.filter((fields) => fields.pk === pk && fields.sk === sk),
    ),
  );
}

/** Newest first. */
async function listOf(
  on: JobTable,
  index: keyof typeof lists,
  of: string,
  { cursor, limit = 100 }: { cursor?: string; limit?: number },
): Promise<Page<Share>> {
  const list = ['shares', index, of];
  const found: Share[] = [];
  const pages = on.table.query({
    index,
    where: lists[index],
    values: { of, before: cursor === undefined ? newest : readCursor(list, cursor) },
    newestFirst: true,
    limit: limit + 1,
  });
  for await (const entries of pages) {
    found.push(...(await sharesAt(on, entries.map(keyOfEntry))));
    if (found.length > limit) break;
  }
  if (found.length <= limit) return { items: found };
  return { items: found.slice(0, limit), cursor: writeCursor(list, sortKeyOf(found[limit - 1]!)) };
}
