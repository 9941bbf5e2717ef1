import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import * as oidc from 'openid-client';
import type { PublicConfig } from '../../functions/contract/service.ts';
import type { CommandContext } from '../context.ts';
import { UserError } from '../errors.ts';
import { loopbackSignIn } from './loopback-sign-in.ts';

/** Where refresh tokens are kept between commands, one a service; only their owner may read the file. */
const tokenFile = (env: NodeJS.ProcessEnv): string =>
  join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'labdeploy', 'tokens.json');

/** A token is asked for anew this long before it ends. */
const marginMs = 30_000;

/** An access token is a signed JWT, of three parts. One for scripts has none, and Cognito's refresh tokens have five. */
const isAccessToken = (token: string): boolean => token.split('.').length === 3;

/**
 * Gives access tokens for a service: by `LABDEPLOY_TOKEN` (an access token, a refresh token, or one for scripts), else by the refresh token of an earlier sign-in, else by a new
 * sign-in: the user opens a page, on this or another device, and confirms a code (RFC 8628); where the issuer has no such
 * codes, as Cognito, on this device.
 */
export async function signIn(
  origin: string,
  config: PublicConfig,
  { io, signal, env }: CommandContext,
): Promise<(refused?: string) => Promise<string>> {
  const given = env.LABDEPLOY_TOKEN || undefined;
  if (given !== undefined && isAccessToken(given))
    return async (refused) => {
      if (refused !== undefined) throw new UserError('tokenNotTaken', { url: origin });
      return given;
    };
  if (config.cliClientId === undefined) throw new UserError('tokenNeeded', { url: origin });
  const client = await oidc.discovery(new URL(config.issuer), config.cliClientId, undefined, oidc.None(), {
    // Plain HTTP is for a service on this machine; anywhere else the issuer has TLS.
    execute: new URL(config.issuer).protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
  });
  const issuer = client.serverMetadata();
  // Cognito gives refresh tokens unasked, and refuses a scope that it does not know.
  const lasting = issuer.scopes_supported?.includes('offline_access') === true ? ['offline_access'] : [];
  const scope = [...new Set(['openid', ...lasting, ...config.scopes])].join(' ');
  let access: { token: string; endsAt: number } | undefined;

  const take = async (tokens: oidc.TokenEndpointResponse & oidc.TokenEndpointResponseHelpers): Promise<string> => {
    access = { token: tokens.access_token, endsAt: Date.now() + (tokens.expiresIn() ?? 300) * 1000 };
    if (tokens.refresh_token !== undefined && given === undefined) await keep(env, origin, tokens.refresh_token);
    return access.token;
  };
  const refresh = async (): Promise<string | undefined> => {
    const token = (await kept(env))[origin];
    if (token === undefined) return undefined;
    try {
      return await take(await oidc.refreshTokenGrant(client, token));
    } catch (error) {
      if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return undefined; // used up or withdrawn
      throw error;
    }
  };
  const confirmCode = async () => {
    const device = await oidc.initiateDeviceAuthorization(client, { scope });
    io.emit('submit.signIn', {
      url: device.verification_uri_complete ?? device.verification_uri,
      code: device.user_code,
    });
    return oidc.pollDeviceAuthorizationGrant(client, device, undefined, { signal });
  };
  const comeBack = () =>
    loopbackSignIn(client, { scope, signal, show: (url, port) => io.emit('submit.signInHere', { url, port }) });
  const confirm = async (): Promise<string> => {
    try {
      return await take(await (issuer.device_authorization_endpoint === undefined ? comeBack() : confirmCode()));
    } catch (error) {
      signal.throwIfAborted();
      throw new UserError('signInFailed', { url: origin, why: (error as Error).message }, { cause: error });
    }
  };
  /** A token for scripts, as the account page makes them, is good for a year and gives access tokens of minutes. */
  const exchange = async (token: string): Promise<string> => {
    try {
      return await take(await oidc.refreshTokenGrant(client, token));
    } catch (error) {
      if (error instanceof oidc.ResponseBodyError)
        throw new UserError('tokenNotTaken', { url: origin }, { cause: error });
      throw error;
    }
  };
  return async (refused) => {
    if (access !== undefined && access.token !== refused && access.endsAt - marginMs > Date.now()) return access.token;
    if (given !== undefined) return exchange(given);
    return (await refresh()) ?? (await confirm());
  };
}

async function kept(env: NodeJS.ProcessEnv): Promise<Record<string, string>> {
  try {
    return JSON.parse(await readFile(tokenFile(env), 'utf8')) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {};
    throw error;
  }
}

async function keep(env: NodeJS.ProcessEnv, origin: string, token: string): Promise<void> {
  const file = tokenFile(env);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, `${JSON.stringify({ ...(await kept(env)), [origin]: token }, null, 2)}\n`, { mode: 0o600 });
  await rename(fresh, file);
}
