import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { modelFolder } from '../support/models.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld, until } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const files = 10_000;

async function onePixel(): Promise<Buffer> {
  const size = { height: 1, width: 1, samples: 1, type: 'uint16' } as const;
  const info = { ...size, positions: 1, times: 1, depths: 1, channels: 1, channelNames: [undefined] };
  async function* planes(): AsyncGenerator<Plane> {
    yield { ...size, data: new Uint16Array([7]) };
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeTiff(info, planes())) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Milliseconds. On a quiet machine it is a tenth; one look at the disk for each file, which this is to catch, takes seconds. */
const longestTask = 500;

describeInBrowser(`ten thousand files ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let puts = 0;
  let signs = 0;
  beforeAll(async () => {
    world = await openPageWorld(['--model', modelFolder('identity')]);
    await mkdir(world.at('many'));
    const image = await onePixel();
    for (let n = 0; n < files; n++) await writeFile(world.at('many', `${String(n).padStart(5, '0')}.tif`), image);
    world.page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === 'PUT') puts++;
      if (request.method() === 'POST' && pathname.endsWith('/uploads')) signs++;
    });
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it('are sent with a call for each five hundred, in a page that answers and draws a few of them', async () => {
    const { page, at } = world;
    // The browser makes its list of files in the task that ends with the event; what the page does counts from there.
    await page.evaluate(`
      window.longest = 0;
      addEventListener('change', () => {
        const since = performance.now();
        setTimeout(() => { window.longest = Math.max(window.longest, performance.now() - since); });
        new PerformanceObserver((list) => {
          for (const { duration, startTime } of list.getEntries())
            if (startTime > since) window.longest = Math.max(window.longest, duration);
        }).observe({ type: 'longtask' });
      }, { capture: true, once: true });
    `);
    await choose(at('many'), page);
    await page.getByRole('button', { name: 'Start with 10,000 images' }).click();
    await page.getByRole('heading', { name: 'many', exact: true }).waitFor();
    await until(() => puts > 600);
    expect(signs).toBeLessThanOrEqual(Math.floor(puts / 500) + 2); // those that are sent, and the next five hundred

    const list = page.getByRole('region', { name: 'Files' });
    await page.getByRole('option', { name: /^All \([1-9],\d{3}\)$/ }).waitFor({ state: 'attached' });
    for (const to of ['End', 'Home']) {
      await list.focus();
      await page.keyboard.press(to);
      const rows = list.getByRole('listitem');
      await rows.first().waitFor();
      expect(await rows.count()).toBeLessThan(40);
    }
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('heading', { name: 'Usage and limits' }).waitFor();
    await page.goBack();
    expect(await page.evaluate('window.longest')).toBeLessThan(longestTask);
  }, 120_000);

  it('stop being sent when the job is cancelled', async () => {
    const { page } = world;
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
    await world.ended('cancelled');
    const sent = puts;
    expect(sent).toBeLessThan(files);
    await page.getByRole('link', { name: 'All jobs' }).click();
    await page.getByRole('listitem').filter({ hasText: 'many' }).getByText('cancelled').waitFor();
    expect(puts).toBeLessThanOrEqual(sent + 4); // on their way
  });
});
