import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { modelFolder } from '../support/models.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld, until } from '../support/page-world.ts';
import { watchTasks } from '../support/watched-tasks.ts';

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

/** Milliseconds of processor time: whatever else the machine does, a task of the page takes a fifth of it at most. */
const longestTask = 500;

/** Files whose size may be asked for before the page draws and answers. It does so after 20 ms, and each takes 0.2 here. */
const mostLooksAtOnce = 1_000;

/** Makes each look at the disk for a size as slow as on a poor disk, and counts those of one turn. */
const slowLooks = `
  const { get } = Object.getOwnPropertyDescriptor(Blob.prototype, 'size');
  const turn = new MessageChannel();
  let looks = 0;
  turn.port1.onmessage = () => { looks = 0; };
  window.looksAtOnce = 0;
  Object.defineProperty(Blob.prototype, 'size', {
    get() {
      if (looks++ === 0) turn.port2.postMessage(undefined);
      window.looksAtOnce = Math.max(window.looksAtOnce, looks);
      for (const until = performance.now() + 0.2; performance.now() < until; );
      return Reflect.apply(get, this, []);
    },
  });
`;

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
    await page.evaluate(slowLooks);
    const ended = await watchTasks(world.browser);
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
    const longest = (await ended()).reduce((most, ms) => Math.max(most, ms), 0);
    expect(longest).toBeGreaterThan(0);
    expect(longest).toBeLessThan(longestTask);
    const looksAtOnce = await page.evaluate<number>('window.looksAtOnce');
    expect(looksAtOnce).toBeGreaterThan(0);
    expect(looksAtOnce).toBeLessThan(mostLooksAtOnce);
  }, 120_000);

  it('stop being sent when the job is cancelled', async () => {
    const { page } = world;
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the job' }).click();
    await world.ended('cancelled');
    const sent = puts;
    expect(sent).toBeLessThan(files);
    await page
      .getByRole('combobox', { name: 'Show' })
      .getByText(/^Not processed/)
      .waitFor({ state: 'attached' });
    await page.getByRole('link', { name: 'All jobs' }).click();
    await page.getByRole('listitem').filter({ hasText: 'many' }).getByText('cancelled').waitFor();
    expect(puts).toBeLessThanOrEqual(sent + 4); // on their way
  });
});
