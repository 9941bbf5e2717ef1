import { describe, expect, it } from '@jest/globals';
import { Browser } from '../support/browser.ts';
import { eachWithService, movableClock } from '../support/sign-in-fixture.ts';
import { join, PageClient, type Tokens } from '../support/sign-in-service.ts';

describe('labdeploy for one person', () => {
  const clock = movableClock();
  const now = eachWithService(() => ({ users: false, clock }));
  const enter = async (link: string) => {
    const browser = new Browser(now.service.url);
    const visit = await browser.open(link, `${now.service.url}/?`);
    return { browser, visit };
  };
  const signsIn = async (browser: Browser) => {
    const page = new PageClient(now.service, browser);
    const back = await page.start();
    return back.url.startsWith(page.redirectUri) ? ((await (await page.exchange(back)).json()) as Tokens) : undefined;
  };

  it('lets the holder of the link in as the owner, by the flow that everybody uses', async () => {
    const { browser, visit } = await enter(now.service.issuer.standingLink());
    expect(visit.url).toBe(`${now.service.url}/?iss=${encodeURIComponent(now.service.issuer.config.issuer)}`);
    const tokens = await signsIn(browser);
    expect(await now.service.identity.verify(tokens!.access_token)).toEqual({
      sub: 'local',
      groups: ['labdeploy-admin'],
      admin: true,
    });
  });

  it('opens with the standing link as often as needed, with the one-time link once, within ten minutes', async () => {
    const { oneTimeLink, standingLink } = now.service.issuer;
    const [used, late] = [oneTimeLink(), oneTimeLink()];
    expect(used).not.toBe(late);
    for (const link of [standingLink(), standingLink(), used])
      expect((await enter(link)).visit.url).toContain('/?iss=');
    expect((await enter(used)).visit.status).toBe(403);
    clock.forward(10 * 60_000);
    expect((await enter(late)).visit.status).toBe(403);
    expect((await enter(standingLink())).visit.url).toContain('/?iss=');
  });

  it.each(['', 'x', 'A'.repeat(43)])('does not open with the secret %p', async (secret) => {
    const { browser, visit } = await enter(`${now.service.issuer.config.issuer}/once?token=${secret}`);
    expect(visit.status).toBe(403);
    expect(await signsIn(browser)).toBeUndefined();
  });

  it('lets a browser without link paste it', async () => {
    const page = new PageClient(now.service);
    const asked = await page.start();
    expect(asked.text).toContain('Open the link that it printed');
    expect((await page.submit(asked, { link: 'nonsense' })).status).toBe(403);
    const back = await page.submit(asked, { link: ` ${now.service.issuer.standingLink()} ` });
    expect((await page.exchange(back)).status).toBe(200);
  });

  it('keeps the session over a restart, but not the links', async () => {
    const before = now.service.issuer.standingLink();
    const { browser } = await enter(before);
    await signsIn(browser);
    await now.service.restart();
    expect(await signsIn(browser)).toBeDefined();
    expect((await enter(before)).visit.status).toBe(403);
  });

  it('has no accounts: nobody can be invited to it by its pages', async () => {
    const { browser } = await enter(now.service.issuer.standingLink());
    await signsIn(browser);
    for (const path of ['/auth/admin', '/auth/invite?token=x', '/auth/reset?token=x', '/auth/forgotten']) {
      expect([path, (await browser.open(path)).status]).toEqual([path, 404]);
    }
  });

  it('signs everybody out when accounts are switched on, and back', async () => {
    const { browser } = await enter(now.service.issuer.standingLink());
    await signsIn(browser);
    await now.service.restart({ users: true });
    expect(await signsIn(browser)).toBeUndefined();
    const link = await now.service.issuer.accounts.firstAdminLink();
    const head = await join(now.service, 'head@example.org', 'seven grey mice in a row', link!.url);
    const tokens = await signsIn(head);
    expect((await now.service.identity.verify(tokens!.access_token)).sub).toBe('local');
    await now.service.restart({ users: false });
    expect(await signsIn(head)).toBeUndefined();
  });
});
