import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { makeSamples } from '../../samples/make.ts';
import { buildPage } from '../support/built.ts';
import { cli } from '../support/cli.ts';
import { type RunningService, startService } from '../support/local-service.ts';
import { axeFindings, excessWidth, hasChromium, openBrowser, watchFaults, withoutChromium } from '../support/page.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { treeOf } from '../support/tree.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const long = 120_000;

describeInBrowser(`the page, for one person ${hasChromium ? '' : withoutChromium}`, () => {
  let folder: TemporaryFolder;
  let service: RunningService;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let faults: string[];
  const at = (...names: string[]) => join(folder.path, ...names);

  beforeAll(async () => {
    folder = await temporaryFolder();
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await buildPage();
    service = await startService(['--data', at('data')]);
    browser = await openBrowser();
    context = await browser.newContext({ acceptDownloads: true });
    faults = watchFaults(context, service.origin);
    page = await context.newPage();
    await page.goto(service.url);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
  }, long);
  beforeEach(async () => {
    await page.goto(service.origin);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
  }, long);
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
    await folder?.[Symbol.asyncDispose]();
  });

  const choose = (path: string, where: Page = page) => where.locator('input[webkitdirectory]').setInputFiles(path);
  const ended = (state: string) => page.locator(`main [data-state=${state}]`).waitFor();
  async function send(path: string) {
    await choose(path);
    await page.getByRole('button', { name: /^Start with/ }).click();
    await page.getByRole('heading', { name: path.split('/').at(-1)!, exact: true }).waitFor();
  }

  it(
    'sends a folder, and gives what run gives, byte for byte',
    async () => {
      await choose(at('samples/images'));
      await page.getByText('384 × 320 pixels, uint16 · pixel 0.65 × 0.65 µm').waitFor();
      await page.getByRole('button', { name: 'Start with 4 images' }).click();
      await page.getByRole('heading', { name: 'images', exact: true }).waitFor();
      await ended('completed');
      await page.getByText('4 of 4 done').waitFor();
      await page.getByRole('img', { name: /^dense\.tif with the outlines of \d+ objects$/ }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download results' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('images.zip');
      await download.saveAs(at('images.zip'));
      await mkdir(at('unpacked'));
      execFileSync('bsdtar', ['-xf', at('images.zip'), '-C', at('unpacked')], {
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      });
      expect((await cli(['run', at('samples/images'), '-o', at('run')])).code).toBe(0);
      expect(await treeOf(at('unpacked'))).toEqual(await treeOf(at('run')));
      expect(await page.title()).toBe('✓ images · labdeploy');
    },
    long,
  );

  it(
    'shows one image with its measurements, and downloads one file',
    async () => {
      await page.getByRole('link', { name: 'images' }).first().click();
      await page.getByRole('link', { name: /^sparse\.tif with the outlines/ }).click();
      await page.getByRole('heading', { name: 'sparse.tif' }).waitFor();
      await page.getByRole('img', { name: /^area_um2 of \d+ objects: from .* to .*, median/ }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: /^Labels/ }).click(),
      ]);
      await download.saveAs(at('labels.tif'));
      expect(await readFile(at('labels.tif'))).toEqual(await readFile(at('run/sparse_labels.tif')));
    },
    long,
  );

  it(
    'names what failed, why, and what to do',
    async () => {
      await mkdir(at('mixed'));
      await writeFile(at('mixed/notes.txt'), 'no image');
      await writeFile(at('mixed/broken.tif'), (await readFile(at('samples/images/dense.tif'))).subarray(0, 1000));
      await writeFile(at('mixed/good.tif'), await readFile(at('samples/images/dense.tif')));
      await send(at('mixed'));
      await ended('completed');
      await page.locator('main').getByText('1 of 2 failed').waitFor();
      await page.locator('main').getByText('1 left out').waitFor();
      await page.getByText('the image file is damaged').waitFor();
      await page.getByText('What to do: copy or export the file again; nothing was guessed').waitFor();
      await page.getByRole('button', { name: 'Retry failed files' }).click();
      await page.locator('main').getByText('1 of 2 failed').waitFor();
      await page.getByRole('combobox', { name: 'Show' }).selectOption('leftOut');
      await page
        .getByText('left out: its name does not end in .tif, .tiff, .btf, .tf8, .lsm, .stk, .png or .jpg')
        .waitFor();
    },
    long,
  );

  it(
    'sends only what is missing after the tab was closed and the same folder came again',
    async () => {
      const other = await context.newPage();
      await other.goto(service.origin);
      let puts = 0;
      const sent: string[] = [];
      await other.route('**/objects/**', (route) => {
        if (route.request().method() === 'PUT' && puts++ >= 2) return route.abort(); // nothing gets through any more
        sent.push(decodeURIComponent(new URL(route.request().url()).pathname.split('/').at(-1)!));
        return route.continue();
      });
      await mkdir(at('again'));
      const names = ['a.tif', 'b.tif', 'c.tif', 'd.tif', 'e.tif'];
      for (const name of names) await writeFile(at('again', name), await readFile(at('samples/images/sparse.tif')));
      await choose(at('again'), other);
      const arrived = new Promise<void>((resolve) => {
        let count = 0;
        other.on('requestfinished', (request) => {
          if (request.method() === 'PUT' && ++count === 2) resolve();
        });
      });
      await other.getByRole('button', { name: /^Start with/ }).click();
      await arrived;
      await other.close({ runBeforeUnload: false });

      const later: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'PUT')
          later.push(decodeURIComponent(new URL(request.url()).pathname.split('/').at(-1)!));
      });
      await page.reload();
      await choose(at('again'));
      await page.getByText('An upload of ‘again’ is not finished').waitFor();
      await page.getByRole('button', { name: 'Continue it' }).click();
      await page.getByRole('heading', { name: 'again', exact: true }).waitFor();
      await ended('completed');
      await page.getByText('5 of 5 done').waitFor();
      expect(sent.length).toBe(2);
      // A request that the browser held back while the tab was closed may have gone through unseen: then fewer remain.
      expect(later.length).toBeGreaterThan(0);
      expect(names).toEqual(expect.arrayContaining(later));
      expect(later.filter((name, at) => sent.includes(name) || later.indexOf(name) !== at)).toEqual([]);
    },
    long,
  );

  it(
    'deletes a job only when its name is typed, with the keyboard alone',
    async () => {
      await page.getByRole('link', { name: 'mixed' }).focus();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Delete' }).focus();
      await page.keyboard.press('Enter');
      const confirm = page.getByRole('button', { name: 'Delete for ever' });
      await confirm.waitFor();
      await page.keyboard.type('mixe');
      expect(await confirm.isDisabled()).toBe(true);
      await page.keyboard.type('d');
      await page.keyboard.press('Enter');
      await page.waitForURL(`${service.origin}/`);
      await page.getByRole('link', { name: 'mixed' }).waitFor({ state: 'detached' });
    },
    long,
  );

  it.each(['light', 'dark'] as const)(
    'passes axe on every screen, %s, and fits a phone',
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const check = async (screen: string) => {
        const width = await excessWidth(page);
        expect([screen, await axeFindings(page), width]).toEqual([screen, [], 0]);
      };
      await page.setViewportSize({ width: 360, height: 740 });
      await check('jobs');
      await choose(at('samples/images'));
      await page.getByText('uint16').waitFor();
      await check('new job');
      await page.goto(service.origin);
      await page.getByRole('link', { name: 'images' }).first().click();
      await page.getByRole('img', { name: /^mean_area_um2/ }).waitFor();
      await check('job');
      await page.getByRole('button', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Delete for ever' }).waitFor();
      await check('delete');
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: /^dense\.tif with/ }).click();
      await page.getByRole('img', { name: /^area_um2/ }).waitFor();
      await check('image');
      await page.getByRole('link', { name: 'Usage' }).click();
      await page.getByText('Jobs today').waitFor();
      await check('usage');
      await page.setViewportSize({ width: 1200, height: 900 });
    },
    long,
  );

  it(
    'signs out, and says how to come back',
    async () => {
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('Open the link that labdeploy printed').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      await page.goto(service.url);
      await page.getByRole('heading', { name: 'New job' }).waitFor();
    },
    long,
  );

  it('has asked no other host for anything, and broken no rule of its policy', () => {
    expect(faults).toEqual([]);
  });
});

describeInBrowser(`the page, with accounts ${hasChromium ? '' : withoutChromium}`, () => {
  it(
    'takes people in by invitation, out, and in again',
    async () => {
      await using folder = await temporaryFolder();
      await buildPage();
      const service = await startService(['--data', folder.path, '--users']);
      const browser = await openBrowser();
      try {
        const page = await browser.newPage();
        await page.goto(service.origin);
        await page.getByText('An administrator of your lab can invite you').waitFor();
        await page.goto(service.firstAdmin!);
        await page.getByLabel('E-mail').fill('ada@example.org');
        await page.getByLabel('Password', { exact: false }).first().fill('a long enough password 7');
        await page.getByRole('button').click();
        await page.getByRole('heading', { name: 'New job' }).waitFor();
        await page.getByText('ada@example.org').waitFor();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByLabel('E-mail').fill('ada@example.org');
        await page.getByLabel('Password').fill('a long enough password 7');
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('heading', { name: 'New job' }).waitFor();
        await page.getByRole('link', { name: 'Usage' }).click();
        await page.getByRole('link', { name: 'People', exact: true }).waitFor();
      } finally {
        await browser.close();
        await service.stop();
      }
    },
    long,
  );
});
