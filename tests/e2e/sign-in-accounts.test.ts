import { existsSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openAccounts } from '../../functions/adapters/local/issuer/open-accounts.ts';
import type { Mail } from '../../functions/adapters/local/issuer/sign-up-routes.ts';
import { Failure } from '../../functions/core/errors.ts';
import { Browser } from '../support/browser.ts';
import { eachWithService, movableClock } from '../support/sign-in-fixture.ts';
import { join, PageClient, type SignInService, type Tokens } from '../support/sign-in-service.ts';

const email = 'ada@example.org';
const password = 'seven grey mice in a row';
const other = 'eight brown hens on a roof';

/** Whether a password opens the door now. */
const opens = async (service: SignInService, who: string, secret: string) => {
  const page = new PageClient(service);
  const visit = await page.submit(await page.start(), { email: who, password: secret });
  return new URL(visit.url).searchParams.has('code');
};

/** An administrator whose browser is signed in. */
async function administrator(service: SignInService): Promise<Browser> {
  const link = await service.issuer.accounts.firstAdminLink();
  const browser = await join(service, 'head@example.org', password, link!.url);
  await new PageClient(service, browser).start();
  return browser;
}

describe('guessing passwords', () => {
  const clock = movableClock();
  const now = eachWithService(() => ({ clock }));

  const attempt = async (who: string, secret: string) => {
    const page = new PageClient(now.service);
    return page.submit(await page.start(), { email: who, password: secret });
  };

  it('waits longer and longer, even with the right password, and after a restart', async () => {
    await join(now.service, email, password);
    for (let i = 0; i < 5; i++) expect((await attempt(email, 'wrong')).status).toBe(403);
    const refused = await attempt(email, password);
    expect(refused.status).toBe(429);
    expect(refused.response.headers.get('retry-after')).toBe('1');
    expect(refused.text).toContain('Too many attempts. Try again in a second');

    await now.service.restart();
    expect((await attempt(email, password)).status).toBe(429);
    clock.forward(1000);
    expect((await attempt(email, 'wrong')).status).toBe(403);
    expect((await attempt(email, password)).response.headers.get('retry-after')).toBe('2');
    clock.forward(2000);
    expect(await opens(now.service, email, password)).toBe(true);
    expect((await attempt(email, 'wrong')).status).toBe(403); // and it starts afresh
  });

  it('does not let attempts at once slip through', async () => {
    await join(now.service, email, password);
    const answers = await Promise.all(Array.from({ length: 12 }, () => attempt(email, 'wrong')));
    expect(answers.filter((answer) => answer.status === 403)).toHaveLength(5);
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(7);
  });

  it('answers the same for an address without account', async () => {
    await join(now.service, email, password);
    const seen: string[][] = [[], []];
    for (const [i, who] of [email, 'eve@example.org'].entries()) {
      for (let n = 0; n < 7; n++) {
        const { status, text, response } = await attempt(who, 'wrong');
        const shown = text
          .replaceAll(who, 'X')
          .replace(/interaction\/[\w-]+/g, 'U')
          .replace(/value="[\w-]{43}"/g, 'C');
        seen[i]!.push(`${status} ${response.headers.get('retry-after')} ${shown}`);
      }
    }
    expect(seen[0]).toEqual(seen[1]);
  });

  it('says that an account is disabled only to who knows its password', async () => {
    await join(now.service, 'bob@example.org', password);
    await now.service.issuer.accounts.disable('bob@example.org');
    expect((await attempt('bob@example.org', 'wrong')).text).toContain('is not right');
    expect((await attempt('bob@example.org', password)).text).toContain('Your account is disabled');
  });
});

