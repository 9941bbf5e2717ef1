import { createHash } from 'node:crypto';
import type { Provider } from 'oidc-provider';
import type { IssuerContext } from './issuer-context.ts';
import { clientIds, grantAll, scriptTokens as kind, scopes } from './provider.ts';

export interface ScriptToken {
  /** Not the token: what names it in a form. */
  id: string;
  /** Milliseconds since 1970. */
  madeAt: number;
  expiresAt: number;
}

/**
 * Refresh tokens of the command line's client that a person makes by hand for `LABDEPLOY_TOKEN`: good for a year, not
 * replaced when used, so that several machines may share one. They end with the account's sessions or one by one.
 */
export function openScriptTokens(provider: Provider, { database, providerStore }: IssuerContext, audience: string) {
  const list = database.sql.prepare(`
    SELECT id, json_extract(payload, '$.iat') AS iat, expires_at FROM artifacts
    WHERE account = ? AND model = 'RefreshToken' AND json_extract(payload, '$.gty') = '${kind}' ORDER BY iat, id`);
  const rows = (account: string) => list.all(account) as { id: string; iat: number; expires_at: number }[];
  return {
    async make(account: string): Promise<string> {
      const client = (await provider.Client.find(clientIds.cli))!;
      const grant = new provider.Grant({ accountId: account, clientId: clientIds.cli });
      grantAll(grant, audience);
      const token = new provider.RefreshToken({
        accountId: account,
        client,
        grantId: await grant.save(),
        gty: kind,
        scope: scopes.join(' '),
        resource: audience,
        expiresWithSession: false,
      });
      return token.save();
    },
    list: (account: string): ScriptToken[] =>
      rows(account).map(({ id, iat, expires_at: expiresAt }) => ({ id: digest(id), madeAt: 1000 * iat, expiresAt })),
    async remove(account: string, id: string): Promise<boolean> {
      const row = rows(account).find((each) => digest(each.id) === id);
      if (row !== undefined) await providerStore.adapter('RefreshToken').destroy(row.id);
      return row !== undefined;
    },
  };
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
