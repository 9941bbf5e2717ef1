import { describe, expect, it } from '@jest/globals';
import { isPassing, retryAfterMs, waitBefore, withRetries } from '../../../client/retries.ts';
import { ServiceError } from '../../../client/service-error.ts';

const { signal } = new AbortController();

describe('an answer', () => {
  it.each([0, 408, 425, 429, 500, 502, 503, 504])('of status %d may pass', (status) =>
    expect(isPassing(new ServiceError(status))).toBe(true),
  );
  it.each([400, 401, 403, 404, 409, 412, 413, 422, 501, 505, 507])('of status %d is final', (status) =>
    expect(isPassing(new ServiceError(status))).toBe(false),
  );
  it('that asks to wait for hours is final, since it is a quota of the day', () => {
    expect(isPassing(new ServiceError(429, { waitMs: 300_000 }))).toBe(true);
    expect(isPassing(new ServiceError(429, { waitMs: 300_001 }))).toBe(false);
  });
});

describe('waiting before a retry', () => {
  it('doubles up to half a minute, is spread over half of itself, and is never shorter than the service asks', () => {
    expect([1, 2, 5, 6, 90].map((number) => waitBefore(number, undefined, 1))).toEqual([
      1000, 2000, 16_000, 30_000, 30_000,
    ]);
    expect(waitBefore(3, undefined, 0)).toBe(2000);
    expect(waitBefore(1, 45_000, 0.5)).toBe(45_000);
  });
  it.each([
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:01:00 GMT', 50_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
  ])('reads Retry-After: %s', (text, expected) =>
    expect(retryAfterMs(new Headers({ 'Retry-After': text }), 10_000)).toBe(expected),
  );
  it('is not asked for where the header is missing', () => expect(retryAfterMs(new Headers(), 0)).toBeUndefined());
});

describe('retrying', () => {
  const failing = (...failures: unknown[]) => {
    const waits: number[] = [];
    let tried = 0;
    return {
      waits,
      tried: () => tried,
      patience: { wait: async (milliseconds: number) => void waits.push(milliseconds), random: () => 1 },
      async work() {
        const failure = failures[tried++];
        if (failure !== undefined) throw failure;
        return 'done';
      },
    };
  };

  it('gives the result after passing failures, waiting as asked', async () => {
    const world = failing(new ServiceError(503), new ServiceError(429, { waitMs: 9000 }));
    expect(await withRetries(world.work, signal, world.patience)).toBe('done');
    expect(world.waits).toEqual([1000, 9000]);
  });

  it('ends with the sixth failure', async () => {
    const world = failing(...Array.from({ length: 9 }, (_, i) => new ServiceError(500, { waitMs: i })));
    await expect(withRetries(world.work, signal, world.patience)).rejects.toMatchObject({ waitMs: 5 });
    expect(world.tried()).toBe(6);
  });

  it('does not repeat a full disk or a bug of its own', async () => {
    for (const failure of [new ServiceError(507), new TypeError('x')]) {
      const world = failing(failure);
      await expect(withRetries(world.work, signal, world.patience)).rejects.toBe(failure);
      expect(world.tried()).toBe(1);
    }
  });

  it('without end counts only what the service answers', async () => {
    const silent = Array.from({ length: 20 }, () => new ServiceError(0));
    const answered = Array.from({ length: 6 }, () => new ServiceError(500));
    const world = failing(...silent, ...answered);
    await expect(withRetries(world.work, signal, { ...world.patience, endless: true })).rejects.toBe(answered[5]);
    expect(world.tried()).toBe(26);
  });
});
