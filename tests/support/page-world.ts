import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Browser, BrowserContext, Download, Page } from 'playwright-core';
import { buildPage } from './built.ts';
import { type RunningService, startService } from './local-service.ts';
import { openBrowser, watchFaults } from './page.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until as untilThere } from './until.ts';

/** A service and a browser that has its page open, for one person unless the arguments say otherwise. */
export interface PageWorld extends AsyncDisposable {
  /** In the test's own folder. */
  at(...names: string[]): string;
  service: RunningService;
  browser: Browser;
  context: BrowserContext;
  /** Signed in, on the list of jobs; of a service with accounts: not yet. */
  page: Page;
  /** What must never happen in a page, as it happens. */
  faults: string[];
  /** Kills the service as a power cut does, and starts it again at the same address on the same data. */
  killService(): Promise<void>;
  startAgain(): Promise<void>;
  /** Chooses a folder or a zip, and starts; the page shows the job then. */
  send(path: string, where?: Page): Promise<void>;
  /** The job that the page shows gets there. */
  ended(state: string, where?: Page): Promise<void>;
  /** What the page's button downloads; the file's path. */
  download(where?: Page): Promise<{ file: string; name: string }>;
}

export async function openPageWorld(args: readonly string[] = []): Promise<PageWorld> {
  await using opened = new AsyncDisposableStack();
  const folder = opened.use(await temporaryFolder());
  const at = (...names: string[]) => join(folder.path, ...names);
  await buildPage();
  const serve = (...more: string[]) => startService(['--data', at('data'), ...more, ...args]);
  let service = await serve();
  opened.defer(() => service.stop());
  const { origin } = service;
  const browser = await openBrowser();
  opened.defer(() => browser.close());
  const context = await browser.newContext({ acceptDownloads: true });
  const faults = watchFaults(context, origin);
  const page = await context.newPage();
  if (service.firstAdmin === undefined) {
    await page.goto(service.url);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
  }
  let downloads = 0;
  const parts = opened.move();

  return {
    at,
    get service() {
      return service;
    },
    browser,
    context,
    page,
    faults,
    async killService() {
      service.child.kill('SIGKILL');
      await service.finished;
    },
    async startAgain() {
      service = await serve('--port', new URL(origin).port);
    },
    async send(path, where = page) {
      await choose(path, where);
      await where.getByRole('button', { name: /^Start with/ }).click();
      const name = basename(path).replace(/\.zip$/, '');
      await where.getByRole('heading', { name, exact: true }).waitFor();
    },
    // The list, which is still there while a job is made, has badges of other jobs.
    ended: (state, where = page) => where.locator(`main:not(:has(ul.jobs)) [data-state=${state}]`).waitFor(),
    async download(where = page) {
      const [download]: [Download, unknown] = await Promise.all([
        where.waitForEvent('download'),
        where.getByRole('button', { name: 'Download results' }).click(),
      ]);
      const file = at(`download-${++downloads}.zip`);
      await download.saveAs(file);
      return { file, name: download.suggestedFilename() };
    },
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  };
}

/** As the buttons of the drop zone do: a folder, or a zip. */
export const choose = (path: string, page: Page): Promise<void> =>
  page
    .locator(/\.zip$/.test(path) ? 'input[type=file]:not([webkitdirectory])' : 'input[webkitdirectory]')
    .setInputFiles(path);

export async function unpack(zip: string, folder: string): Promise<void> {
  await mkdir(folder);
  execFileSync('bsdtar', ['-xf', zip, '-C', folder], { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
}

/** Drops files and folders of this machine on an element, as a mouse does: Chromium makes their entries. */
export async function drop(page: Page, selector: string, files: readonly string[]): Promise<void> {
  await page.locator(selector).scrollIntoViewIfNeeded();
  const box = (await page.locator(selector).boundingBox())!;
  const client = await page.context().newCDPSession(page);
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  const data = { items: [], files: [...files], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await client.send('Input.dispatchDragEvent', { type, ...point, data });
  await client.detach();
}

/** Looks again until it is so. */
export const until = async (isSo: () => boolean): Promise<void> => {
  await untilThere(String(isSo), async () => isSo() || undefined);
};
