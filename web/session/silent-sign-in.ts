import { UserManager } from 'oidc-client-ts';

/** In the hidden frame: hands the issuer's answer to the page around it. */
export const endSilentSignIn = (): Promise<void> =>
  new UserManager({
    authority: location.origin,
    client_id: 'frame',
    redirect_uri: location.href,
  }).signinSilentCallback();
