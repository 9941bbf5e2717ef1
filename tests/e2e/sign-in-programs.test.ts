import { describe, expect, it } from '@jest/globals';
import { Browser, type Visit } from '../support/browser.ts';
import { eachWithService, movableClock } from '../support/sign-in-fixture.ts';
import { join, PageClient, type Tokens } from '../support/sign-in-service.ts';

const email = 'ada@example.org';
const password = 'seven grey mice in a row';
const client_id = 'labdeploy-cli';
const callback = 'http://127.0.0.1:49152/callback';

describe('the command line on the same computer', () => {
  const now = eachWithService();
  const start = async () => {
    const browser = await join(now.service, email, password);
    const page = new PageClient(now.service, browser);
    const asked = await browser.open(page.authorizeUrl({ client_id, redirect_uri: callback }));
    return { browser, page, asked };
  };
  const exchange = (page: PageClient, back: Visit) =>
    page.exchange(back, { client_id, redirect_uri: callback }).then(async (answer) => (await answer.json()) as Tokens);

  it('comes back to any loopback port, once the user has said yes', async () => {
    const { browser, page, asked } = await start();
    expect(asked.text).toContain('Let this program in?');
    expect(asked.text).toContain(email);
    expect(asked.response.headers.get('content-security-policy')).toContain(
      "form-action 'self' http://127.0.0.1:49152;",
    );
    const back = await browser.submit(asked, { answer: 'yes' });
    expect(back.url.startsWith(`${callback}?code=`)).toBe(true);
    const tokens = await exchange(page, back);
    expect((await now.service.identity.verify(tokens.access_token)).email).toBe(email);
  });

  it('gets nothing when the user says no, and asks again the next time', async () => {
    const { browser, page, asked } = await start();
    const back = await browser.submit(asked, { answer: 'no' });
    expect(new URL(back.url).searchParams.get('error')).toBe('access_denied');
    const again = await browser.open(page.authorizeUrl({ client_id, redirect_uri: callback }));
    await browser.submit(again, { answer: 'yes' });
    expect((await browser.open(page.authorizeUrl({ client_id, redirect_uri: callback }))).text).toContain(
      'Let this program in?',
    );
  });

  it.each(['http://192.168.0.7:49152/callback', 'https://evil.example/callback', 'http://127.0.0.1:49152/elsewhere'])(
    'does not come back to %s',
    async (redirect_uri) => {
      const page = new PageClient(now.service);
      expect((await page.browser.open(page.authorizeUrl({ client_id, redirect_uri }))).status).toBe(400);
    },
  );

  it('stays signed in when the browser signs out, and ends with the account', async () => {
    const { browser, page, asked } = await start();
    const tokens = await exchange(page, await browser.submit(asked, { answer: 'yes' }));
    await browser.submit(await browser.open('/auth/sign-out'), {});
    const refresh = (token: string) => page.token({ client_id, grant_type: 'refresh_token', refresh_token: token });
    const answer = await refresh(tokens.refresh_token);
    expect(answer.status).toBe(200);
    const { refresh_token } = (await answer.json()) as Tokens;
    await now.service.issuer.accounts.remove(email);
    expect((await refresh(refresh_token)).status).toBe(400);
  });
});

describe('the command line on another computer', () => {
  const clock = movableClock();
  const now = eachWithService(() => ({ clock }));

  const scope = 'openid offline_access profile email api';
  const ask = async () => {
    const body = new URLSearchParams({ client_id, scope });
    const answer = await fetch(`${now.service.issuer.config.issuer}/device/code`, { method: 'POST', body });
    return (await answer.json()) as {
      device_code: string;
      user_code: string;
      verification_uri: string;
      verification_uri_complete: string;
    };
  };
  const poll = async (device_code: string) => {
    const body = { client_id, grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code };
    const answer = await new PageClient(now.service).token(body);
    return (await answer.json()) as Tokens & { error?: string };
  };

  it('gets tokens when its code was typed, confirmed and somebody signed in', async () => {
    await join(now.service, email, password);
    const { device_code, user_code, verification_uri } = await ask();
    expect(verification_uri).toBe(`${now.service.url}/auth/device`);
    expect(user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    expect(await poll(device_code)).toMatchObject({ error: 'authorization_pending' });

    const browser = new Browser(now.service.url);
    const confirm = await browser.submit(await browser.open(verification_uri), { user_code: user_code.toLowerCase() });
    expect(confirm.text).toContain(user_code);
    const signIn = await browser.submit(confirm, { confirm: 'yes' });
    const done = await browser.submit(signIn, { email, password });
    expect(done.text).toContain('The program is connected');
    const tokens = await poll(device_code);
    expect((await now.service.identity.verify(tokens.access_token)).email).toBe(email);
    const body = { client_id, grant_type: 'refresh_token', refresh_token: tokens.refresh_token, scope };
    const renewed = (await (await new PageClient(now.service).token(body)).json()) as Tokens;
    expect((await now.service.identity.verify(renewed.access_token)).email).toBe(email);
    expect(await poll(device_code)).toMatchObject({ error: 'invalid_grant' });
  });

  it('asks for the confirmation also where the link brings the code', async () => {
    await join(now.service, email, password);
    const { verification_uri_complete, user_code } = await ask();
    const browser = new Browser(now.service.url);
    const sent = await browser.open(verification_uri_complete); // the provider's page, which sends itself
    const script = /<script>([\s\S]*?)<\/script>/.exec(sent.text)![1]!;
    expect(sent.response.headers.get('content-security-policy')).toContain(
      `'sha256-${Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(script))).toString('base64')}'`,
    );
    expect((await browser.submit({ ...sent, url: `${now.service.url}/auth/device` }, {})).text).toContain(user_code);
  });

  it('gets nothing when the user cancels', async () => {
    const browser = await join(now.service, email, password);
    const { device_code, user_code, verification_uri } = await ask();
    const confirm = await browser.submit(await browser.open(verification_uri), { user_code });
    expect((await browser.submit(confirm, { abort: 'yes' })).text).toContain('This was not finished');
    expect(await poll(device_code)).toMatchObject({ error: 'access_denied' });
  });

  it('counts guesses of its code', async () => {
    const browser = new Browser(now.service.url);
    const statuses: number[] = [];
    for (let i = 0; i < 31; i++) {
      const guess = await browser.submit(await browser.open('/auth/device'), { user_code: 'BCDF-GHJK' });
      statuses.push(guess.status);
      if (i === 0) expect(guess.text).toContain('This code is not right');
    }
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(422));
    expect(statuses[30]).toBe(429);
  });
});
