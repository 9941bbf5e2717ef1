import { createHash, randomBytes } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import {
  type Issuer,
  type IssuerOptions,
  issuerPath,
  openIssuer,
} from '../../functions/adapters/local/issuer/open-issuer.ts';
import { onlyActive } from '../../functions/identity/only-active.ts';
import { tokenVerifier } from '../../functions/identity/verify.ts';
import type { Clock } from '../../functions/ports/clock.ts';
import type { Identity } from '../../functions/ports/identity.ts';
import { Browser, type Visit } from './browser.ts';

export interface SignInService extends AsyncDisposable {
  readonly url: string;
  issuer: Issuer;
  identity: Identity;
  /** What the issuer called trouble; a test that expects none says so. */
  readonly errors: unknown[];
  /** Closes the issuer and opens it again on the same folder and address. */
  restart(changes?: Partial<IssuerOptions>): Promise<void>;
}

/** The issuer behind a real socket, on the port that the machine gives. */
export async function signInService({
  port = 0,
  ...options
}: Pick<IssuerOptions, 'dataFolder'> & Partial<IssuerOptions> & { port?: number }): Promise<SignInService> {
  let handle: RequestListener = () => {};
  const server = createServer((req, res) => handle(req, res));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const errors: unknown[] = [];

  const start = async (changes: Partial<IssuerOptions> = {}) => {
    const issuer = await openIssuer({
      url,
      users: true,
      passwordCost: { logN: 4, r: 8, p: 1 },
      onError: (error) => errors.push(error),
      ...options,
      ...changes,
    });
    const app = express();
    app.use(issuerPath, issuer.app);
    app.get('/', (_req, res) => void res.type('html').send('<h1>the page</h1>'));
    handle = app;
    return issuer;
  };
  const service: SignInService = {
    url,
    issuer: await start(),
    identity: undefined as unknown as Identity,
    errors,
    async restart(changes) {
      await service.issuer[Symbol.asyncDispose]();
      service.issuer = await start(changes);
      service.identity = identityOf(service.issuer, options.clock);
    },
    async [Symbol.asyncDispose]() {
      await service.issuer[Symbol.asyncDispose]();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  service.identity = identityOf(service.issuer, options.clock);
  return service;
}

const identityOf = ({ config, keys, isActive }: Issuer, clock?: Clock): Identity => {
  const tokens = tokenVerifier({
    issuer: config.issuer,
    algorithm: config.algorithm,
    keys,
    accessTokens: { form: 'jwt', audience: config.audience, scope: config.scope },
    ...(clock === undefined ? {} : { clock }),
  });
  return onlyActive(tokens, isActive);
};

export interface Tokens {
  access_token: string;
  refresh_token: string;
  id_token: string;
  expires_in: number;
  scope: string;
}

/** What the page does: a public client with PKCE. */
export class PageClient {
  readonly browser: Browser;
  readonly service: SignInService;
  readonly redirectUri: string;
  readonly verifier = randomBytes(32).toString('base64url');
  readonly state = randomBytes(16).toString('base64url');

  constructor(service: SignInService, browser = new Browser(service.url)) {
    this.service = service;
    this.browser = browser;
    this.redirectUri = `${service.url}/signed-in`;
  }

  authorizeUrl(changes: Record<string, string | undefined> = {}): string {
    const { clientId, issuer, scopes } = this.service.issuer.config;
    const all: Record<string, string | undefined> = {
      client_id: clientId,
      response_type: 'code',
      scope: scopes.join(' '),
      redirect_uri: this.redirectUri,
      state: this.state,
      code_challenge: createHash('sha256').update(this.verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...changes,
    };
    const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return `${issuer}/authorize?${new URLSearchParams(given)}`;
  }

  /** To the sign-in page, or back to the page where the browser is signed in already. */
  start(changes?: Record<string, string | undefined>): Promise<Visit> {
    return this.browser.open(this.authorizeUrl(changes), this.redirectUri);
  }

  submit(page: Visit, values: Record<string, string>): Promise<Visit> {
    return this.browser.submit(page, values, { stop: this.redirectUri });
  }

  token(body: Record<string, string>): Promise<Response> {
    const { clientId, issuer } = this.service.issuer.config;
    return fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { origin: this.service.url },
      body: new URLSearchParams({ client_id: clientId, ...body }),
    });
  }

  exchange(back: Visit, changes: Record<string, string> = {}): Promise<Response> {
    const code = new URL(back.url).searchParams.get('code') ?? '';
    return this.token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.verifier,
      ...changes,
    });
  }

  /** All of it, with a password. */
  async signIn(email: string, password: string): Promise<Tokens> {
    const back = await this.submit(await this.start(), { email, password });
    return (await (await this.exchange(back)).json()) as Tokens;
  }
}

/** Makes an account as an invited person does, in a browser of its own. */
export async function join(service: SignInService, email: string, password: string, link?: string): Promise<Browser> {
  const browser = new Browser(service.url);
  const invitation = link ?? (await service.issuer.accounts.invite({ email })).url;
  const form = await browser.open(invitation);
  await browser.submit(form, { email, password }, { stop: `${service.url}/?` });
  return browser;
}
