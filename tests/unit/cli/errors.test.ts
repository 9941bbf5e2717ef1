import { describe, expect, it } from '@jest/globals';
import { UserError, type UserErrorCode, userErrorCodes } from '../../../cli/errors.ts';
import { exitCodes } from '../../../cli/exit-codes.ts';
import { explain } from '../../../cli/explain.ts';
import { Failure, type FailureCode, failureCodes } from '../../../functions/core/errors.ts';

const facts = new Proxy({}, { get: (_, fact) => `<${String(fact)}>` }) as never;

describe('what a user reads of an error', () => {
  it.each(userErrorCodes)(
    'about %s says what, why and what to do next, and ends with an exit code',
    (code: UserErrorCode) => {
      const { what, why, next, exit } = explain(new UserError(code, facts));
      for (const line of [what, why, next]) {
        expect(line).toMatch(/\S{2}/);
        expect(line).not.toMatch(/undefined|\n|\.$/);
      }
      expect(Object.values(exitCodes)).toContain(exit);
      expect(exit).not.toBe(exitCodes.ok);
    },
  );

  it.each(failureCodes)('about %s of an image, model or store is as complete', (code: FailureCode) => {
    const { what, why, next, exit } = explain(new Failure(code, facts));
    for (const line of [what, why, next]) {
      expect(line).toMatch(/\S{2}/);
      expect(line).not.toMatch(/undefined|\n|\.$/);
    }
    expect(exit).toBe(exitCodes.failed);
  });

  it('has no code twice, so that the docs can list them', () => {
    const all = [...userErrorCodes, ...failureCodes];
    expect(all).toHaveLength(new Set(all).size);
  });

  it.each([
    ['EACCES', 'permission denied'],
    ['EROFS', 'its disk is read-only'],
    ['ENOSPC', 'its disk is full'],
  ])('says what the system refused (%s), which is no bug', (code, why) => {
    const error = Object.assign(new Error(`${code}: mkdir`), { code, syscall: 'mkdir', path: '/ro/out' });
    expect(explain(error)).toMatchObject({
      code: 'systemRefused',
      exit: 3,
      why,
      what: expect.stringContaining('/ro/out'),
    });
  });

  const one = { why: 'it is named above and in errors.csv', next: 'correct or remove that file, then wait' };
  const several = { why: 'each is named above and in errors.csv', next: 'correct or remove those files, then wait' };
  it.each([
    { failed: 1, total: 3, what: '1 of 3 files failed', ...one },
    { failed: 3, total: 3, what: 'all 3 files failed', ...several },
    { failed: 1, total: 1, what: 'the only file failed', ...one },
  ])('says of $failed failed files of $total what happened in words that fit', ({ failed, total, what, why, next }) => {
    const error = new UserError('filesFailed', { failed, total, where: 'errors.csv', again: 'wait' });
    expect(explain(error)).toMatchObject({ what, why, next });
    expect(explain(new UserError('filesUnreadable', { failed, total })).what).toBe(
      what.replace('failed', 'cannot be read'),
    );
  });

  it('calls everything else a bug', () => {
    expect(explain(new TypeError('x is not a function'))).toMatchObject({
      code: 'bug',
      exit: 1,
      what: 'x is not a function',
    });
  });
});
