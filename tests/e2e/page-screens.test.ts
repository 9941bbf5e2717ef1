import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { modelFolder } from '../support/models.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { until } from '../support/until.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`the screens of the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;

  beforeAll(async () => {
    world = await openPageWorld(['--model', modelFolder('identity')]);
    await mkdir(world.at('samples'));
    await makeSamples(world.at('samples'));
    await world.send(world.at('samples/images'));
    await world.ended('completed');
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it('name themselves in the title of the document', async () => {
    const { page, service } = world;
    const titled = (title: string) => until(title, async () => (await page.title()) === title || undefined);
    await page.goto(service.origin);
    await titled('New job · labdeploy');
    await page.getByRole('link', { name: 'images' }).click();
    await titled('images · labdeploy');
    await page.locator('li.tile a').first().click();
    await titled(`${await page.getByRole('heading', { level: 1 }).textContent()} · labdeploy`);
    await page.getByRole('link', { name: 'Usage' }).click();
    await titled(`${await page.getByRole('heading', { level: 1 }).textContent()} · labdeploy`);
    await page.goBack();
    await page.goBack();
    await titled('images · labdeploy');
    await page.goto(`${service.origin}/no/such/screen`);
    await titled(`${await page.getByRole('heading', { level: 1 }).textContent()} · labdeploy`);
  });

  it('that cannot be loaded say so alone, and come when they are tried again', async () => {
    const { page, service } = world;
    await page.goto(service.origin);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
    const chunk = /\/usage-screen-[^/]*\.js/;
    await page.route(chunk, (route) => route.abort());
    const missing = page.getByText('This part of the page could not be fetched');
    await page.getByRole('link', { name: 'Usage' }).click();
    await missing.waitFor();
    await page.getByRole('button', { name: 'Reload' }).waitFor(); // for a page that a new version took the place of
    await page.getByRole('link', { name: 'Jobs' }).click();
    await page.getByRole('heading', { name: 'New job' }).waitFor();
    expect(await missing.count()).toBe(0);
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('button', { name: 'Try again' }).click();
    await missing.waitFor();
    await page.unroute(chunk);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await missing.count()).toBe(0);
  });

  it('show what came out for an image as soon as it is there', async () => {
    const { page, service } = world;
    await page.goto(service.origin);
    await page.getByRole('link', { name: 'images' }).click();
    const asked = /\/results\?path=/;
    const early = {
      ...{ code: 'resultsMissing', title: 'there are no results yet', detail: 'the file is not done' },
      ...{ status: 409, requestId: 'r' },
    };
    const image = await page.locator('li.tile a').first().getAttribute('href');
    const contentType = 'application/problem+json';
    await page.route(asked, (route) => route.fulfill({ status: 409, contentType, body: JSON.stringify(early) }));
    await page.goto(new URL(image!, service.origin).href);
    await page.getByText('Not done yet.').waitFor();
    await page.unroute(asked);
    await page.getByRole('heading', { name: 'Downloads' }).waitFor();
  });

  it('take the arrows in the previews of a job, which are one stop of the Tab key', async () => {
    const { page, service } = world;
    await page.goto(service.origin);
    await page.getByRole('link', { name: 'images' }).click();
    const tiles = page.locator('li.tile');
    await tiles.nth(3).waitFor();
    const count = await tiles.count();
    const stops = () => page.locator('li.tile a[tabindex="0"]').count();
    const at = (tile: number) => page.locator(`li.tile[data-tile="${tile}"] a:focus`).waitFor();
    await page.locator('li.tile a[tabindex="0"]').focus();
    await at(0);
    for (const [key, tile] of [
      ['ArrowRight', 1],
      ['End', count - 1],
      ['ArrowRight', count - 1],
      ['ArrowLeft', count - 2],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key);
      await at(tile);
      expect([key, await stops()]).toEqual([key, 1]);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement?.closest('li.tile') === null")).toBe(true);
    await page.keyboard.press('Shift+Tab');
    await at(0);
    const name = await tiles.first().locator('.tile-name:not(.soft)').textContent();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: name!, exact: true }).waitFor();
  });

  it('take the arrows in the list of files, which is one stop of the Tab key', async () => {
    const { page, service } = world;
    await page.goto(service.origin);
    await page.getByRole('link', { name: 'images' }).click();
    const rows = page.locator('li.file a');
    await rows.nth(3).waitFor();
    const focused = (row: number) => page.locator(`li.file[data-index="${row}"] a:focus`).waitFor();
    await page.locator('li.file a[tabindex="0"]').focus();
    for (const [key, row] of [
      ['ArrowDown', 1],
      ['End', 3],
      ['ArrowUp', 2],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key);
      await focused(row);
      expect([key, await page.locator('li.file a[tabindex="0"]').count()]).toEqual([key, 1]);
    }
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement?.closest('li.file') === null")).toBe(true);
  });

  it('keep the name and the settings of a job that is not begun', async () => {
    const { page, service } = world;
    await page.goto(service.origin);
    await choose(world.at('samples/images'), page);
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    await name.fill('Plate 7');
    await page.getByLabel('Also write ROIs for Fiji').check();
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('heading', { level: 1, name: 'Usage' }).waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Start with 4 images' }).waitFor();
    expect(await name.inputValue()).toBe('Plate 7');
    expect(await page.getByLabel('Also write ROIs for Fiji').isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Choose something else' }).click();
    await choose(world.at('samples/images'), page);
    await page.getByRole('button', { name: 'Start with 4 images' }).waitFor();
    expect(await name.inputValue()).toBe('images');
  });
});
