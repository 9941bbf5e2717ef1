import type { BrowserContext, Page } from 'playwright-core';
import type { PageWorld } from './page-world.ts';

export const password = 'seven grey mice in a row';

export interface Person {
  email: string;
  context: BrowserContext;
  page: Page;
}

/** Makes an account by an invitation, in a browser profile of its own; ends on the list of jobs. */
export async function arrive({ browser }: PageWorld, email: string, invitation: string): Promise<Person> {
  const context = await browser.newContext({ acceptDownloads: true });
  const page = await context.newPage();
  await page.goto(invitation);
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button').click();
  await page.getByRole('heading', { name: 'New job' }).waitFor();
  return { email, context, page };
}

/** The sign-in page of the issuer, in a page or its second window. */
export async function fillSignIn(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

interface KeptUser {
  access_token: string;
  refresh_token: string;
}

/** What the tab keeps of whoever is signed in. */
export const tokensOf = (page: Page): Promise<KeptUser> =>
  page.evaluate(
    `JSON.parse(sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:'))))`,
  );

/** Puts another access token in its place, as if it had been there all the time. */
export const keepToken = (page: Page, token: string): Promise<void> =>
  page.evaluate(`
    const key = Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:'));
    sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(sessionStorage.getItem(key)), access_token: ${JSON.stringify(token)} }));
  `);
