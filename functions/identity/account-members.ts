import { Failure } from '../core/errors.ts';
import { type Plans, planOf } from '../core/plans.ts';
import type { Accounts } from '../ports/identity.ts';
import type { Members } from '../ports/members.ts';

/** By the accounts of the lab, as they are now. */
export const accountMembers = (accounts: Pick<Accounts, 'find'>, plans: Plans): Members => ({
  async planOf(owner) {
    try {
      return planOf(plans, (await accounts.find(owner)).plan).plan;
    } catch (error) {
      if (error instanceof Failure && error.code === 'accountMissing') return plans.standard;
      throw error;
    }
  },
});
