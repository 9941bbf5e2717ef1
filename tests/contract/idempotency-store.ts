import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IdempotencyStore } from '../../functions/ports/idempotency-store.ts';

export interface IdempotencyWorld {
  answers: IdempotencyStore;
  pass(seconds: number): void;
  close(): void;
}

const answer = { status: 201, body: '{"name":"Größe"}' };
const day = 24 * 60 * 60;

/** Every promise of ports/idempotency-store. `open` gives an empty one. */
export const idempotencyStoreContract = (adapter: string, open: () => Promise<IdempotencyWorld>) =>
  describe(`IdempotencyStore on ${adapter}`, () => {
    let world: IdempotencyWorld;
    let answers: IdempotencyStore;
    beforeEach(async () => {
      world = await open();
      ({ answers } = world);
    });
    afterEach(() => world.close());

    it('is fresh once, runs until it is answered, then gives the answer', async () => {
      expect(await answers.claim('olga', 'k', 'r', 60)).toBe('fresh');
      expect(await answers.claim('olga', 'k', 'r', 60)).toBe('running');
      await answers.keep('olga', 'k', answer, day);
      expect(await answers.claim('olga', 'k', 'r', 60)).toEqual(answer);
      expect(await answers.claim('olga', 'k', 'r', 60)).toEqual(answer);
    });

    it('is fresh for one of many at once', async () => {
      const claims = await Promise.all(Array.from({ length: 10 }, () => answers.claim('olga', 'k', 'r', 60)));
      expect(claims.filter((claim) => claim === 'fresh')).toHaveLength(1);
      expect(claims.filter((claim) => claim === 'running')).toHaveLength(9);
    });

    it('keeps owners and keys apart, and knows another request', async () => {
      await answers.claim('olga', 'k', 'r', 60);
      expect(await answers.claim('olga', 'k', 'other', 60)).toBe('other');
      expect(await answers.claim('omar', 'k', 'other', 60)).toBe('fresh');
      expect(await answers.claim('olga', 'k2', 'other', 60)).toBe('fresh');
    });

    it('is fresh again when released, which an answered one never is', async () => {
      await answers.claim('olga', 'k', 'r', 60);
      await answers.release('olga', 'k');
      expect(await answers.claim('olga', 'k', 'other', 60)).toBe('fresh');
      await answers.keep('olga', 'k', answer, day);
      await answers.release('olga', 'k');
      expect(await answers.claim('olga', 'k', 'other', 60)).toEqual(answer);
    });

    it('forgets every key of one owner', async () => {
      for (const [owner, key] of [
        ['olga', 'k'],
        ['olga', 'k2'],
        ['omar', 'k'],
      ] as const)
        await answers.claim(owner, key, 'r', 60);
      await answers.keep('olga', 'k', answer, day);
      await answers.forgetOwner('olga');
      expect(await answers.claim('olga', 'k', 'r', 60)).toBe('fresh');
      expect(await answers.claim('olga', 'k2', 'r', 60)).toBe('fresh');
      expect(await answers.claim('omar', 'k', 'r', 60)).toBe('running');
    });

    it('ends the claim of a process that died, and forgets answers in time', async () => {
      await answers.claim('olga', 'k', 'r', 60);
      world.pass(59);
      expect(await answers.claim('olga', 'k', 'r', 60)).toBe('running');
      world.pass(2);
      expect(await answers.claim('olga', 'k', 'r', 60)).toBe('fresh');
      await answers.keep('olga', 'k', answer, day);
      world.pass(day - 1);
      expect(await answers.claim('olga', 'k', 'r', 60)).toEqual(answer);
      world.pass(2);
      expect(await answers.claim('olga', 'k', 'r', 60)).toBe('fresh');
    });
  });
