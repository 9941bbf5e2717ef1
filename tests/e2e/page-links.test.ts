import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { buildPage } from '../support/built.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { axeFindings, hasChromium, openBrowser, watchFaults, withoutChromium } from '../support/page.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const long = 120_000;
const sample = join(import.meta.dirname, '../../samples/images/sparse.tif');

describeInBrowser(`links to results ${hasChromium ? '' : withoutChromium}`, () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let browser: Browser;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    folder = await temporaryFolder();
    await buildPage();
    service = await startService(['--data', join(folder.path, 'data'), '--public-links']);
    browser = await openBrowser();
    const context = await browser.newContext({ acceptDownloads: true });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: service.origin });
    faults = watchFaults(context, service.origin);
    page = await context.newPage();
    await page.goto(service.url);
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(sample);
    await page.getByRole('button', { name: /^Start with/ }).click();
    await page.locator('main [data-state=completed]').waitFor();
  }, long);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  it(
    'copies one that anybody can open',
    async () => {
      await page.getByRole('button', { name: 'Copy link for others' }).click();
      await page.getByText('The link is copied.').waitFor();
      const link = await page.getByRole('textbox', { name: 'Link to the results' }).inputValue();
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(link);
      expect(await axeFindings(page)).toEqual([]);
      const zip = await fetch(link); // nobody's: no cookie, no token
      expect([zip.status, zip.headers.get('content-type')]).toEqual([200, 'application/zip']);
      expect(
        Buffer.from(await zip.arrayBuffer())
          .subarray(0, 2)
          .toString(),
      ).toBe('PK');
    },
    long,
  );

  it(
    'downloads at once by the link of a notice, once, where its owner is signed in',
    async () => {
      const { pathname } = new URL(page.url());
      const begun = page.waitForEvent('download');
      await page.goto(`${service.origin}${pathname}?download`);
      expect((await begun).suggestedFilename()).toMatch(/\.zip$/);
      expect(new URL(page.url()).search).toBe('');
      await page.reload();
      await page.getByRole('button', { name: 'Download results' }).waitFor();

      const stranger = await (await browser.newContext()).newPage();
      await stranger.goto(`${service.origin}${pathname}?download`);
      await stranger.getByRole('button', { name: 'I have the link' }).waitFor();
      expect(faults).toEqual([]);
    },
    long,
  );
});
