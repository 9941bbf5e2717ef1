import { mkdir, readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const patient = { timeout: 180_000 };

describeInBrowser(`archived results on the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    const archive = await temporaryFolder();
    world = await openPageWorld(['--archive-to', archive.path, '--archive-after', '2']);
    await mkdir(world.at('samples'));
    await makeSamples(world.at('samples'));
  }, 180_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it('are asked for with a click, and can be downloaded when they are back', async () => {
    const { page } = world;
    await world.send(world.at('samples/images'));
    await page.locator('main:not(:has(ul.jobs)) [data-storage=archived]').waitFor(patient);
    expect(await page.getByRole('button', { name: 'Download results' }).count()).toBe(0);
    await page.getByText('Previews and tables are here.').waitFor();
    await page.locator('li.tile img').first().waitFor(patient);

    await page.getByRole('link', { name: 'All jobs' }).click();
    await page.locator('ul.jobs [data-storage=archived]').waitFor();
    await page.getByRole('link', { name: 'images' }).click();

    await page.getByRole('button', { name: 'Bring the results back' }).click();
    await page.getByRole('button', { name: 'Download results' }).waitFor(patient);
    await page.getByText(/^Results can be downloaded until .* previews and tables stay\.$/).waitFor();
    const { file } = await world.download();
    expect((await readFile(file)).subarray(0, 2).toString()).toBe('PK');
    await page.getByRole('link', { name: 'All jobs' }).click();
    await page
      .locator('ul.jobs')
      .getByText(/download until/)
      .waitFor();
    expect(world.faults).toEqual([]);
  }, 200_000);
});
