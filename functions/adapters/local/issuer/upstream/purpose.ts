/** What a sign-in with an institution is for, until the browser comes back. */
export type UpstreamPurpose =
  | { kind: 'signIn'; uid: string }
  /** The id of an invitation. */
  | { kind: 'invite'; invitation: string }
  /** To connect an account with it. */
  | { kind: 'join' };

/** Marks a session that began with an institution, in its `amr`. */
const methodPrefix = 'with:';

export const methodOf = (id: string): string => `${methodPrefix}${id}`;

/** The id of the institution that a session began with. */
export const upstreamOfSession = (amr: readonly string[] | undefined): string | undefined =>
  amr?.find((method) => method.startsWith(methodPrefix))?.slice(methodPrefix.length);
