import { Failure } from '../core/errors.ts';
import type { Accounts } from '../ports/identity.ts';
import type { People } from '../ports/people.ts';

/** Those of the accounts that may sign in. */
export const activePeople = (accounts: Pick<Accounts, 'find'>): People => ({
  async find(account) {
    try {
      const { id, email, state } = await accounts.find(account);
      return state === 'active' ? { id, email } : undefined;
    } catch (error) {
      if (error instanceof Failure && error.code === 'accountMissing') return undefined;
      throw error;
    }
  },
});
