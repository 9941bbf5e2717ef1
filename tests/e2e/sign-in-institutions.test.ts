import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, importJWK, type JWK, SignJWT } from 'jose';
import { openIssuerDatabase } from '../../functions/adapters/local/issuer/issuer-database.ts';
import type { IssuerOptions } from '../../functions/adapters/local/issuer/open-issuer.ts';
import { signInWithSchema } from '../../functions/stack/sign-in-with.ts';
import { Browser, unescapeHtml, type Visit } from '../support/browser.ts';
import { type Institution, openInstitution, type PersonClaims } from '../support/institution.ts';
import { join, PageClient, type SignInService, signInService, type Tokens } from '../support/sign-in-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ada: PersonClaims = { sub: '7a1', name: 'Ada', email: 'ada@uni.example', email_verified: true };
const password = 'seven grey mice in a row';

/** The link of the page with these words. */
function linkOf(page: Visit, text: string): string {
  const found = [...page.text.matchAll(/<a [^>]*href="([^"]*)"[^>]*>([^<]*)<\/a>/g)].find((link) => link[2] === text);
  if (found === undefined) throw new Error(`no link '${text}' in the page:\n${page.text}`);
  return new URL(unescapeHtml(found[1]!), page.url).href;
}

describe('signing in with an institution', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let uni: Institution;
  let service: SignInService;
  const redirects: string[] = [];

  const rowOf = (institution: Institution, more: Record<string, unknown> = {}) => ({
    row: signInWithSchema.parse([
      { name: 'Uni', issuer: institution.url, clientId: institution.clientId, ...more },
    ])[0]!,
    secret: institution.secret,
  });
  const open = async (options: Partial<IssuerOptions>, more: Record<string, unknown> = {}) => {
    await service.restart({ signInWith: [rowOf(uni, more)], ...options });
  };
  beforeEach(async () => {
    folder = await temporaryFolder();
    service = await signInService({ dataFolder: folder.path });
    redirects.splice(0, redirects.length, `${service.url}/auth/with/uni/back`, `${service.url}/auth/with/other/back`);
    uni = await openInstitution({ redirectUris: redirects });
    uni.person = ada;
  });
  afterEach(async () => {
    await service[Symbol.asyncDispose]();
    await uni[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
    expect(service.errors).toEqual([]);
  });

  /** From the institution's page to the address that leads back to the lab. */
  const throughInstitution = async (start: string, institution = uni): Promise<string> =>
    (await new Browser(institution.url).open(start, service.url)).url;
  /** From the sign-in page of the lab to what it says, or to the page with a code. */
  const signIn = async (page: PageClient): Promise<Visit> => {
    const away = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
    return page.browser.open(await throughInstitution(away.url), page.redirectUri);
  };
  const tokensOf = async (page: PageClient, back: Visit) => (await (await page.exchange(back)).json()) as Tokens;
  const accept = async (url: string, browser = new Browser(service.url)): Promise<Visit> => {
    const away = await browser.open(linkOf(await browser.open(url), 'Sign in with Uni'));
    return browser.open(await throughInstitution(away.url), `${service.url}/?`);
  };
  const troubles = () => service.errors.splice(0).map((error) => (error as Error).message);

  it('lets a person in whom the policy admits, and knows them again by issuer and subject', async () => {
    await open({ signUp: { kind: 'domains', domains: ['uni.example'] } });
    const page = new PageClient(service);
    const tokens = await tokensOf(page, await signIn(page));
    const caller = await service.identity.verify(tokens.access_token);
    expect(caller).toEqual({
      sub: expect.any(String),
      email: 'ada@uni.example',
      name: 'Ada',
      groups: [],
      admin: false,
    });

    uni.person = { ...ada, email: 'ada.l@uni.example' }; // a new address there does not make another person
    const again = new PageClient(service);
    const second = await service.identity.verify((await tokensOf(again, await signIn(again))).access_token);
    expect(second.sub).toBe(caller.sub);
    expect(await service.issuer.accounts.list()).toHaveLength(1);
  });

  it('asks for what the institution knows, by code with PKCE, with a state and a nonce of each sign-in', async () => {
    await open({ signUp: { kind: 'open' } });
    const starts = [];
    for (const page of [new PageClient(service), new PageClient(service)]) {
      const away = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
      starts.push(Object.fromEntries(new URL(away.url).searchParams));
    }
    expect(starts[0]).toEqual({
      client_id: 'the-lab',
      response_type: 'code',
      scope: 'openid email profile',
      redirect_uri: `${service.url}/auth/with/uni/back`,
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(starts[1]![name]).not.toBe(starts[0]![name]);
  });

  it('keeps no token of the institution, and takes none for the API', async () => {
    await open({ signUp: { kind: 'open' } });
    const page = new PageClient(service);
    const tokens = await tokensOf(page, await signIn(page));
    const { access_token: opaque, id_token: signed } = uni.answers[0] as { access_token: string; id_token: string };
    expect(opaque).toMatch(/^[\w-]{43}$/);
    for (const token of [opaque, signed]) {
      await expect(service.identity.verify(token)).rejects.toMatchObject({ code: 'tokenRefused' });
    }
    const database = openIssuerDatabase(folder.path);
    const kept = ['accounts', 'identities', 'tickets', 'artifacts', 'settings'].map((table) =>
      JSON.stringify(database.sql.prepare(`SELECT * FROM ${table}`).all()),
    );
    database[Symbol.dispose]();
    for (const secret of [opaque, signed, signed.split('.')[2]!, uni.secret]) expect(kept.join()).not.toContain(secret);
    expect(JSON.stringify(decodeJwt(tokens.access_token))).not.toContain(uni.url);
  });

  describe('under the invitation policy', () => {
    it('refuses who has no invitation', async () => {
      await open({ signUp: { kind: 'invite' } });
      const refused = await signIn(new PageClient(service));
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('You have no account here. Ask an administrator of your lab for an invitation');
      expect(await service.issuer.accounts.list()).toEqual([]);
    });

    it('makes the account of an invitation, once, for who opens its link', async () => {
      await open({ signUp: { kind: 'invite' } });
      const { url } = await service.issuer.accounts.invite({ email: 'ada@lab.example', plan: 'large' });
      const browser = new Browser(service.url);
      const home = await accept(url, browser);
      expect(home.url).toBe(`${service.url}/?iss=${encodeURIComponent(service.issuer.config.issuer)}`);
      const page = new PageClient(service, browser);
      expect(await service.identity.verify((await tokensOf(page, await page.start())).access_token)).toMatchObject({
        email: 'ada@lab.example',
        plan: 'large',
      });

      uni.person = { ...ada, sub: 'eve', email: 'eve@uni.example' };
      expect((await new Browser(service.url).open(url)).status).toBe(410);
      expect((await signIn(new PageClient(service))).status).toBe(403);
      expect(await service.issuer.accounts.list()).toHaveLength(1);
    });

    it('asks for an invitation to an address where the institution vouches for none', async () => {
      await open({ signUp: { kind: 'invite' } });
      uni.person = { ...ada, email_verified: false };
      const { url } = await service.issuer.accounts.invite({});
      const refused = await accept(url);
      expect([refused.status, await service.issuer.accounts.list()]).toEqual([403, []]);
      expect(refused.text).toContain('It vouches for no e-mail address of yours');
      expect((await new Browser(service.url).open(url)).status).toBe(200); // the invitation is not used up
    });
  });

  it.each<[string, PersonClaims, Record<string, unknown>, number]>([
    ['an address of the domain', ada, { allowedDomains: ['uni.example'] }, 200],
    ['an address of another domain', ada, { allowedDomains: ['other.example'] }, 403],
    ['an address of a subdomain', { ...ada, email: 'ada@bio.uni.example' }, { allowedDomains: ['uni.example'] }, 403],
    ['an address not verified', { ...ada, email_verified: false }, { allowedDomains: ['uni.example'] }, 403],
    [
      'a verification that is not said',
      { sub: 'a', email: 'ada@uni.example' },
      { allowedDomains: ['uni.example'] },
      403,
    ],
    [
      'a user name that nobody asked for',
      { sub: 'a', preferred_username: 'ada@uni.example' },
      { allowedDomains: ['uni.example'] },
      403,
    ],
    [
      'a user name of the domain, as of Globus',
      { sub: 'a', email: 'eve@evil.example', preferred_username: 'ada@uni.example' },
      { addressClaim: 'preferred_username', allowedDomains: ['uni.example'] },
      200,
    ],
    [
      'a user name of another domain',
      { sub: 'a', email: 'ada@uni.example', email_verified: true, preferred_username: 'ada@evil.example' },
      { addressClaim: 'preferred_username', allowedDomains: ['uni.example'] },
      403,
    ],
  ])('holds the domains of a row: %s', async (_what, person, row, status) => {
    await open({ signUp: { kind: 'open' } }, row);
    uni.person = person;
    const page = new PageClient(service);
    const back = await signIn(page);
    const accounts = (await service.issuer.accounts.list()).map(({ email }) => email);
    if (status === 200) {
      expect((await page.exchange(back)).status).toBe(200);
      expect(accounts).toEqual(['ada@uni.example']);
    } else expect([back.status, accounts]).toEqual([403, []]);
  });

  it('refuses an address that is not verified, and an institution that gives none, as ORCID', async () => {
    await open({ signUp: { kind: 'open' } });
    for (const person of [{ ...ada, email_verified: false }, { sub: '0000-0002' }]) {
      uni.person = person;
      const refused = await signIn(new PageClient(service));
      expect([refused.status, await service.issuer.accounts.list()]).toEqual([403, []]);
    }
  });

  describe('beside an account with the same address', () => {
    beforeEach(async () => {
      await open({ signUp: { kind: 'open' } });
      await join(service, 'ada@uni.example', password);
    });

    it('joins nothing by the address alone', async () => {
      const refused = await signIn(new PageClient(service));
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('Your address has an account here. Sign in to it as before, then connect the two');
      expect(await service.issuer.accounts.list()).toHaveLength(1);
    });

    it('connects both after a sign-in to each and a yes, and disconnects them', async () => {
      const page = new PageClient(service);
      const { sub } = await service.identity.verify((await page.signIn('ada@uni.example', password)).access_token);
      const account = await page.browser.open('/auth/account');
      const away = await page.browser.open(linkOf(account, 'Connect'));
      const ask = await page.browser.open(await throughInstitution(away.url));
      expect(ask.text).toContain('Whoever signs in with Uni as ada@uni.example can then use the labdeploy account');
      expect((await signIn(new PageClient(service))).status).toBe(403); // not before the yes
      const connected = await page.browser.submit(ask, {});
      expect(connected.text).toContain('connected as ada@uni.example');

      const other = new PageClient(service);
      expect((await service.identity.verify((await tokensOf(other, await signIn(other))).access_token)).sub).toBe(sub);
      const asked = await page.browser.submit(ask, {}); // the yes was good once
      expect(asked.status).toBe(400);

      const apart = await page.browser.submit(await page.browser.open('/auth/account'), {}, { at: 1 });
      expect(apart.text).toContain('not connected');
      expect((await signIn(new PageClient(service))).status).toBe(403);
    });

    it('asks for a new sign-in where the last one is not recent', async () => {
      await service.restart({ clock: { now: () => Date.now() + 11 * 60_000 }, signInWith: [rowOf(uni)] });
      const page = new PageClient(service);
      await page.signIn('ada@uni.example', password);
      const account = await page.browser.open('/auth/account');
      const again = await page.browser.fetch(linkOf(account, 'Connect'));
      const to = new URL(again.headers.get('location')!, service.url);
      expect([to.pathname, to.searchParams.get('max_age')]).toEqual(['/auth/authorize', '600']);
    });

    it('gives an identity to one account only', async () => {
      uni.person = { ...ada, email: 'a@uni.example' };
      const first = new PageClient(service);
      await tokensOf(first, await signIn(first));
      const page = new PageClient(service);
      await page.signIn('ada@uni.example', password);
      const away = await page.browser.open(linkOf(await page.browser.open('/auth/account'), 'Connect'));
      const refused = await page.browser.submit(await page.browser.open(await throughInstitution(away.url)), {});
      expect(refused.status).toBe(403);
      expect(refused.text).toContain('This account there is connected with another account here');
    });
  });

  it('leaves the only way into an account, and lets its owner set a password first', async () => {
    await open({ signUp: { kind: 'open' } });
    const page = new PageClient(service);
    await tokensOf(page, await signIn(page));
    const account = await page.browser.open('/auth/account');
    expect(account.text).toContain('This account has no password');
    expect((await page.browser.submit(account, {})).status).toBe(422);
    const { url } = await service.issuer.accounts.resetLink('ada@uni.example');
    await page.browser.submit(await page.browser.open(url), { password }, { stop: `${service.url}/?` });
    await new PageClient(service).signIn('ada@uni.example', password);
  });

  it.each(['', password])('lets nobody in with the password %p where the account has none', async (guess) => {
    await open({ signUp: { kind: 'open' } });
    const page = new PageClient(service);
    await tokensOf(page, await signIn(page));
    const other = new PageClient(service);
    const refused = await other.submit(await other.start(), { email: 'ada@uni.example', password: guess });
    expect(refused.status).toBe(403);
  });

  it('ends sessions and refresh tokens of who is removed, and lets them in again by the policy alone', async () => {
    await open({ signUp: { kind: 'invite' } });
    const { url } = await service.issuer.accounts.invite({});
    const browser = new Browser(service.url);
    await accept(url, browser);
    const page = new PageClient(service, browser);
    const tokens = await tokensOf(page, await page.start());
    await service.issuer.accounts.remove('ada@uni.example');
    await expect(service.identity.verify(tokens.access_token)).rejects.toMatchObject({ code: 'tokenRefused' });
    const refreshed = await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(refreshed.status).toBe(400);
    expect((await signIn(new PageClient(service, browser))).status).toBe(403);
  });

  it('lets nobody in whose account is disabled', async () => {
    await open({ signUp: { kind: 'open' } });
    const page = new PageClient(service);
    await tokensOf(page, await signIn(page));
    await service.issuer.accounts.disable('ada@uni.example');
    const refused = await signIn(new PageClient(service));
    expect([refused.status, refused.text.includes('Your account is disabled')]).toEqual([403, true]);
  });

  it('signs out here at once, and offers to sign out of the institution', async () => {
    await open({ signUp: { kind: 'open' } });
    const page = new PageClient(service);
    const { id_token: hint, refresh_token: refresh } = await tokensOf(page, await signIn(page));
    const ask = await page.browser.open(`/auth/sign-out?${new URLSearchParams({ id_token_hint: hint })}`);
    expect(ask.text).toContain('Uni keeps you signed in in this browser until you sign out there too');
    expect(ask.text).not.toContain('submit.js');
    const out = await page.browser.submit(ask, {}, { at: 1 });
    expect(linkOf(out, 'Sign out of Uni')).toBe(`${uni.url}/session/end?client_id=the-lab`);
    expect((await page.start()).text).toContain('Sign in with Uni');
    expect((await page.token({ grant_type: 'refresh_token', refresh_token: refresh })).status).toBe(400);
  });

  describe('refuses', () => {
    const sign = async (claims: Record<string, unknown>, { key = uni.key, header = {} } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS512', ...header }).sign(await importJWK(key, 'RS512'));
    const answering =
      (change: (claims: Record<string, unknown>) => Promise<string>) => async (answer: Record<string, unknown>) => ({
        ...answer,
        id_token: await change(decodeJwt(answer.id_token as string)),
      });
    beforeEach(() => open({ signUp: { kind: 'open' } }));

    it.each<[string, (claims: Record<string, unknown>) => Record<string, unknown>, string]>([
      ['a forged issuer', (claims) => ({ ...claims, iss: 'https://evil.example' }), '"iss"'],
      ['a wrong audience', (claims) => ({ ...claims, aud: 'another lab' }), '"aud"'],
      ['the nonce of another sign-in', (claims) => ({ ...claims, nonce: 'n'.repeat(43) }), '"nonce"'],
      ['a token that is over', (claims) => ({ ...claims, exp: 1 }), '"exp"'],
    ])('%s', async (_what, change, detail) => {
      uni.tamper = answering((claims) => sign(change(claims)));
      const refused = await signIn(new PageClient(service));
      expect([refused.status, await service.issuer.accounts.list()]).toEqual([502, []]);
      expect(troubles()).toEqual([expect.stringContaining(detail)]);
    });

    it('a signature by another key', async () => {
      await using other = await openInstitution({ redirectUris: redirects });
      uni.tamper = answering((claims) => sign(claims, { key: other.key }));
      expect((await signIn(new PageClient(service))).status).toBe(502);
      expect(troubles()).toEqual([expect.stringContaining('signature')]);
    });

    it('a token without signature', async () => {
      const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      uni.tamper = answering(async (claims) => `${part({ alg: 'none' })}.${part(claims)}.`);
      expect((await signIn(new PageClient(service))).status).toBe(502);
      expect(troubles()).toHaveLength(1);
    });

    it('a code that comes again, with its own state or that of a new sign-in', async () => {
      const page = new PageClient(service);
      const away = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
      const back = new URL(await throughInstitution(away.url));
      await page.browser.open(back.href, page.redirectUri);
      expect((await page.browser.open(back.href)).status).toBe(400);

      const other = new PageClient(service);
      const next = new URL((await other.browser.open(linkOf(await other.start(), 'Sign in with Uni'))).url);
      back.searchParams.set('state', next.searchParams.get('state')!);
      expect((await other.browser.open(back.href)).status).toBe(502);
      expect(troubles()).toEqual([expect.stringContaining('invalid_grant')]);
    });

    it('a sign-in that another browser began', async () => {
      const page = new PageClient(service);
      const away = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
      const stranger = new Browser(service.url);
      expect((await stranger.open(await throughInstitution(away.url))).status).toBe(400);
      expect(await service.issuer.accounts.list()).toEqual([]);
    });

    it('an answer of another institution than was asked', async () => {
      await using other = await openInstitution({ redirectUris: redirects });
      await service.restart({
        signUp: { kind: 'open' },
        signInWith: [rowOf(uni), rowOf(other, { name: 'Other' })],
      });
      const page = new PageClient(service);
      const form = await page.start();
      const away = await page.browser.open(linkOf(form, 'Sign in with Uni'));
      const back = new URL(await throughInstitution(away.url));
      const mixed = new URL(back);
      mixed.searchParams.set('iss', other.url);
      expect((await page.browser.open(mixed.href)).status).toBe(502);
      expect(troubles()).toEqual([expect.stringContaining('"iss"')]);

      const again = await page.browser.open(linkOf(form, 'Sign in with Uni'));
      const elsewhere = new URL(await throughInstitution(again.url));
      elsewhere.pathname = '/auth/with/other/back';
      expect((await page.browser.open(elsewhere.href)).status).toBe(400);
    });

    it('RS512 for the API, though the institution signs with it', async () => {
      const page = new PageClient(service);
      const { access_token: good } = await tokensOf(page, await signIn(page));
      const forged = await sign(decodeJwt(good), {
        header: { typ: 'at+jwt', kid: service.issuer.keys.keys[0]!.kid! },
      });
      await expect(service.identity.verify(good)).resolves.toMatchObject({ email: 'ada@uni.example' });
      await expect(service.identity.verify(forged)).rejects.toMatchObject({ code: 'tokenRefused' });
    });

    it('an institution that says no, in its own words, without an entry in the log', async () => {
      const page = new PageClient(service);
      const away = new URL((await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'))).url);
      const query = { error: 'access_denied', error_description: 'not today', iss: uni.url };
      const denied = await page.browser.open(
        `/auth/with/uni/back?${new URLSearchParams({ ...query, state: away.searchParams.get('state')! })}`,
      );
      expect([denied.status, denied.text.includes('It said: not today')]).toEqual([403, true]);
    });
  });

  it('signs in with an institution that takes the secret in the body and knows the scope openid only', async () => {
    await using orcid = await openInstitution({
      redirectUris: redirects,
      authentication: 'client_secret_post',
      scopes: ['openid'],
    });
    await service.restart({ signUp: { kind: 'invite' }, signInWith: [rowOf(orcid)] });
    orcid.person = { sub: '0000-0002-1825-0097' };
    const { url } = await service.issuer.accounts.invite({ email: 'josiah@lab.example' });
    const browser = new Browser(service.url);
    const away = await browser.open(linkOf(await browser.open(url), 'Sign in with Uni'));
    expect(new URL(away.url).searchParams.get('scope')).toBe('openid');
    await browser.open(await throughInstitution(away.url, orcid), `${service.url}/?`);
    expect((await service.issuer.accounts.list()).map(({ email }) => email)).toEqual(['josiah@lab.example']);
  });

  it('checks signatures with keys that have no name, as that of Globus', async () => {
    await using globus = await openInstitution({ redirectUris: redirects, unnamedKey: true });
    globus.person = ada;
    const resign = async (answer: Record<string, unknown>, key: JWK) => {
      const token = new SignJWT(decodeJwt(answer.id_token as string)).setProtectedHeader({ alg: 'RS512' });
      return { ...answer, id_token: await token.sign(await importJWK(key, 'RS512')) };
    };
    await service.restart({ signUp: { kind: 'open' }, signInWith: [rowOf(globus)] });
    const through = async (page: PageClient) => {
      const away = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
      return page.browser.open(await throughInstitution(away.url, globus), page.redirectUri);
    };
    globus.tamper = (answer) => resign(answer, globus.key);
    const page = new PageClient(service);
    expect((await page.exchange(await through(page))).status).toBe(200);
    globus.tamper = (answer) => resign(answer, uni.key);
    expect((await through(new PageClient(service))).status).toBe(502);
    expect(troubles()).toEqual([expect.stringContaining('signature')]);
  });

  it('says that an institution cannot be reached, and reaches it when it is there again', async () => {
    await open({ signUp: { kind: 'open' } });
    uni.down = true;
    const page = new PageClient(service);
    const refused = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
    expect([refused.status, refused.text.includes('Uni could not be reached')]).toEqual([502, true]);
    expect(troubles()).toEqual([expect.stringContaining('the sign-in with Uni did not work')]);
    uni.down = false;
    expect((await page.exchange(await signIn(page))).status).toBe(200);
  });

  it('keeps of a state its digest only', async () => {
    await open({ signUp: { kind: 'open' } });
    const page = new PageClient(service);
    const away = await page.browser.open(linkOf(await page.start(), 'Sign in with Uni'));
    const state = new URL(away.url).searchParams.get('state')!;
    const database = openIssuerDatabase(folder.path);
    const rows = database.sql.prepare("SELECT digest FROM tickets WHERE kind = 'upstream'").all() as {
      digest: Uint8Array;
    }[];
    database[Symbol.dispose]();
    expect(rows.map(({ digest }) => Buffer.from(digest).toString('hex'))).toEqual([
      createHash('sha256').update(state).digest('hex'),
    ]);
  });
});
