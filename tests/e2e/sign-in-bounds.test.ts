import { once } from 'node:events';
import { connect } from 'node:net';
import { join as joinPath } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from '@jest/globals';
import { usualBounds } from '../../functions/adapters/local/issuer/bound-requests.ts';
import { Browser } from '../support/browser.ts';
import { eachWithService, movableClock } from '../support/sign-in-fixture.ts';
import { join, PageClient } from '../support/sign-in-service.ts';

const email = 'ada@example.org';
const password = 'seven grey mice in a row';

/** Sends the text over a connection of its own and resolves with all that comes until the server closes it. */
async function raw(url: string, request: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write(request);
  return text(socket);
}

describe('a request to the sign-in pages from an unknown address', () => {
  const now = eachWithService(() => ({ bounds: { ...usualBounds, wholeWithinMs: 200 } }));

  it.each(['/auth/interaction/x', '/auth/token', '/auth/forgotten'])(
    'is ended when its body to %s does not come',
    async (path) => {
      const answer = await raw(
        now.service.url,
        `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=1`,
      );
      expect(answer.split('\r\n')[0]).toBe('HTTP/1.1 408 Request Timeout');
    },
  );

  it('is refused where its address, its body or its lack of a length would let it be large', async () => {
    const { url } = now.service;
    expect((await fetch(`${url}/auth/authorize?state=${'x'.repeat(5000)}`)).status).toBe(414);
    expect((await fetch(`${url}/auth/token`, { method: 'POST', body: 'x'.repeat(17_000) })).status).toBe(413);
    const chunked = await raw(url, 'POST /auth/token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    expect(chunked.split('\r\n')[0]).toBe('HTTP/1.1 411 Length Required');
  });

  it('begins no sign-in as a picture of another page', async () => {
    const address = new PageClient(now.service).authorizeUrl();
    for (const dest of ['image', 'script', 'style', 'audio'])
      expect((await fetch(address, { headers: { 'sec-fetch-dest': dest }, redirect: 'manual' })).status).toBe(403);
    expect((await fetch(address, { headers: { 'sec-fetch-dest': 'document' }, redirect: 'manual' })).status).toBe(303);
  });

  it('to confirm a device code without ever having asked for one is answered with a page, not a failure', async () => {
    const answer = await fetch(`${now.service.url}/auth/device`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'user_code=ABCD-EFGH&xsrf=1',
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('<h1>');
    const goneOn = await fetch(`${now.service.url}/auth/device/x`);
    expect(goneOn.status).toBe(400);
    expect(await goneOn.text()).toContain('<h1>');
  });
});

describe('sign-ins that are begun and left', () => {
  const clock = movableClock();
  const now = eachWithService(() => ({ clock }));

  it('are limited in rate by address, and in number', async () => {
    const address = new PageClient(now.service).authorizeUrl();
    const begin = async () => (await fetch(address, { redirect: 'manual' })).status;
    // At once: the rate gives two more a second meanwhile.
    const statuses = await Promise.all(Array.from({ length: 300 }, begin));
    expect(statuses.filter((status) => status === 303).length).toBeGreaterThanOrEqual(120);
    expect(statuses).toContain(429);
    for (let round = 0; round < 9; round++) {
      clock.forward(60_000);
      await Promise.all(Array.from({ length: 110 }, begin));
    }
    using database = new DatabaseSync(joinPath(now.folder, 'accounts.db'), { readOnly: true });
    const { kept } = database.prepare("SELECT count(*) AS kept FROM artifacts WHERE model = 'Interaction'").get() as {
      kept: number;
    };
    expect(kept).toBe(1000);
  });
});

describe('guesses of passwords', () => {
  const clock = movableClock();
  const now = eachWithService(() => ({ clock }));
  const guess = async (browser: Browser, address: string, wrong = 'wrong', from = '') => {
    const page = new PageClient(now.service, browser);
    const headers = from === '' ? {} : { 'x-forwarded-for': from };
    return browser.submit(await page.start(), { email: address, password: wrong }, { stop: page.redirectUri, headers });
  };

  it('that others make from the same address do not keep a member out of a browser of hers', async () => {
    const browser = await join(now.service, email, password);
    const first = new PageClient(now.service, browser);
    await first.start(); // lets in who just made the account
    await browser.submit(await browser.open('/auth/sign-out'), {});
    await first.signIn(email, password);
    await browser.submit(await browser.open('/auth/sign-out'), {});
    const stranger = new Browser(now.service.url);
    for (let i = 0; i < 40; i++) await guess(stranger, `nobody${i}@example.org`);
    for (let i = 0; i < 8; i++) await guess(stranger, email);
    expect((await guess(stranger, email)).status).toBe(429);
    expect((await guess(browser, email, password)).url).toContain('/signed-in?code=');
  });

  it('make whoever comes from the same address wait half a minute at most', async () => {
    await join(now.service, email, password);
    const stranger = new Browser(now.service.url);
    for (let i = 0; i < 60; i++) {
      const { status } = await guess(stranger, `nobody${i}@example.org`);
      if (status === 429) clock.forward(30_000);
    }
    clock.forward(30_000);
    expect((await guess(new Browser(now.service.url), email, password)).url).toContain('/signed-in?code=');
  });
});
