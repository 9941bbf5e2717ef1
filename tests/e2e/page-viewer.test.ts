import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Locator } from 'playwright-core';
import { openFileSource } from '../../functions/image/file-source.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { makeSamples } from '../../samples/make.ts';
import { axeFindings, excessWidth, hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { buildTiff, type PageSpec } from '../support/tiff-builder.ts';
import { samplesFor } from '../support/tiff-samples.ts';
import { until } from '../support/until.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const long = 120_000;
const origin = { position: 0, time: 0, depth: 0, channel: 0 };

describeInBrowser(`the viewer ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let address: string;
  const picture = () => world.page.locator('.viewer-picture');
  const complete = () => world.page.locator('[data-reading="All pixels are shown."]').waitFor({ timeout: 60_000 });
  /** What the status line says of the pixel at a place of the picture, from 0 to 1 each way. */
  async function hovered(across: number, down: number): Promise<string> {
    const { x, y, width, height } = (await picture().boundingBox())!;
    await world.page.mouse.move(x + 1, y + 1);
    await world.page.mouse.move(x + across * width, y + down * height);
    const line = world.page.locator('.viewer-status span').nth(1);
    await line.filter({ hasText: '·' }).waitFor();
    return (await line.textContent())!;
  }
  const chosen = () => world.page.locator('tr.viewer-chosen button');

  beforeAll(async () => {
    world = await openPageWorld();
    const { at, page } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await page.setViewportSize({ width: 1280, height: 900 });
    await world.send(at('samples/images'));
    await world.ended('completed');
    address = page.url();
  }, long);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const open = async (path: string) => {
    await world.page.goto(`${address}?${new URLSearchParams({ image: path })}`);
    await world.page.getByRole('link', { name: 'Look at the pixels and objects' }).click();
    await world.page.getByRole('heading', { name: `Look at ${path}` }).waitFor();
    await complete();
  };

  it(
    'shows the samples of the file, read by ranges',
    async () => {
      const { page, at } = world;
      const ranges: string[] = [];
      page.on('request', (request) => {
        if (request.url().includes('/objects/')) ranges.push(request.headers().range ?? 'all');
      });
      await open('dense.tif');
      await using source = await openFileSource(at('samples/images/dense.tif'));
      const plane = await (await openImage(source)).readPlane(origin);
      await picture().focus();
      await page.keyboard.press('a');
      await complete();
      const text = await hovered(0.5, 0.5);
      const [, x, y, value] = /^x ([\d,]+), y ([\d,]+) · (\d+)/.exec(text)!;
      expect([Number(x), Number(y)]).toEqual([plane.width / 2, plane.height / 2]);
      expect(Number(value)).toBe(plane.data[Number(y) * plane.width + Number(x)]);
      expect(ranges.filter((range) => range.startsWith('bytes=')).length).toBeGreaterThan(2);
      page.removeAllListeners('request');
    },
    long,
  );

  it(
    'chooses an object by a click, and its row with it; and by its row',
    async () => {
      const { page, at } = world;
      await open('dense.tif');
      const labels = await labelsOf(at, world);
      const rows = page.locator('.viewer-rows tbody tr[data-row]');
      await rows.nth(4).getByRole('button').click();
      const wanted = Number(await chosen().textContent());
      expect(wanted).toBe(5);
      await complete();
      // the object is in the middle now; another click there chooses it again
      await picture().focus();
      await page.keyboard.press('Escape');
      expect(await chosen().count()).toBe(0);
      const { x, y, width, height } = (await picture().boundingBox())!;
      await page.mouse.click(x + width / 2, y + height / 2);
      await chosen().waitFor();
      const said = await hovered(0.5, 0.5);
      const [, px, py] = /^x ([\d,]+), y ([\d,]+)/.exec(said)!;
      const label = labels.data[Number(py) * labels.width + Number(px)];
      expect(Number(await chosen().textContent())).toBe(label);
      expect(said).toContain(`object ${label}`);
      await page.keyboard.press('Tab');
      await picture().focus();
      await page.keyboard.press('n');
      await chosen()
        .filter({ hasText: String(Number(label) + 1) })
        .waitFor();
      // from the first row to one far below: all of it ends above the lower edge of the table
      await picture().press('Escape');
      for (let row = 1; row <= 30; row++) await picture().press('n');
      const row = page.locator('tr.viewer-chosen[data-row="29"]');
      const bottomOf = async (part: Locator) => part.boundingBox().then((box) => box!.y + box!.height);
      const table = await bottomOf(page.locator('.viewer-rows'));
      await until('row 30 is seen', async () => (await bottomOf(row)) <= table || undefined);
    },
    long,
  );

  it(
    'keeps the objects of a range of a measurement',
    async () => {
      const { page } = world;
      await open('dense.tif');
      const count = page.getByText(/^\d+ of \d+ objects$/);
      const all = Number(/of (\d+)/.exec((await count.textContent())!)![1]);
      await page.getByLabel('Filter by').selectOption('area_px');
      const chart = page.getByRole('img', { name: /^Distribution of area_px/ });
      const { x, y, width, height } = (await chart.boundingBox())!;
      await page.mouse.move(x + width * 0.6, y + height / 2);
      await page.mouse.down();
      await page.mouse.move(x + width, y + height / 2, { steps: 4 });
      await page.mouse.up();
      await count.filter({ hasNotText: `${all} of` }).waitFor();
      const passing = Number(/^(\d+)/.exec((await count.textContent())!)![1]);
      expect(passing).toBeGreaterThan(0);
      expect(passing).toBeLessThan(all);
      expect(await page.locator('.viewer-rows table').getAttribute('aria-rowcount')).toBe(String(passing + 1));
    },
    long,
  );

  it(
    'goes through the planes of a stack, with the objects of each',
    async () => {
      const { page } = world;
      await open('z-stack.tif');
      const depth = page.getByRole('slider', { name: /^Depth/ });
      expect(await depth.inputValue()).toBe('2'); // the middle one, as in the preview
      await picture().focus();
      await page.keyboard.press('PageDown');
      expect(await depth.inputValue()).toBe('1');
      await complete();
      await page.keyboard.press('PageUp');
      await page.keyboard.press('PageUp');
      await page.keyboard.press('PageUp');
      expect(await depth.inputValue()).toBe('3');
      await complete();
    },
    long,
  );

  it(
    'leads back to the same plane, part, filter and object by its address',
    async () => {
      const { page } = world;
      await open('z-stack.tif');
      const depth = page.getByRole('slider', { name: /^Depth/ });
      await picture().focus();
      await page.keyboard.press('PageDown');
      await page.getByLabel('Filter by').selectOption('area_px');
      await page.locator('.viewer-rows tbody tr[data-row]').first().getByRole('button').click();
      const object = Number(await chosen().textContent());
      await page.waitForURL((url) => url.hash.includes(`object=${object}`) && url.hash.includes('at='));
      const { hash } = new URL(page.url());
      expect(hash).toMatch(/^#plane=0,0,1&at=[\d.,]+&filter=area_px&range=[\d.]+,[\d.]+&object=\d+$/);
      await page.reload();
      await complete();
      expect(await depth.inputValue()).toBe('1');
      expect(await page.getByLabel('Filter by').inputValue()).toBe('area_px');
      expect(Number(await chosen().textContent())).toBe(object);
      await picture().press('Escape');
      await picture().press('0');
      await page.waitForURL((url) => !/at=|object=/.test(url.hash));
    },
    long,
  );

  it.each(['light', 'dark'] as const)(
    'passes axe, %s, also on a phone, and lists its keys',
    async (colorScheme) => {
      const { page } = world;
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await open('z-stack.tif');
      await page.getByLabel('Filter by').selectOption('area_px');
      const check = async (screen: string) => {
        const width = await excessWidth(page);
        expect([screen, await axeFindings(page), width]).toEqual([screen, [], 0]);
      };
      await check('wide');
      await page.setViewportSize({ width: 380, height: 800 });
      await check('phone');
      await page.getByRole('button', { name: 'Keys' }).click();
      await page.getByRole('dialog', { name: 'Keys of the viewer' }).waitFor();
      await check('keys');
      await page.getByRole('button', { name: 'Close' }).click();
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    },
    long,
  );

  it(
    'says why an image cannot be shown, and asks for a new signature when the old one is over',
    async () => {
      const { page } = world;
      let refused = 0;
      let signed = 0;
      page.on('request', (request) => {
        if (request.url().includes('/input?')) signed++;
      });
      // of the image, as the labels may be asked for first
      await page.route('**/objects/inputs/**', (route) => {
        if (route.request().headers().range !== undefined && refused++ === 0) return route.fulfill({ status: 403 });
        return route.continue();
      });
      await open('sparse.tif');
      expect([refused > 1, signed]).toEqual([true, 2]);
      await page.unroute('**/objects/inputs/**');
      await page.route('**/objects/**', (route) =>
        route.request().headers().range === undefined ? route.continue() : route.fulfill({ status: 404 }),
      );
      await page.reload();
      await page.getByText('The image cannot be shown').waitFor();
      await page.getByText('the file is not there any more').first().waitFor();
      await page.unroute('**/objects/**');
      page.removeAllListeners('request');
    },
    long,
  );

  /** Every sample of the middle of a file that is looked at before it is sent, as the status line has it. */
  it(
    'reads the first image of a folder before anything is sent, however it is stored',
    async () => {
      const { page, at } = world;
      const jpegs = join(import.meta.dirname, '../fixtures/jpeg-tiffs');
      const [height, width] = [40, 60];
      const spec = (by: Partial<PageSpec>): Uint8Array => {
        const page = { height, width, bits: 16, ...by } as PageSpec;
        page.data ??= samplesFor(height * width * (page.samples ?? 1), page.bits!, page.format ?? 'uint');
        return buildTiff({ little: false, pages: [page] });
      };
      const files: [string, Uint8Array][] = [
        ['plain', spec({})],
        ['deflate', spec({ compression: 'deflate', predictor: 2, tile: [16, 16] })],
        ['lzw', spec({ compression: 'lzw', rowsPerStrip: 7 })],
        ['float', spec({ bits: 32, format: 'float', compression: 'deflate', predictor: 3 })],
        ['channels', spec({ samples: 3, planar: true, photometric: 1 })],
        ['zstd', spec({ compression: 'zstd', tile: [16, 16] })],
        ['jpeg', await readFile(join(jpegs, 'grey-tiles.tif'))],
        ['colour', await readFile(join(jpegs, 'ycbcr-444.tif'))],
        ['wavelet', await readFile(join(jpegs, 'wavelet-16.tif'))],
        ['wavelet-colour', await readFile(join(jpegs, 'wavelet-aperio.tif'))],
      ];
      for (const [name, bytes] of files) {
        await mkdir(at(name));
        await writeFile(at(name, `${name}.tif`), bytes);
        await page.goto(world.service.origin);
        await choose(at(name), page);
        await page.getByRole('button', { name: 'Look at it' }).click();
        await complete();
        const [, x, y, values] = /^x (\d+), y (\d+) · (.*)$/.exec(await hovered(0.5, 0.5))!;
        await using source = await openFileSource(at(name, `${name}.tif`));
        const image = await openImage(source);
        const { samples, channels } = image.info;
        const planes = await Promise.all(
          Array.from({ length: channels }, (_, channel) => image.readPlane({ ...origin, channel })),
        );
        const place = Number(y) * image.info.width + Number(x);
        const expected = planes.flatMap(({ data }) =>
          [...data.slice(place * samples, (place + 1) * samples)].map(Number),
        );
        expect([name, values!.split(' · ').map(Number)]).toEqual([name, expected]);
      }
      expect(world.faults).toEqual([]);
    },
    long,
  );
});

/** The label image of dense.tif, as the service made it. */
async function labelsOf(at: (...names: string[]) => string, { page }: PageWorld) {
  const url = page.url();
  await page.goto(url.replace('&look', ''));
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: /^Labels/ }).click(),
  ]);
  const file = at('dense_labels.tif');
  await download.saveAs(file);
  await page.goto(url);
  await page.locator('[data-reading="All pixels are shown."]').waitFor();
  await using source = await openFileSource(file);
  return await (await openImage(source)).readPlane(origin);
}
