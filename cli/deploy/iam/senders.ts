import type { IAMClient } from '@aws-sdk/client-iam';
import { boundaryArn, sendersIn } from '../../../policies/boundary.ts';
import type { PolicyPlace } from '../../../policies/named-arns.ts';
import { documentOf } from './client.ts';

/** With the senders that the account's boundary limits mail to, and those `added`: once limited, mail stays so. */
export async function withSenders(
  iam: IAMClient,
  place: PolicyPlace,
  added: readonly string[] = [],
): Promise<PolicyPlace> {
  const there = await documentOf(iam, boundaryArn(place));
  const senders = new Set([...((there && sendersIn(there)) ?? []), ...added]);
  return senders.size === 0 ? place : { ...place, senders: [...senders].sort() };
}
