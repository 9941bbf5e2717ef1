import { Failure } from '../../core/errors.ts';
import type { Page } from '../../ports/job-store.ts';
import type { Share, ShareStore } from '../../ports/share-store.ts';
import { readCursor } from './cursor.ts';
import type { LocalDatabase } from './database.ts';
import { pageOf } from './job-rows.ts';

interface ShareRow {
  /** Row of the job. */
  job: number;
  owner: string;
  id: string;
  member: string;
  member_email: string;
  owner_email: string;
  shared_at: number;
}

const shareOf = (row: ShareRow): Share => ({
  job: { owner: row.owner, id: row.id },
  member: row.member,
  memberEmail: row.member_email,
  ownerEmail: row.owner_email,
  sharedAt: row.shared_at,
});

const columns = 'SELECT shares.*, jobs.owner, jobs.id FROM shares JOIN jobs ON jobs.n = shares.job';
const newestFirst = `AND (shared_at, job, member) < (?, ?, ?) ORDER BY shared_at DESC, job DESC, member DESC LIMIT ?`;

export function localShareStore({ sql, change }: LocalDatabase): ShareStore {
  const row = sql.prepare('SELECT n FROM jobs WHERE owner = ? AND id = ?');
  const insert = sql.prepare(
    `INSERT INTO shares (job, member, member_email, owner_email, shared_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const remove = sql.prepare(
    'DELETE FROM shares WHERE member = ? AND job = (SELECT n FROM jobs WHERE owner = ? AND id = ?)',
  );
  const one = sql.prepare(`${columns} WHERE member = ? AND jobs.id = ?`);
  const ofJob = sql.prepare(`${columns} WHERE owner = ? AND id = ? ORDER BY shared_at, member`);
  const lists = {
    member: sql.prepare(`${columns} WHERE member = ? ${newestFirst}`),
    owner: sql.prepare(`${columns} WHERE owner = ? ${newestFirst}`),
  };
  const list = (by: keyof typeof lists, of: string, { cursor, limit = 100 }: { cursor?: string; limit?: number }) => {
    const before = cursor === undefined ? newest : readCursor(cursor, ['number', 'number', 'string']);
    const rows = lists[by].all(of, ...before, limit + 1) as unknown as ShareRow[];
    return pageOf(rows, limit, shareOf, (last) => [last.shared_at, last.job, last.member]) satisfies Page<Share>;
  };
  return {
    add: async (share) =>
      change(() => {
        const { job, member, memberEmail, ownerEmail, sharedAt } = share;
        const found = row.get(job.owner, job.id) as { n: number } | undefined;
        if (found === undefined) throw new Failure('jobMissing', { job: job.id });
        insert.run(found.n, member, memberEmail, ownerEmail, sharedAt);
        return shareOf(one.get(member, job.id) as unknown as ShareRow);
      }),
    async remove({ owner, id }, member) {
      await change(() => remove.run(member, owner, id));
    },
    async find(member, id) {
      const found = one.get(member, id) as ShareRow | undefined;
      return found && shareOf(found);
    },
    ofJob: async ({ owner, id }) => (ofJob.all(owner, id) as unknown as ShareRow[]).map(shareOf),
    withMember: async (member, page = {}) => list('member', member, page),
    byOwner: async (owner, page = {}) => list('owner', owner, page),
  };
}

/** Before every share. */
const newest: [sharedAt: number, job: number, member: string] = [Number.MAX_SAFE_INTEGER, 0, ''];
