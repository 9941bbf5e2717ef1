import type { PolicyScope } from './named-arns.ts';
import type { Conditions } from './statement.ts';
import { stackTag } from './tagged-types.ts';

/** IAM's variable stands for the account where a policy is printed for any. */
const ownAccount = ({ account }: PolicyScope): string => (account === '*' ? `\${aws:PrincipalAccount}` : account);

/** Buckets' ARNs have no account: without this the deployer could use one that another account has made under the name. */
export const inOwnAccount = (scope: PolicyScope, operator: 'StringEquals' | 'StringEqualsIfExists'): Conditions => ({
  [operator]: { 'aws:ResourceAccount': ownAccount(scope) },
});

/** Of what services name themselves: only what a stack has. */
export const hasStackTag: Conditions = { Null: { [`aws:ResourceTag/${stackTag}`]: 'false' } };

/** Of what is about to be made: only as a stack's. */
export const givesStackTag: Conditions = { Null: { [`aws:RequestTag/${stackTag}`]: 'false' } };
