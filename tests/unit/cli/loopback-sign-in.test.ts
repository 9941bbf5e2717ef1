import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signIn } from '../../../cli/client/sign-in.ts';

import type { CommandContext } from '../../../cli/context.ts';
import type { PublicConfig } from '../../../functions/contract/service.ts';
import { loopbackAddress, loopbackPorts } from '../../../functions/stack/redirect-uris.ts';
import { type TemporaryFolder, temporaryFolder } from '../../support/temporary-folder.ts';

const cliClientId = 'command-line';
const service = 'https://lab.example';

/** What Cognito's issuer takes and refuses: no codes of devices, no scope that it does not know, callbacks to the letter. */
function cognitoLike(): { server: Server; asked: URLSearchParams[] } {
  const asked: URLSearchParams[] = [];
  const codes = new Map<string, { challenge: string; callback: string }>();
  const server = createServer(async (request, response) => {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const url = new URL(request.url!, origin);
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/.well-known/openid-configuration') {
      return answer(200, {
        issuer: origin,
        authorization_endpoint: `${origin}/oauth2/authorize`,
        token_endpoint: `${origin}/oauth2/token`,
        jwks_uri: `${origin}/keys`,
        response_types_supported: ['code', 'token'],
        scopes_supported: ['openid', 'email', 'phone', 'profile'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    }
    if (url.pathname === '/oauth2/authorize') {
      asked.push(url.searchParams);
      const [callback, scope] = [url.searchParams.get('redirect_uri')!, url.searchParams.get('scope')!];
      if (!loopbackPorts.map(loopbackAddress).includes(callback)) return answer(400, { error: 'redirect_mismatch' });
      const back = new URL(callback);
      back.searchParams.set('state', url.searchParams.get('state')!);
      if (scope.split(' ').every((each) => ['openid', 'email', 'profile'].includes(each))) {
        const code = `code-${codes.size}`;
        codes.set(code, { challenge: url.searchParams.get('code_challenge')!, callback });
        back.searchParams.set('code', code);
      } else back.searchParams.set('error', 'invalid_request');
      return response.writeHead(302, { location: back.href }).end();
    }
    let text = '';
    for await (const chunk of request) text += chunk;
    const sent = new URLSearchParams(text);
    asked.push(sent);
    const tokens = sent.get('grant_type') === 'refresh_token' ? renewed(sent) : issued(sent, origin);
    return tokens === undefined ? answer(400, { error: 'invalid_grant' }) : answer(200, tokens);
  });
  const renewed = (sent: URLSearchParams) =>
    sent.get('refresh_token') === 'a.long.one.of.Cognito'
      ? { access_token: 'renewed', token_type: 'Bearer', expires_in: 3600 }
      : undefined;
  const issued = (sent: URLSearchParams, origin: string) => {
    const known = codes.get(sent.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(sent.get('code_verifier') ?? '')
      .digest('base64url');
    if (known?.challenge !== challenge || known.callback !== sent.get('redirect_uri')) return undefined;
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: origin, aud: cliClientId, sub: 'ada', iat: now, exp: now + 3600 };
    return {
      access_token: 'fresh',
      refresh_token: 'a.long.one.of.Cognito',
      id_token: `${part({ alg: 'RS256' })}.${part(claims)}.${part('signature')}`,
      token_type: 'Bearer',
      expires_in: 3600,
    };
  };
  return { server, asked };
}

describe('signing in where the issuer has no codes for devices, as Cognito', () => {
  let issuer: ReturnType<typeof cognitoLike>;
  let home: TemporaryFolder;
  beforeEach(async () => {
    home = await temporaryFolder();
    issuer = cognitoLike();
    await new Promise<void>((resolve) => issuer.server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    issuer.server.close();
    issuer.server.closeAllConnections();
    await home[Symbol.asyncDispose]();
  });

  const begin = ({ env = {}, browse }: { env?: NodeJS.ProcessEnv; browse(url: string): Promise<unknown> }) => {
    const stop = new AbortController();
    const shown: { url: string; port: number }[] = [];
    const browsed: Promise<unknown>[] = [];
    const services = {
      signal: stop.signal,
      env: { XDG_CONFIG_HOME: home.path, ...env },
      io: {
        emit(code: string, data: { url: string; port: number }) {
          expect(code).toBe('submit.signInHere');
          shown.push(data);
          browsed.push(browse(data.url));
        },
      },
    } as unknown as CommandContext;
    const config = {
      issuer: `http://127.0.0.1:${(issuer.server.address() as AddressInfo).port}`,
      cliClientId,
      scopes: ['openid', 'email', 'profile'],
    } as unknown as PublicConfig;
    return { stop, shown, browsed, token: () => signIn(service, config, services).then((token) => token()) };
  };

  it('has a browser of this computer come back to a port that is registered, and keeps the refresh token', async () => {
    const { shown, browsed, token } = begin({ browse: (url) => fetch(url).then((answer) => answer.text()) });
    expect(await token()).toBe('fresh');
    expect(await Promise.all(browsed)).toEqual(['Go back to the terminal; you can close this page.\n']);
    expect(loopbackPorts).toContain(shown[0]!.port);
    expect(issuer.asked[0]!.get('scope')).toBe('openid email profile');
    expect(await token()).toBe('renewed');
    expect(shown).toHaveLength(1);
    await expect(fetch(loopbackAddress(shown[0]!.port))).rejects.toThrow('fetch failed');
  });

  it('takes no answer that it did not ask for', async () => {
    const { browsed, token } = begin({
      browse: async (url) => {
        const callback = new URL(url).searchParams.get('redirect_uri')!;
        const forged = await fetch(`${callback}?code=forged&state=another`);
        await fetch(url);
        return forged.status;
      },
    });
    expect(await token()).toBe('fresh');
    expect(await Promise.all(browsed)).toEqual([404]);
  });

  it('says why where the issuer refuses', async () => {
    const { token } = begin({
      browse: (url) => fetch(url.replace('scope=openid', 'scope=unknown')),
    });
    await expect(token()).rejects.toMatchObject({ code: 'signInFailed' });
  });

  it('ends when it is stopped', async () => {
    const { stop, token } = begin({ browse: async () => stop.abort(new Error('stopped by hand')) });
    await expect(token()).rejects.toThrow('stopped by hand');
  });

  it('takes a refresh token of Cognito for scripts', async () => {
    const { shown, token } = begin({
      env: { LABDEPLOY_TOKEN: 'a.long.one.of.Cognito' },
      browse: () => Promise.reject(new Error('nobody is there')),
    });
    expect(await token()).toBe('renewed');
    expect(shown).toEqual([]);
  });
});
