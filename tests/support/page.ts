import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { patience } from './patience.ts';

/** Debian's package, Ubuntu's, and what the machines of GitHub Actions have. */
const names = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
export const chromiumPath = names.find(existsSync) ?? names[0]!;

/** Elsewhere these tests are skipped, by name. In CI nothing is skipped: there they run, and fail. */
export const hasChromium = existsSync(chromiumPath) || Boolean(process.env.CI);
export const withoutChromium = `(no ${chromiumPath}: apt install chromium)`;

/** As long as a page may take for anything, unless a test says otherwise; Playwright's own is for quiet machines. */
const pageMs = 60_000 * patience;

export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    const context = await newContext(options);
    context.setDefaultTimeout(pageMs);
    return context;
  };
  return browser;
}

/** What must never happen in a page of this service, as it happens: refused by the policy, broken, or asked of other hosts. */
export function watchFaults(context: BrowserContext, origin: string): string[] {
  const faults: string[] = [];
  context.on('console', (message) => {
    // the page shows what it cannot load; the browser logs it as well
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      faults.push(message.text());
  });
  context.on('weberror', (error) => faults.push(String(error.error())));
  context.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${origin}/`)) faults.push(request.url());
  });
  return faults;
}

/** By how many pixels the page is wider than its window: 0 wherever it fits. Styles may arrive after the text. */
export async function excessWidth(page: Page): Promise<number> {
  await page.waitForLoadState('load');
  return (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number;
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** What axe finds against WCAG 2.2 AA: rule and element. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8')); // as a debugger does: the page's policy takes no script of others
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const found = await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(tags)} })`);
  const { violations } = found as {
    violations: { id: string; nodes: { target: string[]; failureSummary: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  );
}
