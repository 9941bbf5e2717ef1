import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join, PageClient, type SignInService, signInService } from '../support/sign-in-service.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const password = 'seven grey mice in a row';

describe('signing in with code and PKCE', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let service: SignInService;
  beforeEach(async () => {
    folder = await temporaryFolder();
    service = await signInService({ dataFolder: folder.path });
  });
  afterEach(async () => {
    expect(service.errors).toEqual([]);
    await service[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('goes from an invitation to a token that the API accepts', async () => {
    const { url } = await service.issuer.accounts.invite({ email: 'Ada@Example.org', plan: 'large' });
    const page = new PageClient(service);
    const form = await page.browser.open(url);
    expect(form.text).toContain('value="Ada@Example.org"');
    const home = await page.browser.submit(form, { name: 'Ada', password }, { stop: `${service.url}/?` });
    expect(home.url).toBe(`${service.url}/?iss=${encodeURIComponent(service.issuer.config.issuer)}`);

    const back = await page.start();
    expect(new URL(back.url).searchParams.get('state')).toBe(page.state);
    const answer = await page.exchange(back);
    expect(answer.status).toBe(200);
    const tokens = (await answer.json()) as { access_token: string; expires_in: number };
    expect(tokens.expires_in).toBe(600);
    expect(await service.identity.verify(tokens.access_token)).toEqual({
      sub: (await service.issuer.accounts.find('ada@example.org')).id,
      email: 'Ada@Example.org',
      name: 'Ada',
      groups: ['plan-large'],
      plan: 'large',
      admin: false,
    });
  });

  it('signs in with the password', async () => {
    await join(service, 'ada@example.org', password);
    const tokens = await new PageClient(service).signIn(' ADA@example.org ', password);
    expect((await service.identity.verify(tokens.access_token)).email).toBe('ada@example.org');
  });
});