describe('invitations', () => {
  const clock = movableClock();
  const now = eachWithService(() => ({ clock }));

  it('work once', async () => {
    const { url } = await now.service.issuer.accounts.invite({});
    await join(now.service, email, password, url);
    const again = await new Browser(now.service.url).open(url);
    expect(again.status).toBe(410);
    expect(again.text).toContain('not good any more');
  });

  it('make one account when two people send the form at once', async () => {
    const { url } = await now.service.issuer.accounts.invite({});
    await Promise.all([join(now.service, email, password, url), join(now.service, 'bob@example.org', password, url)]);
    expect(await now.service.issuer.accounts.list()).toHaveLength(1);
  });

  it('keep of a name what can be shown in one line', async () => {
    const browser = new Browser(now.service.url);
    const { url } = await now.service.issuer.accounts.invite({ email });
    await browser.submit(
      await browser.open(url),
      { name: ' Ada\u202e\u0007Lovelace', password },
      { stop: `${now.service.url}/?` },
    );
    expect(await now.service.issuer.accounts.list()).toMatchObject([{ email, name: 'Ada Lovelace' }]);
  });

  it('end after a week', async () => {
    const { url, expiresAt } = await now.service.issuer.accounts.invite({});
    expect(expiresAt - clock.now()).toBeGreaterThan(7 * 86_400_000 - 5000);
    clock.forward(7 * 86_400_000);
    expect((await new Browser(now.service.url).open(url)).status).toBe(410);
  });

  it('for an address make the account of that address only', async () => {
    const { url } = await now.service.issuer.accounts.invite({ email });
    await join(now.service, 'eve@example.org', password, url);
    expect((await now.service.issuer.accounts.list()).map((account) => account.email)).toEqual([email]);
  });

  it.each([
    ['short', 'Enter at least 10 characters'],
    ['password1234', 'one of the first passwords'],
    ['ada.example', 'too close to your name'],
  ])('do not take %s as password', async (weak, reason) => {
    const browser = new Browser(now.service.url);
    const { url } = await now.service.issuer.accounts.invite({ email: 'ada.example@example.org' });
    const answer = await browser.submit(await browser.open(url), { password: weak });
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(reason);
    expect(answer.text).toContain('aria-describedby="password-hint password-fault"');
    expect(await now.service.issuer.accounts.list()).toEqual([]);
  });

  it('make the first administrator, who takes over what was made without accounts', async () => {
    const first = (await now.service.issuer.accounts.firstAdminLink())!;
    const second = (await now.service.issuer.accounts.firstAdminLink())!;
    expect((await new Browser(now.service.url).open(first.url)).status).toBe(410);
    await join(now.service, email, password, second.url);
    expect(await now.service.issuer.accounts.list()).toMatchObject([
      { id: 'local', email, admin: true, state: 'active' },
    ]);
    expect(await now.service.issuer.accounts.firstAdminLink()).toBeUndefined();
  });

  it('are refused for an address that has an account', async () => {
    await join(now.service, email, password);
    await expect(now.service.issuer.accounts.invite({ email: 'ADA@example.org' })).rejects.toMatchObject({
      code: 'accountExists',
    });
  });
});

describe('signing up without invitation', () => {
  const sent: Mail[] = [];
  const mail = async (message: Mail) => void sent.push(message);
  const now = eachWithService();
  const form = async (page: PageClient) => {
    const start = await page.start();
    const link = /href="([^"]*\/sign-up)"/.exec(start.text)?.[1];
    return link === undefined ? undefined : page.browser.open(link);
  };

  it('is not offered and not possible by default', async () => {
    const page = new PageClient(now.service);
    expect(await form(page)).toBeUndefined();
    const start = await page.start();
    expect((await page.browser.open(`${start.url}/sign-up`)).status).toBe(404);
  });

  it('makes an account and signs it in, where the policy is open', async () => {
    await now.service.restart({ signUp: { kind: 'open' } });
    const page = new PageClient(now.service);
    const back = await page.submit((await form(page))!, { email, name: 'Ada', password });
    expect((await page.exchange(back)).status).toBe(200);
    const twin = new PageClient(now.service);
    const again = await twin.submit((await form(twin))!, { email, name: 'Eve', password: other });
    expect(again.text).toContain('This address has an account');
    expect(await opens(now.service, email, password)).toBe(true);
  });

  it('takes only addresses of the lab’s domains, who wait for an administrator', async () => {
    await now.service.restart({ signUp: { kind: 'domains', domains: ['example.org'] } });
    const page = new PageClient(now.service);
    for (const stranger of ['eve@evil.example', 'eve@sub.example.org', 'eve@example.org.evil.example']) {
      expect((await page.submit((await form(page))!, { email: stranger, password })).text).toContain(
        'Accounts are for addresses of the lab',
      );
    }
    const answer = await page.submit((await form(page))!, { email, password });
    expect(answer.text).toContain('has to let you in');
    expect(await opens(now.service, email, password)).toBe(false);
    await now.service.issuer.accounts.enable(email);
    expect(await opens(now.service, email, password)).toBe(true);

    const again = await page.submit((await form(page))!, { email, password: other });
    expect(again.text).toBe(answer.text); // nobody learns that the account is there
    expect(await opens(now.service, email, other)).toBe(false);
  });

  it('proves the address by mail where there is mail', async () => {
    sent.length = 0;
    await now.service.restart({ signUp: { kind: 'domains', domains: ['example.org'] }, mail });
    const page = new PageClient(now.service);
    const answer = await page.submit((await form(page))!, { email });
    expect(answer.text).toContain('A link to go on is on its way');
    expect(sent.map((message) => message.to)).toEqual([email]);
    await join(now.service, email, password, /http\S+/.exec(sent[0]!.text)![0]);
    expect(await opens(now.service, email, password)).toBe(true);

    const known = await page.submit((await form(page))!, { email });
    expect(known.text).toBe(answer.text);
    expect(sent.at(-1)!.text).toContain('It has one already');
  });
});

