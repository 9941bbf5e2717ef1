import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { modelFolder } from '../support/models.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { buildTiff } from '../support/tiff-builder.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const files = 3_000;
/** Milliseconds: 3,000 files are sent and predicted, on a busy machine. */
const patience = 900_000;

/** Every shift that no key or click just before explains, with what moved. */
const watch = `
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries())
      if (!hadRecentInput)
        window.shifts.push({ value, of: sources.map(({ node }) => node?.className || node?.nodeName).join(' ') });
  }).observe({ type: 'layout-shift', buffered: true });
`;

interface Shift {
  value: number;
  of: string;
}

/** Of all shifts since the page was loaded, and the five largest. */
async function shiftsOf(page: Page): Promise<{ sum: number; largest: Shift[] }> {
  const shifts = await page.evaluate<Shift[]>('window.shifts');
  const sum = shifts.reduce((total, { value }) => total + value, 0);
  return { sum, largest: shifts.sort((a, b) => b.value - a.value).slice(0, 5) };
}

describeInBrowser(`a visit of 3,000 files ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld(['--model', modelFolder('identity')]);
    await mkdir(world.at('many'));
    const data = new Uint8Array(256).map((_, i) => (i % 17 < 4 ? 200 : 3));
    const image = buildTiff({ pages: [{ height: 16, width: 16, data }] });
    for (let n = 0; n < files; n++) await writeFile(world.at('many', `${String(n).padStart(4, '0')}.tif`), image);
    await world.context.addInitScript(watch);
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it(
    'moves what is on the screen by less than 0.1 in all, from the folder to the results',
    async () => {
      const { page, service } = world;
      await page.goto(service.origin);
      await page.getByText('No jobs yet').waitFor();
      await choose(world.at('many'), page);
      await page.getByText('16 × 16 pixels').waitFor();
      await page.getByRole('button', { name: 'Start with 3,000 images' }).click();
      await page.getByRole('heading', { name: 'many', exact: true }).waitFor();
      await page.locator('main [data-state=completed]').waitFor({ timeout: patience });
      await page.getByRole('img', { name: /^objects of|^mean_area/ }).waitFor();
      await page.getByRole('link', { name: 'All jobs' }).click();
      await page.getByRole('listitem').filter({ hasText: 'many' }).getByText('3,000 of 3,000 done').waitFor();
      await page.getByRole('link', { name: 'many' }).click();
      await page.locator('li.tile img').first().waitFor();
      await page.locator('li.tile a').first().click();
      await page.getByRole('heading', { level: 1, name: '0000.tif' }).waitFor();
      await page.getByRole('img', { name: /^area_px/ }).waitFor();
      const { sum, largest } = await shiftsOf(page);
      expect({ isStill: sum < 0.1, ...(sum >= 0.1 && { sum, largest }) }).toEqual({ isStill: true });
    },
    patience,
  );
});
