import { ErrorResponse, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { ServiceError } from '../../client/service-error.ts';
import type { PublicConfig } from '../../functions/contract/service.ts';

/** Where the issuer sends the browser back to; registered there. */
export const signedInPath = '/signed-in';
export const silentPath = '/signed-in-silently';

/** Authorization code with PKCE. Tokens are of the tab: a new one asks the issuer silently, whose session the browser keeps. */
export function openManager(
  { issuer, clientId, scopes }: Pick<PublicConfig, 'issuer' | 'clientId' | 'scopes'>,
  origin: string,
  store: Storage = sessionStorage,
): UserManager {
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: origin + signedInPath,
    silent_redirect_uri: origin + silentPath,
    post_logout_redirect_uri: `${origin}/`,
    scope: scopes.join(' '),
    userStore: new WebStorageStateStore({ store }),
    automaticSilentRenew: false, // two at once would spend one refresh token twice; session/bearer renews
    silentRequestTimeoutInSeconds: 10,
  });
}

/** Who is signed in, without asking them anything; undefined: no user. */
export async function knownUser(manager: UserManager): Promise<User | undefined> {
  const kept = await manager.getUser();
  return kept !== null && kept.expired !== true ? kept : renewed(manager);
}

/** A fresh token, by the refresh token or else by the issuer's session; undefined: the user must sign in. Throws ServiceError. */
export async function renewed(manager: UserManager): Promise<User | undefined> {
  if ((await manager.getUser())?.refresh_token !== undefined) {
    const user = await silently(manager);
    if (user !== undefined) return user;
    await manager.removeUser(); // its refresh token is spent
  }
  return isFramed(manager) ? silently(manager) : undefined;
}

/** Only an issuer of this origin can be asked in a frame: another one's cookies stay away from there. */
const isFramed = ({ settings: { authority, redirect_uri } }: UserManager): boolean =>
  new URL(authority).origin === new URL(redirect_uri).origin;

/** Undefined: the issuer says no. An issuer that does not answer says nothing, and is asked again later. */
async function silently(manager: UserManager): Promise<User | undefined> {
  try {
    return (await manager.signinSilent()) ?? undefined;
  } catch (error) {
    if (error instanceof ErrorResponse) return undefined;
    throw new ServiceError(0, {}, { cause: error });
  }
}

/** Only a path of this page: what came back is not trusted to lead elsewhere. */
export const pathInState = (state: unknown): string =>
  typeof state === 'string' && /^\/(?![/\\])/.test(state) && !state.startsWith(signedInPath) ? state : '/';