describe('accounts beside a running service', () => {
  const now = eachWithService();

  it('are changed from another process’s connection, and its links lead to the service', async () => {
    await join(now.service, email, password);
    using accounts = openAccounts(now.folder);
    await accounts.disable(email);
    expect(await opens(now.service, email, password)).toBe(false);
    await accounts.enable(email);
    expect(await opens(now.service, email, password)).toBe(true);
    await join(now.service, 'bob@example.org', password, (await accounts.invite({ email: 'bob@example.org' })).url);
    expect((await accounts.list()).map((account) => account.email)).toEqual([email, 'bob@example.org']);
    await expect(accounts.find('eve@example.org')).rejects.toMatchObject({ code: 'accountMissing' });
    await expect(accounts.setPlan(email, 'Large!')).rejects.toMatchObject({ code: 'accountInvalid' });
  });

  it('are not there where the service runs for one person, or never ran', async () => {
    await now.service.restart({ users: false });
    for (const folder of [now.folder, joinPath(now.folder, 'none')]) {
      expect(() => openAccounts(folder)).toThrow(expect.objectContaining({ code: 'accountsMissing' }));
    }
    expect(existsSync(joinPath(now.folder, 'none'))).toBe(false);
  });
});

describe('getting back in', () => {
  const sent: Mail[] = [];
  const clock = movableClock();
  const now = eachWithService(() => ({ clock }));

  it('by a link of an administrator, which ends every session', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const tokens = await page.signIn(email, password);
    const { url } = await now.service.issuer.accounts.resetLink(email);
    const browser = new Browser(now.service.url);
    expect((await browser.submit(await browser.open(url), { password: 'short' })).text).toContain('at least 10');
    await browser.submit(await browser.open(url), { password: other }, { stop: `${now.service.url}/?` });

    expect((await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(400);
    expect((await page.start()).text).toContain('Password');
    expect(await opens(now.service, email, password)).toBe(false);
    expect(await opens(now.service, email, other)).toBe(true);
    expect((await browser.open(url)).status).toBe(410);
  });

  it('by mail, with one answer for every address', async () => {
    sent.length = 0;
    await now.service.restart({ mail: async (message) => void sent.push(message) });
    await join(now.service, email, password);
    const ask = async (address: string) => {
      const browser = new Browser(now.service.url);
      return browser.submit(await browser.open('/auth/forgotten'), { email: address });
    };
    expect((await ask('eve@example.org')).text).toBe((await ask(email)).text);
    expect(sent.map((message) => message.to)).toEqual([email]);
    const browser = new Browser(now.service.url);
    await browser.submit(
      await browser.open(/http\S+/.exec(sent[0]!.text)![0]),
      { password: other },
      { stop: `${now.service.url}/?` },
    );
    expect(await opens(now.service, email, other)).toBe(true);
  });

  it('by five mails at most, however the address is spelt', async () => {
    sent.length = 0;
    await now.service.restart({ mail: async (message) => void sent.push(message) });
    await join(now.service, 'björn@müller.example', password);
    const spellings = [
      'björn@müller.example',
      'BJÖRN@MÜLLER.EXAMPLE',
      ' bjo\u0308rn@xn--mller-kva.example',
      'ｂjörn@müller.example',
    ];
    const statuses: number[] = [];
    for (const address of [...spellings, ...spellings]) {
      const browser = new Browser(now.service.url);
      statuses.push((await browser.submit(await browser.open('/auth/forgotten'), { email: address })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    expect(sent.map((message) => message.to)).toEqual(Array(5).fill('björn@müller.example'));
  });

  it('not by a link older than a day', async () => {
    await join(now.service, email, password);
    const { url } = await now.service.issuer.accounts.resetLink(email);
    clock.forward(86_400_000);
    expect((await new Browser(now.service.url).open(url)).status).toBe(410);
  });
});

describe('the account page', () => {
  const now = eachWithService();

  it('asks for a sign-in, comes back, and changes the password everywhere', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const elsewhere = await page.signIn(email, password);

    const browser = new Browser(now.service.url);
    const form = await browser.open('/auth/account');
    const account = await browser.submit(form, { email, password });
    expect(account.url).toBe(`${now.service.url}/auth/account`);
    expect(account.text).toContain(`>${email}</a>`);
    expect((await browser.submit(account, { current: 'wrong', wanted: other })).text).toContain(
      'This is not your current password',
    );
    const changed = await browser.submit(account, { current: password, wanted: other });
    expect(changed.url).toBe(`${now.service.url}/auth/account?changed`);
    expect(changed.text).toContain('Your password is changed');

    expect((await page.token({ grant_type: 'refresh_token', refresh_token: elsewhere.refresh_token })).status).toBe(
      400,
    );
    expect(await opens(now.service, email, password)).toBe(false);
    expect(await opens(now.service, email, other)).toBe(true);
  });
});

describe('the members page', () => {
  const now = eachWithService(() => ({ plans: ['large'] }));
  /** The form of one account's action, by the value of its button. */
  const act = async (browser: Browser, who: string, action: string, values: Record<string, string> = {}) => {
    const page = await browser.open('/auth/admin');
    const { id } = await now.service.issuer.accounts.find(who);
    const at = [...page.text.matchAll(/<form method="post" action="([^"]*)"/g)].findIndex((match) =>
      match[1]!.endsWith(`/accounts/${id}`),
    );
    return browser.submit(page, { action, ...values }, { at });
  };

  it('is for administrators', async () => {
    const browser = await join(now.service, email, password);
    const answer = await browser.open('/auth/admin');
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('Invite a person');
    const account = await browser.open('/auth/account');
    const forged = await browser.submit(
      { ...account, text: account.text.replaceAll('/auth/account"', '/auth/admin/invite"') },
      { email: 'eve@example.org', admin: 'yes' },
    );
    expect(forged.status).toBe(403);
    expect(forged.text).not.toContain('token=');
  });

  it('makes an invitation that works', async () => {
    const browser = await administrator(now.service);
    const made = await browser.submit(await browser.open('/auth/admin'), { email: '', admin: 'yes', plan: 'large' });
    await join(now.service, email, password, /http[^<\s]*token=[\w-]+/.exec(made.text)![0]);
    expect(await now.service.issuer.accounts.find(email)).toMatchObject({
      admin: true,
      plan: 'large',
      state: 'active',
    });
  });

  it('shows a link once: a reload of its page makes no second one', async () => {
    const browser = await administrator(now.service);
    const made = await browser.submit(await browser.open('/auth/admin'), { email: 'eve@example.org' });
    expect(made.text).toContain('token=');
    const again = await browser.open(made.url);
    expect(again.text).toContain('A link is shown once, and this one was');
    expect(again.text).not.toContain('token=');
    expect((await now.service.issuer.accounts.invitations()).map((each) => each.email)).toEqual(['eve@example.org']);
  });

  it('mails an invitation where there is mail, and shows it also when that fails', async () => {
    const sent: Mail[] = [];
    let down = false;
    const mail = async (message: Mail) => {
      if (down) throw new Failure('noticeUnsent', { where: 'the mail server', detail: 'it is down' });
      sent.push(message);
    };
    await now.service.restart({ mail });
    const browser = await administrator(now.service);
    const made = await browser.submit(await browser.open('/auth/admin'), { email });
    expect(made.text).toContain(`is on its way to ${email}`);
    expect(sent).toMatchObject([{ to: email, subject: 'Your invitation to labdeploy' }]);
    await join(now.service, email, password, /http\S+/.exec(sent[0]!.text)![0]);
    down = true;
    const unsent = await browser.submit(await browser.open('/auth/admin'), { email: 'bob@example.org' });
    expect(unsent.text).toContain('It could not be mailed to bob@example.org: the mail server: it is down');
    await join(now.service, 'bob@example.org', password, /http[^<\s]*token=[\w-]+/.exec(unsent.text)![0]);
    expect(sent).toHaveLength(1);
  });

  it('disables an account: session and refresh token end at once, and lets it in again', async () => {
    await join(now.service, email, password);
    const page = new PageClient(now.service);
    const tokens = await page.signIn(email, password);
    const browser = await administrator(now.service);
    expect((await now.service.identity.verify(tokens.access_token)).email).toBe(email);
    expect((await act(browser, email, 'disable')).text).toContain('disabled');
    await expect(now.service.identity.verify(tokens.access_token)).rejects.toMatchObject({ code: 'tokenRefused' });
    expect((await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token })).status).toBe(400);
    expect((await page.start()).text).toContain('Password');
    expect(await opens(now.service, email, password)).toBe(false);
    await act(browser, email, 'enable');
    expect(await opens(now.service, email, password)).toBe(true);
    const revived = await page.token({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
    expect(revived.status).toBe(400);
    expect((await page.start()).text).toContain('Password');
  });

  it('sets plan and administrator, which the next token carries', async () => {
    await join(now.service, email, password);
    const browser = await administrator(now.service);
    await act(browser, email, 'plan', { plan: 'large' });
    await act(browser, email, 'make-admin');
    const tokens = (await new PageClient(now.service).signIn(email, password)) as Tokens;
    expect(await now.service.identity.verify(tokens.access_token)).toMatchObject({ plan: 'large', admin: true });
    await act(browser, email, 'plan', { plan: '' });
    await act(browser, email, 'drop-admin');
    expect(await now.service.issuer.accounts.find(email)).not.toHaveProperty('plan');
    expect((await now.service.issuer.accounts.find(email)).admin).toBe(false);
  });

  it('makes a link for a new password', async () => {
    await join(now.service, email, password);
    const browser = await administrator(now.service);
    const made = await act(browser, email, 'reset');
    const guest = new Browser(now.service.url);
    await guest.submit(
      await guest.open(/http[^<\s]*token=[\w-]+/.exec(made.text)![0]),
      { password: other },
      { stop: `${now.service.url}/?` },
    );
    expect(await opens(now.service, email, other)).toBe(true);
  });

  it('does not leave the lab without an administrator', async () => {
    const browser = await administrator(now.service);
    for (const action of ['disable', 'drop-admin']) {
      const answer = await act(browser, 'head@example.org', action);
      expect(answer.status).toBe(422);
      expect(answer.text).toContain('head@example.org stays administrator: no other account could let people in');
    }
    const buttons = async () =>
      [...(await browser.open('/auth/admin')).text.matchAll(/name="action" value="([\w-]+)"/g)].map(([, name]) => name);
    expect(await buttons()).toEqual(['reset', 'plan']);
    await expect(now.service.issuer.accounts.remove('head@example.org')).rejects.toMatchObject({
      code: 'accountLastAdmin',
    });
    await join(now.service, email, password, (await now.service.issuer.accounts.invite({ admin: true })).url);
    expect((await buttons()).filter((name) => name === 'disable' || name === 'drop-admin')).toHaveLength(4);
  });
});
