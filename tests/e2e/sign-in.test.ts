import { statSync } from 'node:fs';
import { request } from 'node:http';
import { join as joinPath } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { openIssuerDatabase } from '../../functions/adapters/local/issuer/issuer-database.ts';
import { Browser } from '../support/browser.ts';
import { bytesOf } from '../support/bytes.ts';
import { eachWithService } from '../support/sign-in-fixture.ts';
import { join, PageClient, type Tokens } from '../support/sign-in-service.ts';

const email = 'ada@example.org';
const password = 'seven grey mice in a row';
const seconds = () => Math.floor(Date.now() / 1000);
const parameter = (url: string, name: string) => new URL(url).searchParams.get(name);

describe('signing in with code and PKCE', () => {
  const now = eachWithService();

  it('goes from an invitation to a token that the API accepts', async () => {
    const { url } = await now.service.issuer.accounts.invite({ email: 'Ada@Example.org', plan: 'large' });
    const page = new PageClient(now.service);
    const form = await page.browser.open(url);
    expect(form.text).toContain('value="Ada@Example.org"');
    const home = await page.browser.submit(form, { name: 'Ada', password }, { stop: `${now.service.url}/?` });
    expect(home.url).toBe(`${now.service.url}/?iss=${encodeURIComponent(now.service.issuer.config.issuer)}`);

    const back = await page.start();
    expect(parameter(back.url, 'state')).toBe(page.state);
    const answer = await page.exchange(back);
    expect(answer.status).toBe(200);
    const tokens = (await answer.json()) as Tokens;
    expect(tokens).toMatchObject({ expires_in: 600, scope: 'api', token_type: 'Bearer' });
    expect(await now.service.identity.verify(tokens.access_token)).toEqual({
      sub: (await now.service.issuer.accounts.find(email)).id,
      email: 'Ada@Example.org',
      name: 'Ada',
      groups: ['plan-large'],
      plan: 'large',
      admin: false,
    });
  });

  it('signs tokens for the API with a key of its JWKS, for ten minutes', async () => {
    await join(now.service, email, password);
    const { access_token: token } = await new PageClient(now.service).signIn(email, password);
    const { issuer, jwksUri } = now.service.issuer.config;
    const keys = await (await fetch(jwksUri)).json();
    expect(keys).toEqual(now.service.issuer.keys);
    expect(now.service.issuer.keys.keys[0]).not.toHaveProperty('d');
    expect(decodeProtectedHeader(token)).toEqual({
      alg: 'ES256',
      typ: 'at+jwt',
      kid: now.service.issuer.keys.keys[0]!.kid,
    });
    const claims = decodeJwt(token);
    expect(claims).toMatchObject({
      iss: issuer,
      aud: `${now.service.url}/v1`,
      client_id: 'labdeploy-page',
      scope: 'api',
    });
    expect(claims.exp! - claims.iat!).toBe(600);
  });

  it('does not accept the ID token where an access token belongs', async () => {
    await join(now.service, email, password);
    const { id_token: token } = await new PageClient(now.service).signIn(email, password);
    expect(decodeJwt(token)).toMatchObject({ email, aud: 'labdeploy-page', groups: [] });
    await expect(now.service.identity.verify(token)).rejects.toMatchObject({ code: 'tokenRefused' });
  });

  it('signs in with the password, however the address is written', async () => {
    await join(now.service, email, password);
    const tokens = await new PageClient(now.service).signIn(' ADA@example.org ', password);
    expect((await now.service.identity.verify(tokens.access_token)).email).toBe(email);
    expect((await now.service.issuer.accounts.find(email)).lastSignInAt! / 1000).toBeCloseTo(seconds(), -1);
  });

  it('takes a code once, and ends what came of it when it is replayed', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const back = await page.submit(await page.start(), { email, password });
    const tokens = (await (await page.exchange(back)).json()) as Tokens;
    const replay = await page.exchange(back);
    expect(replay.status).toBe(400);
    expect(await replay.json()).toMatchObject({ error: 'invalid_grant' });
    const refresh = await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(await refresh.json()).toMatchObject({ error: 'invalid_grant' });
  });

  it('gives tokens to one of several exchanges at once', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const back = await page.submit(await page.start(), { email, password });
    const answers = await Promise.all(Array.from({ length: 5 }, () => page.exchange(back)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it.each([
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
  ])('refuses a request with %s', async (_name, changes) => {
    const back = await new PageClient(now.service).start(changes);
    expect(parameter(back.url, 'error')).toBe('invalid_request');
  });

  it('refuses a code without its verifier, or with another', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const back = await page.submit(await page.start(), { email, password });
    expect((await page.exchange(back, { code_verifier: '' })).status).toBe(400);
    expect((await page.exchange(back, { code_verifier: 'x'.repeat(43) })).status).toBe(400);
    expect((await page.exchange(back)).status).toBe(200);
  });

  it.each(['http://evil.example/signed-in', '/elsewhere', '/signed-in/more', '/signed-in?x=1'])(
    'leads nobody to %s, which is not registered',
    async (path) => {
      const page = new PageClient(now.service);
      const answer = await page.browser.fetch(page.authorizeUrl({ redirect_uri: new URL(path, now.service.url).href }));
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
      expect(await answer.text()).toContain('redirect_uri did not match');
    },
  );

  it('gives no tokens to pages of other origins', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const back = await page.submit(await page.start(), { email, password });
    const body = new URLSearchParams({
      client_id: 'labdeploy-page',
      grant_type: 'authorization_code',
      code: parameter(back.url, 'code')!,
      redirect_uri: page.redirectUri,
      code_verifier: page.verifier,
    });
    const headers = { origin: 'http://evil.example' };
    const answer = await fetch(`${now.service.issuer.config.issuer}/token`, { method: 'POST', body, headers });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(await answer.text()).toContain('origin http://evil.example not allowed');
  });

  it('builds its addresses from its own origin, whatever Host a request names', async () => {
    const { issuer } = now.service.issuer.config;
    const ask = (path: string) =>
      new Promise<{ location: string | undefined; body: string }>((resolve, reject) => {
        const { hostname, port } = new URL(issuer);
        const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
        request({ hostname, port, path, headers }, async (response) => {
          resolve({ location: response.headers.location, body: (await bytesOf(response)).toString() });
        })
          .on('error', reject)
          .end(); // fetch does not let a caller choose the Host
      });
    const document = JSON.parse((await ask('/auth/.well-known/openid-configuration')).body);
    expect(document).toMatchObject({ issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` });
    const { pathname, search } = new URL(new PageClient(now.service).authorizeUrl());
    expect((await ask(pathname + search)).location).toMatch(/^\/auth\/interaction\/[\w-]+$/);
  });

  it('gives every refresh a new token, and ends them all when an old one comes again', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const first = await page.signIn(email, password);
    const refresh = (token: string) => page.token({ grant_type: 'refresh_token', refresh_token: token });
    const second = (await (await refresh(first.refresh_token)).json()) as Tokens;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await now.service.identity.verify(second.access_token)).email).toBe(email);
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect((await refresh(second.refresh_token)).status).toBe(400);
  });

  it('renews silently while the session lasts, and says login_required without one', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    expect(parameter((await page.start({ prompt: 'none' })).url, 'error')).toBe('login_required');
    await page.signIn(email, password);
    const silent = await page.start({ prompt: 'none' });
    expect((await page.exchange(silent)).status).toBe(200);
  });

  it('signs out at the page’s word: session and refresh token end, the browser goes back', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const tokens = await page.signIn(email, password);
    const query = new URLSearchParams({
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: `${now.service.url}/`,
      state: 's',
    });
    const leaving = await page.browser.open(`/auth/sign-out?${query}`);
    expect(leaving.text).toContain('/auth/submit.js'); // nothing to ask: the page had the ID token
    const left = await page.browser.submit(leaving, {}, { stop: `${now.service.url}/?` });
    expect(left.url).toBe(`${now.service.url}/?state=s`);
    expect((await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(400);
    expect((await page.start()).text).toContain('Password');
  });

  it('asks before it signs out for a link that anybody can write', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    await page.signIn(email, password);
    const asked = await page.browser.open('/auth/sign-out');
    expect(asked.text).toContain('Do you want to sign out');
    expect(asked.text).not.toContain('submit.js');
    expect(parameter((await page.start()).url, 'code')).not.toBeNull();
  });

  it('leads nobody elsewhere after sign-out', async () => {
    const query = new URLSearchParams({
      client_id: 'labdeploy-page',
      post_logout_redirect_uri: 'http://evil.example/',
    });
    const answer = await new Browser(now.service.url).open(`/auth/sign-out?${query}`);
    expect(answer.status).toBe(400);
  });

  it('keeps sessions and refresh tokens over a restart', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const tokens = await page.signIn(email, password);
    await now.service.restart();
    expect((await now.service.identity.verify(tokens.access_token)).email).toBe(email);
    expect((await page.exchange(await page.start())).status).toBe(200);
    expect((await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(200);
  });

  it('goes on with a sign-in that a restart interrupted', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const form = await page.start();
    await now.service.restart();
    expect((await page.exchange(await page.submit(form, { email, password }))).status).toBe(200);
  });

  it('keeps its keys and people where only their owner reads them', () => {
    for (const file of ['issuer-keys.json', 'accounts.db', 'accounts.db-wal']) {
      expect([file, (statSync(joinPath(now.folder, file)).mode & 0o777).toString(8)]).toEqual([file, '600']);
    }
  });

  it('puts out cookies of its own port, closed to scripts and to other sites', async () => {
    const page = new PageClient(now.service);
    const answer = await page.browser.fetch(page.authorizeUrl());
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) {
      expect(cookie).toMatch(new RegExp(`^labdeploy-${new URL(now.service.url).port}-`));
      expect(cookie).toMatch(/; httponly/i);
      expect(cookie).toMatch(/; samesite=lax/i);
    }
  });

  it('behind TLS puts out cookies for TLS only', async () => {
    await now.service.restart({ url: 'https://lab.example' });
    const query = new URL(new PageClient(now.service).authorizeUrl({ redirect_uri: 'https://lab.example/signed-in' }))
      .search;
    const answer = await new Browser(now.service.url).fetch(`/auth/authorize${query}`);
    expect(answer.status).toBe(303);
    const cookies = answer.headers.getSetCookie();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie).toMatch(/^__Secure-labdeploy-.*; secure/i);
  });

  it('shows the sign-in page to a session whose account may not sign in any more', async () => {
    const browser = await join(now.service, email, password);
    const page = new PageClient(now.service, browser);
    await page.start();
    using database = openIssuerDatabase(now.folder);
    database.sql.exec("UPDATE accounts SET state = 'disabled'"); // as between a check and the end of its session
    expect((await page.start()).text).toContain('Password');
    expect((await page.browser.open('/auth/account')).text).toContain('Password');
  });

  it('takes over a browser of another user when an invitation is accepted in it', async () => {
    const browser = await join(now.service, email, password);
    await new PageClient(now.service, browser).exchange(await new PageClient(now.service, browser).start());
    const { url } = await now.service.issuer.accounts.invite({ email: 'bob@example.org' });
    await browser.submit(await browser.open(url), { password }, { stop: `${now.service.url}/?` });
    const page = new PageClient(now.service, browser);
    const tokens = (await (await page.exchange(await page.start())).json()) as Tokens;
    expect((await now.service.identity.verify(tokens.access_token)).email).toBe('bob@example.org');
  });
});
