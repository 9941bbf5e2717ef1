import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { makeSamples } from '../../samples/make.ts';
import { modelFolder } from '../support/models.ts';
import { axeFindings, excessWidth, hasChromium, watchFaults, withoutChromium } from '../support/page.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`the gallery of the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let job: string;

  beforeAll(async () => {
    world = await openPageWorld(['--gallery', 'figures', '--model', modelFolder('identity')]);
    await mkdir(world.at('samples'));
    await makeSamples(world.at('samples'));
    await world.send(world.at('samples/images'));
    await world.ended('completed');
    job = new URL(world.page.url()).pathname.split('/').at(-1)!;
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const open = async (path: string, page: Page = world.page) => {
    await page.goto(world.service.origin + path);
  };
  const cardNow = () => new URL(world.page.url()).searchParams.get('card')!;
  /** Pixels across, once it is decoded. */
  const widthOf = (selector: string, page: Page = world.page) =>
    page.evaluate<number>(
      `(async (img) => (await img.decode(), img.naturalWidth))(document.querySelector(${JSON.stringify(selector)}))`,
    );
  async function publish(caption: string, path: string): Promise<string> {
    const { page } = world;
    await open(`/jobs/${job}?${new URLSearchParams({ image: path })}`);
    await page.getByRole('button', { name: 'Publish…' }).click();
    await page.getByLabel('Caption').fill(caption);
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('The card is published.').waitFor();
    await page.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('heading', { level: 1, name: caption.split('\n')[0]! }).waitFor();
    return cardNow();
  }

  it('says what will be visible, to whom and until when, and publishes an image that is chosen from a job', async () => {
    const { page } = world;
    await open('/gallery');
    await page.getByText('Nothing is published yet.').waitFor();
    await open(`/jobs/${job}`);
    await page.getByRole('button', { name: 'Publish…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Publish a card' });
    await dialog.getByLabel('Image', { exact: true }).selectOption('dense.tif');
    const seen = dialog.locator('.gallery-visible');
    await seen.locator('img').waitFor();
    const factOf = (name: string) => seen.locator('dl > div').filter({ hasText: name }).locator('dd').first();
    expect(await factOf('Seen by').textContent()).toBe('people of the lab, until it is hidden');
    await dialog.getByLabel('Caption').fill('Dense nuclei\nof the samples');
    await dialog.getByLabel('Author').fill('Ada');
    await dialog.getByLabel('Licence').selectOption('CC-BY-4.0');
    await dialog.getByLabel('Public: everybody who has its address').check();
    expect(await factOf('Seen by').textContent()).toMatch(/^everybody who has its address, until \w/);
    expect(await factOf('Caption').textContent()).toBe('Dense nuclei\nof the samples');
    expect(await seen.textContent()).not.toContain('dense.tif');
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
    await dialog.getByText('The card is published.').waitFor();
    await dialog.getByRole('button', { name: 'Look at it' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dense nuclei' }).waitFor();
    await page.locator('.gallery-picture').waitFor();
    expect(await widthOf('.gallery-picture')).toBeGreaterThan(100);
    const facts = (await page.locator('.facts').textContent())!;
    for (const text of ['Ada', 'CC BY 4.0', 'everybody who has its address', 'dense.tif'])
      expect(facts).toContain(text);
  });

  it('shows a public card to whoever has its address, without script, and after that no more', async () => {
    const { page, browser, service } = world;
    const card = cardNow();
    const context = await browser.newContext({ javaScriptEnabled: false });
    const faults = watchFaults(context, service.origin);
    const stranger = await context.newPage();
    const picture = stranger.waitForResponse((response) => response.headers()['content-type'] === 'image/png');
    await open(`/gallery/${card}`, stranger);
    expect((await picture).status()).toBe(200);
    expect(await stranger.locator('figcaption').textContent()).toBe('of the samples');
    expect(await stranger.getByRole('heading', { level: 1 }).textContent()).toBe('Dense nuclei');
    await page.getByRole('button', { name: 'Change' }).click();
    await page.getByLabel('The lab: whoever may sign in').check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.facts').getByText('people of the lab').waitFor();
    await stranger.reload();
    expect(await stranger.getByRole('heading').textContent()).toBe('This figure is not public');
    await stranger.getByRole('link', { name: 'Sign in to look for it' }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('is a wall, newest first, that the arrows walk through as one stop of the Tab key', async () => {
    const { page } = world;
    for (const caption of ['second', 'third']) await publish(caption, 'sparse.tif');
    await open('/gallery');
    const cards = page.locator('li.tile');
    await cards.nth(2).waitFor();
    expect(await cards.locator('.tile-name:nth-child(2)').allTextContents()).toEqual([
      'third',
      'second',
      'Dense nuclei',
    ]);
    const stops = "[...document.querySelectorAll('li.tile a')].map((link) => link.tabIndex)";
    expect(await page.evaluate(stops)).toEqual([0, -1, -1]);
    await cards.first().locator('a').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('[data-card="1"] a:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'second' }).waitFor();
    await page.goBack();
    await page.getByLabel('Show').selectOption('public');
    await page.getByText('Nothing is public.').waitFor();
  });

  it.each(['light', 'dark'] as const)('passes axe on the wall and a card, %s, on a phone', async (colorScheme) => {
    const { page } = world;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 360, height: 740 });
    await open('/gallery');
    await page.locator('li.tile').first().waitFor();
    await widthOf('li.tile img');
    expect(await axeFindings(page)).toEqual([]);
    expect(await excessWidth(page)).toBe(0);
    await page.locator('li.tile a').first().click();
    await page.locator('.gallery-picture').waitFor();
    await page.getByRole('button', { name: 'Copy address' }).click();
    await page.getByLabel('Address of the card').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await excessWidth(page)).toBe(0);
    await page.getByRole('button', { name: 'Change' }).click();
    expect(await axeFindings(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  it('hides a card after it was asked twice, from the wall and by its address', async () => {
    const { page } = world;
    const card = await publish('not for long', 'sparse.tif');
    await page.getByRole('button', { name: 'Hide' }).click();
    await page.getByRole('button', { name: 'Hide for ever' }).click();
    await page.getByRole('heading', { level: 1, name: 'Gallery' }).waitFor();
    await page.locator('li.tile').nth(2).waitFor();
    await page.getByText('not for long').waitFor({ state: 'detached' });
    await open(`/gallery?card=${card}`);
    await page.getByText('This card is not there').waitFor();
  });

  it('breaks no rule of the page', () => {
    expect(world.faults).toEqual([]);
  });
});
