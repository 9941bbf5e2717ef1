import { describe, expect, it } from '@jest/globals';
import type { Mail } from '../../../functions/adapters/local/smtp.ts';
import { Failure } from '../../../functions/core/errors.ts';
import { type EndedJob, noticeOf } from '../../../functions/core/notice.ts';
import type { Account, Accounts } from '../../../functions/ports/identity.ts';
import { localNotices } from '../../../functions/runtime/workstation/notices.ts';
import { manualClock } from '../../support/manual-clock.ts';

const clock = manualClock();
const page = 'https://lab.example';
const hook = { url: 'https://chat.example', secret: 'x' };
const mailOf = (sent: Mail[]) => ({
  from: 'lab@example.org',
  sender: { send: async (mail: Mail) => void sent.push(mail), check: async () => {} },
});
const people: Record<string, Pick<Account, 'email' | 'state'>> = {
  ada: { email: 'ada@example.org', state: 'active' },
  bob: { email: 'bob@example.org', state: 'disabled' },
};
const accounts = {
  find: async (account: string) => {
    if (account === 'broken') throw new Error('the disk is gone');
    const found = people[account];
    if (found === undefined) throw new Failure('accountMissing', { account });
    return found;
  },
} as unknown as Accounts;

describe('the notices of one machine', () => {
  it('are none where nothing is configured', () => {
    expect(localNotices({}, { accounts, page, links: undefined, clock })).toBeUndefined();
  });

  it('have the channels that are configured', () => {
    const channelsOf = (noticeSetup: Parameters<typeof localNotices>[0]) =>
      Object.keys(localNotices(noticeSetup, { accounts, page, links: undefined, clock })!.channels);
    expect(channelsOf({ mail: mailOf([]) })).toEqual(['mail']);
    expect(channelsOf({ hook })).toEqual(['hook']);
    expect(channelsOf({ mail: mailOf([]), hook })).toEqual(['mail', 'hook']);
  });

  it('go to active accounts, and without accounts to the sender', async () => {
    const { addresses } = localNotices({ mail: mailOf([]) }, { accounts, page, links: undefined, clock })!;
    expect([await addresses.find('ada'), await addresses.find('bob'), await addresses.find('eve')]).toEqual([
      'ada@example.org',
      undefined,
      undefined,
    ]);
    await expect(addresses.find('broken')).rejects.toThrow('the disk is gone');
    const alone = localNotices({ mail: mailOf([]) }, { accounts: undefined, page, links: undefined, clock })!;
    expect(await alone.addresses.find('local')).toBe('lab@example.org');
  });

  it('have a public link for a week where the lab allows them', async () => {
    const sent: Mail[] = [];
    const links = { secret: Buffer.alloc(32, 1), origin: 'https://lab.example' };
    const notices = localNotices({ mail: mailOf(sent) }, { accounts, page, links, clock })!;
    const job = {
      owner: 'ada',
      id: 'job-0001',
      name: 'x',
      state: 'completed',
      generation: 1,
      createdAt: 0,
      changedAt: 0,
    };
    const facts = { ...job, settings: { model: { name: 'nuclei', sha256: '' } }, expected: 1, done: 1, failed: 0 };
    const publicLink = notices.publicLink!(job);
    expect(publicLink.expiresAt).toBe(clock.now() + 7 * 24 * 3600 * 1000);
    const notice = noticeOf(facts as unknown as EndedJob, { page, publicLink });
    await notices.channels.mail!.send(notice, { to: 'ada@example.org' });
    expect(sent).toMatchObject([{ to: 'ada@example.org', id: 'job-0001.1.completed' }]);
    expect(sent[0]!.text).toMatch(/until 2026-01-08 00:00 UTC:\nhttps:\/\/lab\.example\/v1\/links\/[\w.-]+\n$/);
    expect(localNotices({ hook }, { accounts, page, links: undefined, clock })).not.toHaveProperty('publicLink');
  });
});
