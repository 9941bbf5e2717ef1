import type { PublicConfig } from '../../functions/contract/service.ts';
import { Browser } from './browser.ts';

/** An access token of the one person of a service, by way of a token for scripts. `link`: what the service prints. */
export async function serviceToken(origin: string, link: string): Promise<string> {
  const browser = new Browser(origin);
  await browser.open(link);
  const page = await browser.submit(await browser.open('/auth/scripts'), {});
  return accessToken(origin, scriptTokenIn(page.text));
}

/** The token that a page shows once. */
export function scriptTokenIn(page: string): string {
  const token = /<code class="secret">([\w-]+)<\/code>/.exec(page)?.[1];
  if (token === undefined) throw new Error(`no token in ${page}`);
  return token;
}

export async function accessToken(origin: string, scriptToken: string): Promise<string> {
  const { issuer } = (await (await fetch(`${origin}/v1/config`)).json()) as PublicConfig;
  const body = { client_id: 'labdeploy-cli', grant_type: 'refresh_token', refresh_token: scriptToken };
  const answer = await fetch(`${issuer}/token`, { method: 'POST', body: new URLSearchParams(body) });
  const { access_token } = (await answer.json()) as { access_token?: string };
  if (access_token === undefined) throw new Error(`no token: ${answer.status}`);
  return access_token;
}
