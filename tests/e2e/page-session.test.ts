import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { Route } from 'playwright-core';
import type { ProblemView } from '../../functions/contract/problem-view.ts';
import type { PublicConfig } from '../../functions/contract/service.ts';
import { makeSamples } from '../../samples/make.ts';
import { modelFolder } from '../support/models.ts';
import { axeFindings, hasChromium, withoutChromium } from '../support/page.ts';
import { arrive, fillSignIn, keepToken, type Person, tokensOf } from '../support/page-people.ts';
import { choose, openPageWorld, type PageWorld, until } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`tokens that are not good ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let ada: Person;
  let key: JWK;
  /** Of a good token. */
  let claims: JWTPayload;
  const hourAgo = Math.floor(Date.now() / 1000) - 3600;

  beforeAll(async () => {
    world = await openPageWorld(['--users', '--model', modelFolder('identity')]);
    const { at, service } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await mkdir(at('scan'));
    for (const name of ['a.tif', 'b.tif'])
      await writeFile(at('scan', name), await readFile(at('samples/images/sparse.tif')));
    ada = await arrive(world, 'ada@example.org', service.firstAdmin!);
    key = (JSON.parse(await readFile(at('data/issuer-keys.json'), 'utf8')) as { signing: JWK[] }).signing[0]!;
    const { access_token } = await tokensOf(ada.page);
    claims = JSON.parse(Buffer.from(access_token.split('.')[1]!, 'base64url').toString()) as JWTPayload;
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const signed = async (changes: JWTPayload = {}, by?: Parameters<SignJWT['sign']>[0], typ = 'at+jwt') =>
    new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg: 'ES256', typ, ...(key.kid !== undefined && { kid: key.kid }) })
      .sign(by ?? (await importJWK(key, 'ES256')));
  const expired = () => signed({ iat: hourAgo, exp: hourAgo + 600 });
  const ask = (token: string) =>
    fetch(`${world.service.origin}/v1/jobs`, { headers: { Authorization: `Bearer ${token}` } });

  const forgeries: [string, 'tokenExpired' | 'tokenRefused' | undefined, () => Promise<string>][] = [
    ['signed by the issuer for this service', undefined, () => signed()],
    ['expired', 'tokenExpired', expired],
    ['signed by another key', 'tokenRefused', async () => signed({}, (await generateKeyPair('ES256')).privateKey)],
    ['of another issuer', 'tokenRefused', () => signed({ iss: 'https://evil.example' })],
    ['for another service', 'tokenRefused', () => signed({ aud: 'https://other.example' })],
    ['without the scope', 'tokenRefused', () => signed({ scope: 'openid' })],
    ['an ID token', 'tokenRefused', () => signed({}, undefined, 'JWT')],
    ['without a signature', 'tokenRefused', async () => new UnsecuredJWT(claims).encode()],
    [
      'signed with the public key as a secret',
      'tokenRefused',
      async () => {
        const { d: _, ...open } = key;
        return new SignJWT(claims)
          .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
          .sign(Buffer.from(JSON.stringify(open)));
      },
    ],
    [
      'with another subject under the old signature',
      'tokenRefused',
      async () => {
        const [head, , signature] = (await signed()).split('.');
        return [head, Buffer.from(JSON.stringify({ ...claims, sub: 'bob' })).toString('base64url'), signature].join(
          '.',
        );
      },
    ],
  ];
  it.each(forgeries)('the API on a token %s answers %s', async (_what, code, forge) => {
    const answer = await ask(await forge());
    if (code === undefined) return expect(answer.status).toBe(200);
    const body = (await answer.json()) as ProblemView;
    expect([answer.status, body.type]).toEqual([401, `urn:labdeploy:problem:${code}`]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('the page replaces silently, when it comes with one', async () => {
    await keepToken(ada.page, await expired());
    await ada.page.reload();
    await ada.page.getByText('No jobs yet.').waitFor();
    expect((await ask((await tokensOf(ada.page)).access_token)).status).toBe(200);
  });

  it('the page asks to sign in again, and what it was doing goes on', async () => {
    const { page, context, email } = ada;
    await page.evaluate('window.neverReloaded = true');
    const held: Route[] = [];
    await page.route('**/objects/**', (route) => {
      held.push(route);
    });
    await choose(world.at('scan'), page);
    await page.getByRole('button', { name: 'Start with 2 images' }).click();
    await until(() => held.length === 2);

    const old = await tokensOf(page);
    const stale = await expired();
    await page.route('**/v1/**', async (route) => {
      const headers = await route.request().allHeaders();
      if (headers.authorization === `Bearer ${old.access_token}`) headers.authorization = `Bearer ${stale}`;
      await route.continue({ headers });
    });
    const { issuer, clientId } = (await (await fetch(`${world.service.origin}/v1/config`)).json()) as PublicConfig;
    const revoked = await fetch(`${issuer}/revoke`, {
      method: 'POST',
      headers: { origin: world.service.origin },
      body: new URLSearchParams({ client_id: clientId, token: old.refresh_token }),
    });
    expect(revoked.status).toBe(200);
    await context.clearCookies();

    const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await axeFindings(page)).toEqual([]);
    const [second] = await Promise.all([
      context.waitForEvent('page'),
      dialog.getByRole('button', { name: 'Sign in again' }).click(),
    ]);
    const closed = second.waitForEvent('close');
    await fillSignIn(second, email);
    await closed;
    await dialog.waitFor({ state: 'detached' });
    await page.unroute('**/objects/**');
    await Promise.all(held.map((route) => route.abort('connectionreset'))); // or the page waits until it takes them for lost
    await world.ended('completed', page);
    await page.getByText('2 of 2 done').first().waitFor();
    expect(await page.evaluate('window.neverReloaded')).toBe(true);
  }, 90_000);
});
