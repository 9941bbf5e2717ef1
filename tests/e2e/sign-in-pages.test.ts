import { describe, expect, it } from '@jest/globals';
import type { Browser, Visit } from '../support/browser.ts';
import { eachWithService } from '../support/sign-in-fixture.ts';
import { join, PageClient } from '../support/sign-in-service.ts';

const email = 'ada@example.org';
const password = 'seven grey mice in a row';

describe('forms', () => {
  const now = eachWithService(() => ({ signUp: { kind: 'open' } }));
  const send = (browser: Browser, page: Visit, values: Record<string, string>, headers: Record<string, string> = {}) =>
    browser.submit(page, values, { stop: `${now.service.url}/signed-in`, headers });

  const forgeries: [string, (page: Visit, browser: Browser) => Promise<Visit>][] = [
    [
      'without the hidden field',
      (page, browser) =>
        send(browser, { ...page, text: page.text.replace('name="csrf"', 'name="x"') }, { email, password }),
    ],
    [
      'with a field of somebody else',
      (page, browser) => send(browser, page, { email, password, csrf: 'A'.repeat(43) }),
    ],
    [
      'from another origin',
      (page, browser) => send(browser, page, { email, password }, { origin: 'http://evil.example' }),
    ],
    ['from a page without origin', (page, browser) => send(browser, page, { email, password }, { origin: 'null' })],
    ['across sites', (page, browser) => send(browser, page, { email, password }, { 'sec-fetch-site': 'cross-site' })],
    [
      'without the cookie',
      (page, browser) => {
        for (const name of browser.cookies.keys()) if (name.endsWith('-form')) browser.cookies.delete(name);
        return send(browser, page, { email, password });
      },
    ],
  ];
  it.each(forgeries)('are not taken %s', async (_how, forge) => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const answer = await forge(await page.start(), page.browser);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('This form was not sent from this page');
  });

  it('that change something are all guarded', async () => {
    const link = await now.service.issuer.accounts.firstAdminLink();
    const browser = await join(now.service, email, password, link!.url);
    await new PageClient(now.service, browser).start();
    const { url } = await now.service.issuer.accounts.invite({});
    const reset = await now.service.issuer.accounts.resetLink(email);
    const paths = [
      '/auth/scripts',
      '/auth/account',
      '/auth/admin/invite',
      '/auth/admin/accounts/local',
      '/auth/forgotten',
      url,
      reset.url,
    ];
    for (const path of paths) {
      const body = new URLSearchParams({
        email: 'eve@example.org',
        password,
        current: password,
        wanted: password,
        action: 'disable',
      });
      const answer = await browser.fetch(path, { method: 'POST', body });
      expect([path, answer.status]).toEqual([path, 403]);
    }
    expect(await now.service.issuer.accounts.list()).toHaveLength(1);
  });

  it('over 16 kB are refused', async () => {
    const page = new PageClient(now.service);
    const answer = await page.submit(await page.start(), { email: 'x'.repeat(20_000), password });
    expect(answer.status).toBe(413);
  });

  it('give back what was typed as text, never as HTML', async () => {
    const page = new PageClient(now.service);
    const answer = await page.submit(await page.start(), { email: '"><script>alert(1)</script>', password });
    expect(answer.text).toContain('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"');
    expect(answer.text).not.toContain('<script>');
  });
});

describe('pages', () => {
  const now = eachWithService(() => ({ signUp: { kind: 'open' }, plans: ['large'] }));

  it('run nothing inline, load nothing from elsewhere, and are never framed or cached', async () => {
    const link = await now.service.issuer.accounts.firstAdminLink();
    const stranger = new PageClient(now.service);
    const invited = await stranger.browser.open(link!.url);
    const start = await stranger.start();
    const head = await join(now.service, email, password, link!.url);
    await new PageClient(now.service, head).start();
    const pages = [
      invited,
      start,
      await stranger.browser.open(`${start.url}/sign-up`),
      await stranger.browser.open('/auth/forgotten'),
      await stranger.browser.open('/auth/device'),
      await stranger.browser.open('/auth/invite?token=x'),
      await stranger.browser.open('/auth/reset?token=x'),
      await stranger.browser.open('/auth/authorize'),
      await stranger.browser.open('/auth/interaction/none'),
      await head.open((await now.service.issuer.accounts.resetLink(email)).url),
      await head.open('/auth/account'),
      await head.submit(await head.open('/auth/scripts'), {}),
      await head.open('/auth/admin'),
      await head.open('/auth/sign-out'),
    ];
    for (const { url, text, response } of pages) {
      const where = new URL(url).pathname;
      expect([where, response.headers.get('content-type')]).toEqual([where, 'text/html; charset=utf-8']);
      expect([where, response.headers.get('content-security-policy')]).toEqual([
        where,
        expect.stringMatching(/^default-src 'none';style-src 'self';.*frame-ancestors 'none'/),
      ]);
      expect([where, response.headers.get('cache-control')]).toEqual([where, 'no-store']);
      expect([where, response.headers.get('x-content-type-options')]).toEqual([where, 'nosniff']);
      expect([
        where,
        /<html lang="en">/.test(text),
        /<title>[^<]+<\/title>/.test(text),
        text.match(/<h1>/g)?.length,
      ]).toEqual([where, true, true, 1]);
      expect([where, text.match(/<style| style=| on\w+="|<script>|(?:src|href)="(?:https?:)?\/\//g)]).toEqual([
        where,
        null,
      ]);
      const labels = [...text.matchAll(/<label for="([^"]+)"/g)].map((match) => match[1]);
      const inputs = [...text.matchAll(/<(?:input|select) id="([^"]+)"/g)].map((match) => match[1]);
      expect([where, labels.sort()]).toEqual([where, inputs.sort()]);
      expect([where, new Set(inputs).size]).toEqual([where, inputs.length]);
    }
  });

  it('of an unknown address say so', async () => {
    const answer = await fetch(`${now.service.issuer.config.issuer}/nothing`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(404);
  });

  it('of trouble tell the log what happened and the user nothing of it', async () => {
    const page = new PageClient(now.service);
    const form = await page.start();
    const trouble = new Error('disk on fire');
    await now.service.restart({ mail: () => Promise.reject(trouble), signUp: { kind: 'open' } });
    const signUp = await page.browser.open(`${form.url}/sign-up`);
    const answer = await page.submit(signUp, { email });
    expect(answer.status).toBe(500);
    expect(answer.text).toContain('Something went wrong here');
    expect(answer.text).not.toContain('fire');
    expect(now.service.errors.splice(0)).toEqual([trouble]);
  });
});
