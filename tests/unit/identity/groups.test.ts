import { describe, expect, it } from '@jest/globals';
import { groupsOf, isPlanName, rightsOf } from '../../../functions/identity/groups.ts';

describe('groups', () => {
  it.each([{ admin: false }, { admin: true }, { admin: false, plan: 'large' }, { admin: true, plan: 'a-1' }])(
    'carry %j there and back',
    (account) => {
      expect(rightsOf(groupsOf(account))).toEqual(account);
    },
  );

  it('of other systems mean nothing', () => {
    expect(rightsOf(['admin', 'plan-', 'plan-Large', 'plan-a b', 'xplan-a', 'plan-a/..'])).toEqual({ admin: false });
  });

  it('of several plans count the first by name, in any order', () => {
    expect(rightsOf(['plan-small', 'plan-large']).plan).toBe('large');
    expect(rightsOf(['plan-large', 'plan-small']).plan).toBe('large');
  });

  it.each(['a', 'large', 'large-2', 'x'.repeat(32)])('can name the plan %s', (name) => {
    expect(isPlanName(name)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'Large', 'a b', 'ä', 'x'.repeat(33), 'a\n'])('cannot name the plan %p', (name) => {
    expect(isPlanName(name)).toBe(false);
  });
});
