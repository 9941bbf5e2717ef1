import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { FileChooser, Page } from 'playwright-core';
import { makeSamples } from '../../samples/make.ts';
import { cli } from '../support/cli.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { patience } from '../support/patience.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

/** What the page says and how it moves, from its first moment. */
const watch = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources, startTime } of list.getEntries())
      if (!hadRecentInput) window.shifts.push({ value, startTime, of: sources.map(({ node }) => node?.className || node?.nodeName) });
  }).observe({ type: 'layout-shift', buffered: true });
  window.notes = [];
  window.Notification = class {
    static permission = 'default';
    static async requestPermission() {
      return (this.permission = 'granted');
    }
    constructor(title, { body }) {
      window.notes.push([title, body]);
    }
  };
  window.titles = [];
  addEventListener('DOMContentLoaded', () => {
    new MutationObserver(() => window.titles.push(document.title)).observe(document.head, { subtree: true, childList: true, characterData: true });
  });
`;

/** Chromium sometimes opens none while its window is not in front: a person presses again. */
async function chooserByKey(page: Page): Promise<FileChooser> {
  for (let attempt = 1; ; attempt++) {
    await page.bringToFront();
    await tabTo(page, 'Choose a folder');
    const opened = page.waitForEvent('filechooser', { timeout: 10_000 }).catch((error: unknown) => {
      if (attempt === 3 * patience) throw error;
    });
    await page.keyboard.press('Enter');
    const chooser = await opened;
    if (chooser) return chooser;
  }
}

describeInBrowser(`somebody who watches ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld(['--workers', '1']);
    const { at, context } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await context.addInitScript(watch);
  }, 120_000);
  beforeEach(async () => {
    await world.page.goto(world.service.origin);
    await world.page.getByRole('heading', { name: 'New job' }).waitFor();
  });
  afterAll(async () => world?.[Symbol.asyncDispose]());

  /** CLS of Web Vitals: the most in a row of shifts with gaps under a second, five seconds long at most. */
  const shifted = async (page: Page): Promise<number> => {
    const shifts: { value: number; startTime: number; of: string[] }[] = await page.evaluate('window.shifts');
    let [most, sum, first, last] = [0, 0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { value, startTime } of shifts) {
      if (startTime - last > 1000 || startTime - first > 5000) [sum, first] = [0, startTime];
      [sum, last] = [sum + value, startTime];
      most = Math.max(most, sum);
    }
    if (most >= 0.1) console.log(JSON.stringify(shifts));
    return most;
  };

  it('is notified when the job is ready, by the title and a notification, and nothing jumps', async () => {
    const { page, at } = world;
    await world.send(at('samples/images'));
    await page.getByRole('button', { name: 'Tell me when it is ready' }).click();
    await page.getByText('You are notified when a job is ready').waitFor();
    await world.ended('completed');
    await page.getByText('4 of 4 done').waitFor();
    await page.getByRole('img', { name: /^mean_area_um2/ }).waitFor();
    const notified = async () => [await page.title(), await page.evaluate('window.notes.length')];
    for (
      const deadline = Date.now() + 30_000 * patience;
      Date.now() < deadline && (await notified()).join() !== '✓ images · labdeploy,1';
    )
      await page.waitForTimeout(100);
    expect(await page.title()).toBe('✓ images · labdeploy');
    expect(await page.evaluate('window.notes')).toEqual([['images is ready', 'completed']]);
    const titles: string[] = await page.evaluate('window.titles');
    expect(titles.filter((title) => /^\d{1,3} % · images · labdeploy$/.test(title)).length).toBeGreaterThan(0);
    await page.getByRole('link', { name: 'All jobs' }).click();
    await world.send(at('samples/experiment.zip'));
    await page.getByRole('link', { name: 'All jobs' }).click();
    const row = page.getByRole('listitem').filter({ hasText: 'experiment' });
    await row.getByText('completed').waitFor();
    expect(await shifted(page)).toBeLessThan(0.1);
  }, 120_000);

  it('finds nothing jumping when a finished job, an image and the usage are opened', async () => {
    const { page, service } = world;
    await page.getByRole('link', { name: 'images' }).first().click();
    await page.getByRole('img', { name: /^mean_area_um2/ }).waitFor();
    const job = page.url();
    const image = `${job}?image=dense.tif`;
    for (const [address, last] of [
      [service.origin, page.getByRole('link', { name: 'images' })],
      [job, page.getByRole('img', { name: /^mean_area_um2/ })],
      [image, page.getByRole('img', { name: /^area_um2/ })],
      [`${service.origin}/usage`, page.getByText('Jobs today')],
    ] as const) {
      await page.goto(address);
      await last.first().waitFor();
      await page.waitForLoadState('networkidle');
      const sum = await shifted(page);
      expect([new URL(address).pathname, sum < 0.1 ? 'still' : sum]).toEqual([new URL(address).pathname, 'still']);
    }
  }, 60_000);

  it('does everything with the keyboard, from the folder to the zip', async () => {
    const { page, at } = world;
    await mkdir(at('keys'));
    await writeFile(at('keys/a.tif'), await readFile(at('samples/images/sparse.tif')));
    await page.keyboard.press('Tab');
    await (await chooserByKey(page)).setFiles(at('keys'));
    await page.getByRole('heading', { name: /^1 image,/ }).waitFor();
    await tabTo(page, 'Start with 1 image');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'keys', exact: true }).waitFor();
    await world.ended('completed');
    await page.getByRole('button', { name: 'Download results' }).waitFor();
    await tabTo(page, 'Download results');
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    await download.saveAs(at('keys.zip'));
    expect((await cli(['run', at('keys'), '-o', at('keys-run'), '--zip'])).code).toBe(0);
    expect((await readFile(at('keys.zip'))).equals(await readFile(at('keys-run/results.zip')))).toBe(true);
  }, 60_000);

  it('goes on without a file that the store does not take, which is then named as failed', async () => {
    const { page, at } = world;
    await mkdir(at('full'));
    for (const name of ['a.tif', 'b.tif'])
      await writeFile(at('full', name), await readFile(at('samples/images/sparse.tif')));
    await page.route('**/objects/**b.tif*', (route) =>
      route.fulfill({
        status: 507,
        contentType: 'application/problem+json',
        body: JSON.stringify({ title: 'the disk is full', detail: 'ask the admin' }),
      }),
    );
    await choose(at('full'), page);
    await page.getByRole('button', { name: 'Start with 2 images' }).click();
    await page.getByText('1 file did not arrive').waitFor();
    await page.getByText('b.tif: the disk is full: ask the admin').waitFor();
    await page.getByRole('button', { name: 'Go on without them' }).click();
    await world.ended('completed');
    await page.locator('main').getByText('1 of 2 failed').waitFor();
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByText(/^[3-9], no limit$/).waitFor();
    expect(world.faults).toEqual([]);
  }, 60_000);
});

/** Presses Tab until the focus is on it, as somebody without a mouse does. */
async function tabTo(page: Page, name: string): Promise<void> {
  const seen: string[] = [];
  for (let n = 0; n < 40; n++) {
    const text: string = await page.evaluate('(document.activeElement?.textContent ?? "").slice(0, 60)');
    if (text === name) return;
    seen.push(text);
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${name}: ${seen.join(' | ')}`);
}
