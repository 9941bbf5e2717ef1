import { describe, expect, it } from '@jest/globals';
import { Browser, type Visit } from '../support/browser.ts';
import { eachWithService } from '../support/sign-in-fixture.ts';
import { join, PageClient, type SignInService, type Tokens } from '../support/sign-in-service.ts';

const email = 'ada@example.org';
const password = 'seven grey mice in a row';
const tokenIn = (page: Visit) => /<code class="secret">([\w-]+)<\/code>/.exec(page.text)?.[1];
const use = (service: SignInService, refresh_token: string) =>
  new PageClient(service).token({ client_id: 'labdeploy-cli', grant_type: 'refresh_token', refresh_token });

describe('tokens for scripts', () => {
  const now = eachWithService();
  const make = async (who: string) => {
    const browser = new Browser(now.service.url);
    const page = await browser.submit(await browser.open('/auth/scripts'), { email: who, password });
    expect(page.url).toBe(`${now.service.url}/auth/scripts`);
    const made = await browser.submit(page, {});
    return { browser, made, token: tokenIn(made)! };
  };

  it('give access tokens again and again, from several machines, over a restart, after sign-out', async () => {
    await join(now.service, email, password);
    const { browser, token } = await make(email);
    await now.service.restart();
    await browser.submit(await browser.open('/auth/sign-out'), {});
    for (const answer of await Promise.all([
      use(now.service, token),
      use(now.service, token),
      use(now.service, token),
    ])) {
      const tokens = (await answer.json()) as Tokens;
      expect(tokens.refresh_token).toBe(token);
      expect((await now.service.identity.verify(tokens.access_token)).email).toBe(email);
    }
  });

  it('are shown once, listed without their secret, and removed one by one', async () => {
    await join(now.service, email, password);
    const { browser, made, token } = await make(email);
    const second = tokenIn(await browser.submit(made, {}))!;
    const list = await browser.open('/auth/scripts');
    expect(list.text).not.toContain(token);
    const ids = [...list.text.matchAll(/name="remove" value="([\w-]{43})"/g)].map((match) => match[1]!);
    expect(ids).toHaveLength(2);
    await browser.submit(list, { remove: ids[0]! });
    const statuses = [(await use(now.service, token)).status, (await use(now.service, second)).status];
    expect(statuses.sort()).toEqual([200, 400]);
  });

  it('of one person cannot be removed by another', async () => {
    await join(now.service, email, password);
    await join(now.service, 'eve@example.org', password);
    const { browser, token } = await make(email);
    const id = /name="remove" value="([\w-]{43})"/.exec((await browser.open('/auth/scripts')).text)![1]!;
    const eve = await make('eve@example.org');
    await eve.browser.submit(await eve.browser.open('/auth/scripts'), { remove: id });
    expect((await use(now.service, token)).status).toBe(200);
  });

  it('end with the account', async () => {
    await join(now.service, email, password);
    const { token } = await make(email);
    await now.service.issuer.accounts.disable(email);
    await now.service.issuer.accounts.enable(email);
    expect((await use(now.service, token)).status).toBe(400);
  });
});

describe('tokens for scripts of one person', () => {
  const now = eachWithService(() => ({ users: false }));

  it('are made by who came with the link', async () => {
    const browser = new Browser(now.service.url);
    await browser.open(now.service.issuer.standingLink(), `${now.service.url}/?`);
    const token = tokenIn(await browser.submit(await browser.open('/auth/scripts'), {}))!;
    const tokens = (await (await use(now.service, token)).json()) as Tokens;
    expect((await now.service.identity.verify(tokens.access_token)).sub).toBe('local');
    expect((await new Browser(now.service.url).open('/auth/scripts')).text).toContain('Open the link that it printed');
  });
});
