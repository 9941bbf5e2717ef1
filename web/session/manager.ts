import { type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { PublicConfig } from '../../functions/core/contract.ts';

/** Where the issuer sends the browser back to; registered there. */
export const signedInPath = '/signed-in';
export const silentPath = '/signed-in-silently';

/** Authorization code with PKCE. Tokens are of the tab: a new one asks the issuer silently, whose session the browser keeps. */
export function openManager(
  { issuer, clientId }: Pick<PublicConfig, 'issuer' | 'clientId'>,
  origin: string,
): UserManager {
  return new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: origin + signedInPath,
    silent_redirect_uri: origin + silentPath,
    post_logout_redirect_uri: `${origin}/`,
    scope: 'openid profile email api',
    userStore: new WebStorageStateStore({ store: sessionStorage }),
    automaticSilentRenew: true,
    accessTokenExpiringNotificationTimeInSeconds: 90,
    silentRequestTimeoutInSeconds: 10,
  });
}

/** In the hidden frame: hands the issuer's answer to the page around it. */
export const endSilentSignIn = (): Promise<void> =>
  new UserManager({
    authority: location.origin,
    client_id: 'frame',
    redirect_uri: location.href,
  }).signinSilentCallback();

/** Who is signed in, without asking them anything; undefined: nobody. */
export async function knownUser(manager: UserManager): Promise<User | undefined> {
  const kept = await manager.getUser();
  if (kept !== null && kept.expired !== true) return kept;
  return renewed(manager);
}

/** A fresh token, by the refresh token or else by the issuer's session; undefined: somebody must sign in. */
export async function renewed(manager: UserManager): Promise<User | undefined> {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      return (await manager.signinSilent()) ?? undefined;
    } catch (error) {
      if (isOffline(error)) throw error;
      await manager.removeUser(); // its refresh token is spent: the second attempt asks the session
    }
  }
  return undefined;
}

const isOffline = (error: unknown): boolean => error instanceof TypeError;

/** Only a path of this page: what came back is not trusted to lead elsewhere. */
export const placeIn = (state: unknown): string =>
  typeof state === 'string' && /^\/(?![/\\])/.test(state) && !state.startsWith(signedInPath) ? state : '/';
