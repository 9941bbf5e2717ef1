import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Route } from 'playwright-core';
import { makeSamples } from '../../samples/make.ts';
import { cli } from '../support/cli.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld, until } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const images = 40; // enough that some are left when the first are seen

describeInBrowser(`a page whose service is killed ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld(['--workers', '1']);
    const { at } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    const image = await readFile(at('samples/images/dense.tif'));
    await mkdir(at('field'));
    for (let n = 0; n < images; n++) await writeFile(at('field', `${n}.tif`), image);
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it('goes on by itself, while it uploads and while it waits, and gives the same bytes', async () => {
    const { page, at } = world;
    await page.evaluate('window.neverReloaded = true');
    const held: Route[] = [];
    let puts = 0;
    await page.route('**/objects/**', (route) => {
      if (route.request().method() !== 'PUT' || puts++ < 3) return route.continue();
      held.push(route);
      return undefined;
    });
    let arrived = 0;
    page.on('requestfinished', (request) => {
      if (request.method() === 'PUT') arrived++;
    });
    await choose(at('field'), page);
    await page.getByRole('button', { name: `Start with ${images} images` }).click();
    await until(() => arrived === 3 && held.length > 0);
    await world.killService();
    await page.unroute('**/objects/**'); // those that were held go into nothing: the page tries again
    await world.startAgain();

    await page.getByText('Upload complete.').waitFor();
    await page
      .getByRole('img', { name: /^\d+\.tif with the outlines of \d+ objects$/ })
      .first()
      .waitFor();
    await page.locator('main [data-state=processing]').waitFor(); // results are shown before all are there
    const silent = page.getByText('The service does not answer. This page asks again until it does.');
    await world.killService();
    await silent.waitFor();
    await world.startAgain();
    await silent.waitFor({ state: 'detached' });
    await world.ended('completed');
    await page.getByText(`${images} of ${images} done`).first().waitFor();
    expect(await page.evaluate('window.neverReloaded')).toBe(true);

    const { file } = await world.download();
    expect((await cli(['run', at('field'), '-o', at('run'), '--zip'])).code).toBe(0);
    expect((await readFile(file)).equals(await readFile(at('run/results.zip')))).toBe(true);
    expect(world.faults).toEqual([]);
  }, 240_000);
});
