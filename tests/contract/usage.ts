import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Usage } from '../../functions/ports/usage.ts';

const limits = { jobs: 3, bytes: 100 };
const day = '2026-08-31';

/** Every promise of ports/usage. `open` gives an empty one. */
export const usageContract = (adapter: string, open: () => Promise<Usage & AsyncDisposable>) =>
  describe(`Usage on ${adapter}`, () => {
    let usage: Usage & AsyncDisposable;
    beforeEach(async () => {
      usage = await open();
    });
    afterEach(async () => usage[Symbol.asyncDispose]());

    it('adds up by owner and day', async () => {
      expect(await usage.of('olga', day)).toEqual({ jobs: 0, files: 0, bytes: 0 });
      expect(await usage.spend('olga', day, { jobs: 1, bytes: 40 }, limits)).toBeUndefined();
      expect(await usage.spend('olga', day, { bytes: 60 }, limits)).toBeUndefined();
      expect(await usage.spend('omar', day, { jobs: 1 }, limits)).toBeUndefined();
      expect(await usage.of('olga', day)).toEqual({ jobs: 1, files: 0, bytes: 100 });
      expect(await usage.of('omar', day)).toEqual({ jobs: 1, files: 0, bytes: 0 });
      expect(await usage.of('olga', '2026-09-01')).toEqual({ jobs: 0, files: 0, bytes: 0 });
    });

    it('adds nothing of what would pass a limit, and says which', async () => {
      await usage.spend('olga', day, { jobs: 2, bytes: 90 }, limits);
      const over = { counter: 'bytes', used: 90, limit: 100 };
      expect(await usage.spend('olga', day, { jobs: 1, bytes: 11 }, limits)).toEqual(over);
      expect(await usage.spend('olga', day, { jobs: 2 }, limits)).toEqual({ counter: 'jobs', used: 2, limit: 3 });
      expect(await usage.of('olga', day)).toEqual({ jobs: 2, files: 0, bytes: 90 });
    });

    it('lets in what costs nothing, also over a limit that has sunk', async () => {
      await usage.spend('olga', day, { bytes: 90 }, limits);
      expect(await usage.spend('olga', day, { jobs: 1, bytes: 0 }, { jobs: 3, bytes: 50 })).toBeUndefined();
    });

    it('never passes a limit when many spend at once', async () => {
      const spent = await Promise.all(
        Array.from({ length: 20 }, () => usage.spend('olga', day, { bytes: 30 }, limits)),
      );
      expect(spent.filter((over) => over === undefined)).toHaveLength(3);
      expect(await usage.of('olga', day)).toEqual({ jobs: 0, files: 0, bytes: 90 });
    });

    it('counts files without a limit, and nothing of them where another counter would pass its own', async () => {
      await usage.spend('olga', day, { files: 5000 }, limits);
      await usage.spend('olga', day, { files: 2, bytes: 100 }, limits);
      expect(await usage.spend('olga', day, { files: 1, bytes: 1 }, limits)).toMatchObject({ counter: 'bytes' });
      expect(await usage.of('olga', day)).toEqual({ jobs: 0, files: 5002, bytes: 100 });
    });

    it('adds up days by owner, the first and the last included', async () => {
      for (const each of ['2026-07-31', '2026-08-01', '2026-08-15', day])
        await usage.spend('olga', each, { jobs: 1, files: 10, bytes: 7 }, limits);
      await usage.spend('omar', '2026-08-02', { bytes: 3 }, limits);
      await usage.spend('pia', '2026-09-01', { bytes: 3 }, limits);
      expect([...(await usage.total('2026-08-01', day))].sort()).toEqual([
        ['olga', { jobs: 3, files: 30, bytes: 21 }],
        ['omar', { jobs: 0, files: 0, bytes: 3 }],
      ]);
      expect((await usage.total('2026-10-01', '2026-10-02')).size).toBe(0);
    });

    it('counts petabytes exactly', async () => {
      const bytes = 2 ** 52 + 1;
      await usage.spend('olga', day, { bytes }, { jobs: 0, bytes: 2 ** 53 - 1 });
      expect(await usage.of('olga', day)).toEqual({ jobs: 0, files: 0, bytes });
    });

    it('forgets all days of one owner', async () => {
      for (const each of ['2026-07-01', '2026-08-30', day])
        for (const owner of ['olga', 'omar']) await usage.spend(owner, each, { jobs: 1 }, limits);
      await usage.forgetOwner('olga', day);
      expect([...(await usage.total('2026-06-01', day))]).toEqual([['omar', { jobs: 3, files: 0, bytes: 0 }]]);
    });

    it('forgets old days', async () => {
      for (const each of ['2026-08-29', '2026-08-30', day]) await usage.spend('olga', each, { jobs: 1 }, limits);
      await usage.forget('2026-08-30');
      expect(await usage.of('olga', '2026-08-29')).toEqual({ jobs: 0, files: 0, bytes: 0 });
      expect(await usage.of('olga', '2026-08-30')).toEqual({ jobs: 1, files: 0, bytes: 0 });
    });
  });
