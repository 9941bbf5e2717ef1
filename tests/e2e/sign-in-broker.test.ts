import { createHash, generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose';
import type { BrokerAnswer } from '../../functions/broker/answers.ts';
import { openBroker } from '../../functions/broker/broker.ts';
import { tokenVerifier } from '../../functions/identity/verify.ts';
import type { OneTimeStore } from '../../functions/ports/one-time-store.ts';
import { brokerIssuer } from '../../functions/stack/sign-in-broker.ts';
import { signInWithSchema } from '../../functions/stack/sign-in-with.ts';
import { Browser, type Visit } from '../support/browser.ts';
import {
  type Institution,
  type InstitutionOptions,
  openInstitution,
  type PersonClaims,
} from '../support/institution.ts';
import { memoryOneTimeStore } from '../support/memory-one-time-store.ts';
import { type PlayedPool, playedPool } from '../support/played-pool.ts';
import { movableClock } from '../support/sign-in-fixture.ts';

const redirectUri = 'https://lab.auth.eu-central-1.amazoncognito.com/oauth2/idpresponse';
const clientSecret = 'of the pool';
const key = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ format: 'der', type: 'pkcs8' })
  .toString('base64');
const ada: PersonClaims = { sub: '7A1', name: 'Ada', email: 'eve@evil.example', preferred_username: 'Ada@uni.example' };

/** What the pool is told: of issuer and subject, whatever letters the subject has. */
const subjectOf = (issuer: string, sub: string) => createHash('sha256').update(`${issuer}\n${sub}`).digest('hex');

