import type { OidcMetadata, UserManager } from 'oidc-client-ts';

/** Cognito names an end_session_endpoint, and takes none of the standard's parameters there. */
const isCognito = (issuer: string): boolean => /^cognito-idp\.[\w-]+\.amazonaws\.com/.test(new URL(issuer).host);

type Known = Pick<OidcMetadata, 'authorization_endpoint'> & Partial<Pick<OidcMetadata, 'end_session_endpoint'>>;

/**
 * Where the browser ends its session at an issuer without RP-initiated logout: Cognito's way, on the host of its sign-in
 * pages. Undefined: the standard's way does.
 */
export function ownSignOut(
  { issuer, clientId, back }: { issuer: string; clientId: string; back: string },
  { authorization_endpoint, end_session_endpoint }: Known,
): string | undefined {
  if (end_session_endpoint !== undefined && !isCognito(issuer)) return undefined;
  return `${new URL('/logout', authorization_endpoint)}?${new URLSearchParams({ client_id: clientId, logout_uri: back })}`;
}

/** Ends the session of this tab and of the browser at the issuer, which sends the browser back. */
export async function signOut(manager: UserManager, leave: (url: string) => void): Promise<void> {
  const { authority: issuer, client_id: clientId, post_logout_redirect_uri: back } = manager.settings;
  const metadata = await manager.metadataService.getMetadata();
  const url = ownSignOut({ issuer, clientId, back: back! }, metadata as Known);
  if (url === undefined) return manager.signoutRedirect();
  await manager.removeUser();
  leave(url);
}
