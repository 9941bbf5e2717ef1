import type { PolicyPlace } from './named-arns.ts';
import type { Conditions } from './statement.ts';
import { stackTag } from './tagged-types.ts';

/** IAM's variable stands for the account where a policy is printed for any. */
const ownAccount = ({ account }: PolicyPlace): string => (account === '*' ? `\${aws:PrincipalAccount}` : account);

/** Buckets' ARNs have no account: without this the deployer could use one that somebody else has made under the name. */
export const inOwnAccount = (place: PolicyPlace, operator: 'StringEquals' | 'StringEqualsIfExists'): Conditions => ({
  [operator]: { 'aws:ResourceAccount': ownAccount(place) },
});

/** Of what services name themselves: only what a stack has. */
export const hasStackTag: Conditions = { Null: { [`aws:ResourceTag/${stackTag}`]: 'false' } };

/** Of what is about to be made: only as a stack's. */
export const givesStackTag: Conditions = { Null: { [`aws:RequestTag/${stackTag}`]: 'false' } };
