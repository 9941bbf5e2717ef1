import type { AttributeType, CognitoIdentityProviderClient, UserType } from '@aws-sdk/client-cognito-identity-provider';
import { rightsOf } from '../../identity/groups.ts';
import type { Account } from '../../ports/identity.ts';

/** A pool whose user names are e-mail addresses: then Cognito's own name of an account is its `sub`. */
export interface CognitoPool {
  client: CognitoIdentityProviderClient;
  userPoolId: string;
}

export interface Found {
  account: Account;
  /** Cognito's own name of it. */
  Username: string;
  status: string;
}

/** Cognito's words for who was invited and has not signed in, and for who signed up and did not confirm the address. */
export const neverCame = 'FORCE_CHANGE_PASSWORD';
export const unconfirmed = 'UNCONFIRMED';

export const attributeOf = (attributes: AttributeType[] | undefined, name: string): string | undefined =>
  attributes?.find(({ Name }) => Name === name)?.Value;

export function foundOf(user: UserType, groups: readonly string[]): Found {
  const status = user.UserStatus ?? '';
  const name = attributeOf(user.Attributes, 'name');
  const waiting = status === unconfirmed ? 'waiting' : 'active';
  return {
    account: {
      id: attributeOf(user.Attributes, 'sub') ?? user.Username!,
      email: attributeOf(user.Attributes, 'email') ?? '',
      ...(name !== undefined && { name }),
      state: user.Enabled === false ? 'disabled' : waiting,
      ...rightsOf(groups),
      createdAt: user.UserCreateDate!.getTime(),
    },
    Username: user.Username!,
    status,
  };
}
