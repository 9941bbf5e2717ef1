import { type IssuerOptions, openIssuer } from '../../adapters/local/issuer/open-issuer.ts';
import { onlyActive } from '../../identity/only-active.ts';
import { tokenVerifier } from '../../identity/verify.ts';

/** Where people sign in, and what knows them by the tokens that they get there. */
export async function openIdentity(options: IssuerOptions) {
  const issuer = await openIssuer(options);
  const { issuer: iss, algorithm, audience, scope } = issuer.config;
  const tokens = tokenVerifier({
    issuer: iss,
    algorithm,
    keys: issuer.keys,
    accessTokens: { form: 'jwt', audience, scope },
  });
  return { issuer, identity: onlyActive(tokens, issuer.isActive) };
}
