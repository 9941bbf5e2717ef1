import { queryPairs, type SignedRequest } from './signed-request.ts';

/** One thing that a request does: IAM judges each. */
export interface Access {
  /** `s3:GetObject`. */
  action: string;
  /** ARN, or `*` where the action has no resource. */
  resource: string;
  /** Condition keys that the request brings along. */
  context?: Record<string, string | string[]>;
}

/** What the account's requests have in common. */
export interface AccountRegion {
  region: string;
  accountId: string;
}

export const arn = ({ region, accountId }: AccountRegion, service: string, resource: string): string =>
  `arn:aws:${service}:${region}:${accountId}:${resource}`;

/** Body of a request in JSON; empty where it has none. */
export const jsonOf = ({ body }: SignedRequest): Record<string, unknown> =>
  body.length === 0 ? {} : (JSON.parse(body.toString()) as Record<string, unknown>);

/** `X-Amz-Target: Service.Operation`. */
export const targetOf = ({ headers }: SignedRequest): string | undefined => headers['x-amz-target']?.split('.').at(-1);

/** Fields of the query protocol: `Action=…` in the body, or in the address. */
export const formOf = ({ body, query }: SignedRequest): Map<string, string> =>
  new Map([...queryPairs(query), ...new URLSearchParams(body.toString())]);

export class UnknownRequest extends Error {}
