import type { IAMClient } from '@aws-sdk/client-iam';
import { boundaryArn, sendersIn } from '../../../policies/boundary.ts';
import type { PolicyScope } from '../../../policies/named-arns.ts';
import { documentOf } from './client.ts';

/** With the senders that the account's boundary limits mail to, and those `added`: once limited, mail stays so. */
export async function withSenders(
  iam: IAMClient,
  scope: PolicyScope,
  added: readonly string[] = [],
): Promise<PolicyScope> {
  const there = await documentOf(iam, boundaryArn(scope));
  const senders = new Set([...((there && sendersIn(there)) ?? []), ...added]);
  return senders.size === 0 ? scope : { ...scope, senders: [...senders].sort() };
}
