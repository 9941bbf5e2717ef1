import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { lockFolder } from '../../functions/adapters/local/folder-lock.ts';

const root = join(import.meta.dirname, '../..');
const chromiumPath = '/usr/bin/chromium';

/** Debian's package; elsewhere these tests are skipped, by name. In CI nothing is skipped: there they run, and fail. */
export const hasChromium = existsSync(chromiumPath) || Boolean(process.env.CI);
export const withoutChromium = `(no ${chromiumPath}: apt install chromium)`;

const build = (folder: string) =>
  promisify(execFile)('npm', ['run', 'build:web', '--', '--outDir', folder], { cwd: root });

/** Builds the page elsewhere than `npm run build:web` does. */
export const buildPageIn = async (folder: string): Promise<void> => void (await build(folder));

/** Where `labdeploy local` finds the page. */
const served = join(root, 'dist/web');

/** Builds the page that the service serves, once for its sources: tests run side by side, and one must not build while another loads. */
export async function buildPage(): Promise<void> {
  const folder = join(root, '.cache/page');
  await mkdir(folder, { recursive: true });
  const made = join(folder, 'sources');
  const deadline = Date.now() + 100_000;
  let unlock = lockFolder(folder);
  while (unlock === undefined) {
    if (Date.now() > deadline) throw new Error('another build of the page does not end');
    await setTimeout(100);
    unlock = lockFolder(folder);
  }
  try {
    const sources = await hashOf(['web', 'functions/core', 'functions/image', 'package-lock.json']);
    if (existsSync(join(served, 'index.html')) && (await readIfThere(made)) === sources) return;
    await rm(made, { force: true });
    await build(join(folder, 'built'));
    await rm(served, { recursive: true, force: true });
    await mkdir(join(root, 'dist'), { recursive: true });
    await rename(join(folder, 'built'), served);
    await writeFile(made, sources);
  } finally {
    unlock();
  }
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const whole = join(root, path);
    const names = path.includes('.') ? [whole] : (await readdir(whole, { recursive: true })).map((n) => join(whole, n));
    for (const name of names.sort()) if (/\.\w+$/.test(name)) hash.update(name).update(await readFile(name));
  }
  return hash.digest('hex');
}

const readIfThere = async (file: string) => (existsSync(file) ? readFile(file, 'utf8') : undefined);

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

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