describe('the broker between Cognito and an institution that does not fit it', () => {
  let server: Server;
  let origin: string;
  let globus: Institution;
  let clock: ReturnType<typeof movableClock>;
  let store: OneTimeStore & { readonly size: number };
  let kept: string[];
  let errors: unknown[];
  let pool: PlayedPool;
  const opened: AsyncDisposable[] = [];

  const institution = async (id: string, options: Partial<InstitutionOptions> = {}) => {
    const made = await openInstitution({ redirectUris: [`${origin}/auth/with/${id}/back`], ...options });
    made.person = ada;
    opened.push(made);
    return made;
  };
  /** The institutions by the names of their rows. */
  const serve = (rows: Record<string, Institution>, more: Record<string, unknown> = {}, withSecrets = rows) => {
    const parsed = signInWithSchema.parse(
      Object.entries(rows).map(([name, { url, clientId }]) => ({
        ...{
          name,
          issuer: url,
          clientId,
          addressClaim: 'preferred_username',
          allowedDomains: ['uni.example'],
          ...more,
        },
      })),
    );
    const secrets = Object.entries(withSecrets).map(([name, { secret }]) => [name.toLowerCase(), secret]);
    const recording: OneTimeStore = {
      async put(kind, secret, value, seconds) {
        kept.push(value);
        await store.put(kind, secret, value, seconds);
      },
      take: store.take,
    };
    const answer = openBroker({
      ...{ origin, redirectUri, rows: parsed, clock, store: recording, onError: (error) => errors.push(error) },
      readSecrets: async () => JSON.stringify({ key, clientSecret, institutions: Object.fromEntries(secrets) }),
    });
    server.removeAllListeners('request');
    server.on('request', async (request, response) => {
      const [path = '', query = ''] = request.url!.split('?');
      const cookies = (request.headers.cookie ?? '').split('; ').filter((cookie) => cookie !== '');
      const asked = {
        ...{ method: request.method!, path, query, body: await text(request) },
        cookies: Object.fromEntries(cookies.map((cookie) => cookie.split('=', 2) as [string, string])),
        authorization: request.headers.authorization,
      };
      const failed = ({ message }: Error): BrokerAnswer => ({ status: 500, headers: {}, body: message });
      const made = await answer(asked).catch(failed);
      for (const cookie of made.cookies ?? []) response.appendHeader('set-cookie', cookie);
      response.writeHead(made.status, made.headers).end(made.body);
    });
  };
  const poolAt = (name: string) =>
    playedPool({ issuer: brokerIssuer(origin, { name }), redirectUri, secret: clientSecret, now: clock.now });

  beforeEach(async () => {
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    clock = movableClock();
    store = memoryOneTimeStore(clock);
    [kept, errors] = [[], []];
    globus = await institution('globus', { unnamedKey: true });
    serve({ Globus: globus });
    pool = poolAt('Globus');
  });
  afterEach(async () => {
    for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(errors).toEqual([]);
  });

  /** From the institution's sign-in to the address that leads back to the broker. */
  const throughInstitution = async (away: string, at = globus): Promise<string> =>
    (await new Browser(at.url).open(away, origin)).url;
  /** From the pool to whatever the browser ends at: the pool again, or a page of the broker. */
  const signIn = async (url: string, browser = new Browser(origin), at = globus): Promise<Visit> => {
    const away = await browser.open(url);
    return browser.open(await throughInstitution(away.url, at), redirectUri);
  };
  const attributes = async (): Promise<JWTPayload> => {
    const { url, state } = pool.start();
    return pool.finish((await signIn(url)).url, state);
  };
  const codeOf = async (): Promise<string> =>
    new URL((await signIn(pool.start().url)).url).searchParams.get('code') ?? '';
  const refusalOf = async (response: Response) => [
    response.status,
    ((await response.json()) as { error: string }).error,
  ];
  const logged = () => inspect(errors, { depth: Infinity, showHidden: true });
  const troubles = () => errors.splice(0).map((error) => (error as Error).message);

  it('says who came, in tokens that Cognito takes: the address is the user name of the domain', async () => {
    expect(await attributes()).toEqual({
      ...{ iss: `${origin}/auth/with/globus`, aud: 'cognito', iat: expect.any(Number), exp: expect.any(Number) },
      ...{ sub: subjectOf(globus.url, '7A1'), email: 'Ada@uni.example', email_verified: true, name: 'Ada' },
    });
    expect(store.size).toBe(0); // the sign-in and the code are used up
  });

  it('knows a person again by issuer and subject there, whatever the address', async () => {
    const { sub } = await attributes();
    globus.person = { ...ada, preferred_username: 'ada.l@uni.example' };
    expect(await attributes()).toMatchObject({ sub, email: 'ada.l@uni.example' });
    globus.person = { ...ada, sub: '7B2' };
    expect((await attributes()).sub).not.toBe(sub);
    const other = await institution('globus', { unnamedKey: true });
    serve({ Globus: other }); // the row names another issuer, where somebody has the same subject
    const { url, state } = pool.start();
    expect((await pool.finish((await signIn(url, undefined, other)).url, state)).sub).not.toBe(sub);
  });

  it('hands on what the pool asks for: its state and nonce, and PKCE where it has it', async () => {
    const verifier = 'v'.repeat(43);
    const code_challenge = createHash('sha256').update(verifier).digest('base64url');
    const asked = pool.start({ nonce: 'n-1', code_challenge, code_challenge_method: 'S256' });
    const answer = new URL((await signIn(asked.url)).url).searchParams;
    expect([...answer.keys()]).toEqual(['code', 'state']);
    expect(answer.get('state')).toBe(asked.state);
    const tokens = await pool.exchange(answer.get('code')!, { code_verifier: verifier });
    const { id_token } = (await tokens.json()) as { id_token: string };
    expect(decodeJwt(id_token).nonce).toBe('n-1');

    const again = new URL((await signIn(asked.url)).url).searchParams.get('code')!;
    expect(await refusalOf(await pool.exchange(again))).toEqual([400, 'invalid_grant']);
    const unasked = await pool.exchange(await codeOf(), { code_verifier: verifier });
    expect(await refusalOf(unasked)).toEqual([400, 'invalid_grant']);
  });

  it('asks the institution by code with PKCE, state and nonce of its own', async () => {
    const { url, state } = pool.start();
    const away = await new Browser(origin).open(url);
    const query = Object.fromEntries(new URL(away.url).searchParams);
    expect(query).toEqual({
      ...{ client_id: 'the-lab', response_type: 'code', scope: 'openid email profile' },
      redirect_uri: `${origin}/auth/with/globus/back`,
      ...{ code_challenge: expect.stringMatching(/^[\w-]{43}$/), code_challenge_method: 'S256' },
      ...{ state: expect.stringMatching(/^[\w-]{43}$/), nonce: expect.stringMatching(/^[\w-]{43}$/) },
    });
    expect(query.state).not.toBe(state);
    expect(away.response.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-labdeploy-sign-in=[\w-]{43}; Path=\/; Max-Age=900; Secure; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  it('keeps no token of the institution, and gives none that the API takes', async () => {
    const back = await signIn(pool.start().url);
    const code = new URL(back.url).searchParams.get('code')!;
    const given = (await (await pool.exchange(code)).json()) as Record<string, string>;
    const { access_token: opaque, id_token: signed } = globus.answers[0] as Record<string, string>;
    const all = [...kept, JSON.stringify(given), back.url].join();
    for (const secret of [opaque!, signed!, signed!.split('.')[2]!, globus.secret]) expect(all).not.toContain(secret);
    const jwks = (await (await fetch(`${origin}/auth/with/globus/jwks`)).json()) as { keys: Record<string, unknown>[] };
    expect(Object.keys(jwks.keys[0]!).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']); // public
    const issuer = 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_1';
    const api = tokenVerifier({
      ...{ issuer, algorithm: 'RS256', keys: jwks as never },
      accessTokens: { form: 'cognito', clientIds: ['cognito'] },
    });
    for (const token of [opaque, signed, given.access_token, given.id_token])
      await expect(api.verify(token!)).rejects.toMatchObject({ code: 'tokenRefused' });
  });

  it('describes itself as an OpenID provider with the addresses that the pool is given', async () => {
    const said = await (await fetch(`${origin}/auth/with/globus/.well-known/openid-configuration`)).json();
    expect(said).toMatchObject({
      issuer: `${origin}/auth/with/globus`,
      authorization_endpoint: `${origin}/auth/with/globus/authorize`,
      token_endpoint_auth_methods_supported: ['client_secret_post'],
      id_token_signing_alg_values_supported: ['RS256'],
    });
  });

  it.each<[string, PersonClaims, Record<string, unknown>, number]>([
    ['a user name of another domain', { ...ada, preferred_username: 'ada@evil.example' }, {}, 403],
    ['a user name of a subdomain', { ...ada, preferred_username: 'ada@bio.uni.example' }, {}, 403],
    ['no user name, but an address', { sub: 'a', email: 'ada@uni.example', email_verified: true }, {}, 403],
    [
      'an address that is not verified',
      { sub: 'a', email: 'ada@uni.example' },
      { addressClaim: 'email', broker: true },
      403,
    ],
    [
      'a verified address',
      { sub: 'a', email: 'ada@uni.example', email_verified: true },
      { addressClaim: 'email', broker: true },
      200,
    ],
  ])('holds the domains of a row at every sign-in: %s', async (_what, person, row, status) => {
    serve({ Globus: globus }, row);
    globus.person = person;
    if (status === 200) return void expect(await attributes()).toMatchObject({ email: 'ada@uni.example' });
    const refused = await signIn(pool.start().url);
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('Your address there is not one of those that this lab takes');
    expect(refused.text).toContain(`<a href="${origin}">Back to the sign-in</a>`);
  });

  it('lets through who has no address, as of ORCID, without one: the pool decides', async () => {
    const orcid = await institution('orcid', { scopes: ['openid'] });
    serve({ ORCID: orcid }, { addressClaim: 'email', allowedDomains: undefined });
    orcid.person = { sub: '0000-0002-1694-233X' };
    pool = poolAt('ORCID');
    const { url, state } = pool.start();
    const person = await pool.finish((await signIn(url, undefined, orcid)).url, state);
    expect([person.sub, person.email, person.email_verified]).toEqual([
      subjectOf(orcid.url, '0000-0002-1694-233X'),
      undefined,
      undefined,
    ]);
  });

  describe('refuses', () => {
    it('whoever is not the pool, and sends nobody elsewhere', async () => {
      for (const more of [
        { redirect_uri: 'https://evil.example/oauth2/idpresponse' },
        { redirect_uri: `${redirectUri}/more` },
        { client_id: 'other' },
      ]) {
        const visit = await new Browser(origin).open(pool.start(more).url);
        expect([visit.status, visit.response.headers.get('location')]).toEqual([400, null]);
      }
      expect(kept).toEqual([]);
    });

    it.each<[Record<string, string>, string]>([
      [{ response_type: 'token' }, 'unsupported_response_type'],
      [{ scope: 'email' }, 'invalid_scope'],
      [{ code_challenge: 'abc', code_challenge_method: 'plain' }, 'invalid_request'],
      [{ code_challenge: 'abc' }, 'invalid_request'],
    ])('a wrong request of the pool: %p', async (more, error) => {
      const { url, state } = pool.start(more);
      const back = await new Browser(origin).open(url, redirectUri);
      expect(Object.fromEntries(new URL(back.url).searchParams)).toEqual({ error, state });
    });

    it('a wrong secret, and the code stays good', async () => {
      const code = await codeOf();
      for (const more of [{ client_secret: 'wrong' }, { client_secret: '' }, { client_id: 'other' }])
        expect(await refusalOf(await pool.exchange(code, more))).toEqual([401, 'invalid_client']);
      expect((await pool.exchange(code)).status).toBe(200);
    });

    it('a code for the second time, and of several at once all but one', async () => {
      const code = await codeOf();
      const statuses = await Promise.all([1, 2, 3].map(async () => (await pool.exchange(code)).status));
      expect(statuses.sort()).toEqual([200, 400, 400]);
      expect(await refusalOf(await pool.exchange(code))).toEqual([400, 'invalid_grant']);
    });

    it('a code that is too old, that was made up, or for another address', async () => {
      const [old, other] = [await codeOf(), await codeOf()];
      expect(await refusalOf(await pool.exchange(other, { redirect_uri: 'https://evil.example' }))).toEqual([
        400,
        'invalid_grant',
      ]);
      clock.forward(60_000);
      expect(await refusalOf(await pool.exchange(old))).toEqual([400, 'invalid_grant']);
      expect(await refusalOf(await pool.exchange('x'.repeat(43)))).toEqual([400, 'invalid_grant']);
      const password = { grant_type: 'password' };
      expect(await refusalOf(await pool.exchange('x', password))).toEqual([400, 'unsupported_grant_type']);
    });

    it('a code that whoever else writes to the table put there', async () => {
      const own = 'x'.repeat(43);
      const code = await codeOf();
      const [signed, signature] = [kept.at(-1)!, kept.at(-1)!.slice(0, 43)];
      const anybody = JSON.stringify({ id: 'globus', claims: { sub: 'admin' }, client: {} });
      for (const value of [anybody, signature + anybody, signed, '']) {
        await store.put('code', own, value, 60);
        expect(await refusalOf(await pool.exchange(own))).toEqual([400, 'invalid_grant']);
      }
      expect((await pool.exchange(code)).status).toBe(200);
    });

    it('a state that was made up, used, or waited too long', async () => {
      const browser = new Browser(origin);
      const back = await throughInstitution((await browser.open(pool.start().url)).url);
      const forged = new URL(back);
      forged.searchParams.set('state', 'x'.repeat(43));
      expect((await browser.open(forged.href, redirectUri)).status).toBe(400);
      expect((await browser.open(back, redirectUri)).url).toContain(redirectUri);
      expect((await browser.open(back, redirectUri)).status).toBe(400);
      const late = await throughInstitution((await browser.open(pool.start().url)).url);
      clock.forward(15 * 60_000);
      expect((await browser.open(late, redirectUri)).text).toContain('This page is too old');
    });

    it('a sign-in that another browser began', async () => {
      const back = await throughInstitution((await new Browser(origin).open(pool.start().url)).url);
      expect((await new Browser(origin).open(back, redirectUri)).status).toBe(400);
      const other = new Browser(origin);
      await other.open(pool.start().url); // has a cookie, but another
      expect((await other.open(back, redirectUri)).status).toBe(400);
    });

    it('what comes back from one institution as an answer of another', async () => {
      const evil = await institution('evil');
      serve({ Globus: globus, Evil: evil });
      const browser = new Browser(origin);
      const back = new URL(await throughInstitution((await browser.open(pool.start().url)).url));
      const elsewhere = `${origin}/auth/with/evil/back${back.search}`;
      expect((await browser.open(elsewhere, redirectUri)).status).toBe(400);

      const second = new URL(await throughInstitution((await browser.open(pool.start().url)).url));
      second.searchParams.set('iss', evil.url); // RFC 9207
      expect((await browser.open(second.href, redirectUri)).status).toBe(502);
      expect(troubles()).toEqual([expect.stringContaining('the sign-in with Globus did not work')]);
      expect(evil.answers).toEqual([]);
    });

    it('a code and a token of one institution at the issuer of another', async () => {
      const other = await institution('other');
      serve({ Globus: globus, Other: other });
      const code = await codeOf();
      expect(await refusalOf(await poolAt('Other').exchange(code))).toEqual([400, 'invalid_grant']);
      const tokens = (await (await pool.exchange(await codeOf())).json()) as Record<string, string>;
      const ask = (name: string, token: string) =>
        fetch(`${brokerIssuer(origin, { name })}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
      expect((await ask('Globus', tokens.access_token!)).status).toBe(200);
      expect((await ask('Other', tokens.access_token!)).status).toBe(401);
      expect((await ask('Globus', tokens.id_token!)).status).toBe(401);
      expect((await fetch(`${origin}/auth/with/globus/userinfo`)).status).toBe(401);
      clock.forward(301_000);
      expect((await ask('Globus', tokens.access_token!)).status).toBe(401);
    });

    const signed = async (change: (claims: JWTPayload) => JWTPayload, by = globus.key) => {
      globus.tamper = async (answer) => {
        const token = new SignJWT(change(decodeJwt(String(answer.id_token)))).setProtectedHeader({ alg: 'RS512' });
        return { ...answer, id_token: await token.sign(await importJWK(by, 'RS512')) };
      };
      return signIn(pool.start().url);
    };
    it.each<[string, (claims: JWTPayload) => JWTPayload]>([
      ['of another issuer', (claims) => ({ ...claims, iss: 'https://evil.example' })],
      ['for another client', (claims) => ({ ...claims, aud: 'other' })],
      ['of another sign-in', (claims) => ({ ...claims, nonce: 'other' })],
      ['of last year', (claims) => ({ ...claims, exp: Math.floor(Date.now() / 1000) - 86_400 })],
    ])('an ID token %s', async (_what, change) => {
      expect((await signed(change)).status).toBe(502);
      expect(logged()).not.toContain('7A1'); // of no claim more than what is wrong with it
      expect(troubles()).toEqual([expect.stringContaining('the sign-in with Globus did not work')]);
    });

    it('an ID token that somebody else signed', async () => {
      const evil = await institution('evil');
      expect((await signed((claims) => claims, evil.key)).status).toBe(502);
      expect(troubles()).toHaveLength(1);
    });

    it('an answer that is none, of which no token is logged', async () => {
      for (const more of [{ expires_in: 'soon' }, { token_type: 5 }, { scope: 5 }]) {
        globus.tamper = async (answer) => ({ ...answer, ...more });
        expect((await signIn(pool.start().url)).status).toBe(502);
        const { access_token, id_token } = globus.answers.at(-1)! as Record<string, string>;
        for (const secret of [access_token!, id_token!]) expect(logged()).not.toContain(secret);
        expect(troubles()).toEqual([expect.stringContaining('the sign-in with Globus did not work')]);
      }
    });

    it('an institution whose secret is not there yet, and no other', async () => {
      const later = await institution('later');
      serve({ Globus: globus, Later: later }, {}, { Globus: globus });
      const refused = await fetch(poolAt('Later').start().url, { redirect: 'manual' });
      expect([refused.status, await refused.text()]).toEqual([500, 'no secret of Later: labdeploy up writes it']);
      expect(await attributes()).toMatchObject({ name: 'Ada' });
    });

    it('nobody for ever when an institution is down', async () => {
      globus.down = true;
      const refused = await new Browser(origin).open(pool.start().url);
      expect(refused.status).toBe(502);
      expect(refused.text).toContain('Globus could not be reached');
      expect(troubles()).toHaveLength(1);
      globus.down = false;
      expect(await attributes()).toMatchObject({ name: 'Ada' });
    });

    it('what the institution refuses, in its words, as text', async () => {
      const browser = new Browser(origin);
      const away = new URL((await browser.open(pool.start().url)).url);
      const state = away.searchParams.get('state')!;
      const said = { error: 'access_denied', error_description: 'no <b>consent</b>', state, iss: globus.url };
      const refused = await browser.open(`${origin}/auth/with/globus/back?${new URLSearchParams(said)}`, redirectUri);
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('It said: no &lt;b&gt;consent&lt;/b&gt;');
    });

    it('institutions and paths that it does not have', async () => {
      for (const path of ['/auth/with/other/authorize', '/auth/with/globus', '/auth/with/globus/constructor'])
        expect((await fetch(origin + path)).status).toBe(404);
      expect((await fetch(`${origin}/auth/with/globus/token`)).status).toBe(404); // only by POST
    });
  });
});
