import { writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { nucleiImage } from '../../samples/synthetic.ts';
import { collect } from '../support/memory-source.ts';
import { axeFindings, hasChromium, withoutChromium } from '../support/page.ts';
import { drop, openPageWorld, type PageWorld } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const [height, width] = [192, 256];

/** Nuclei in blue light, and in green light half of the image. */
function section(): Promise<Uint8Array> {
  const info: ImageInfo = {
    ...{ height, width, samples: 1, type: 'uint16', positions: 1, times: 1, depths: 1, channels: 3 },
    channelNames: ['DAPI', 'c-Fos', undefined],
    pixelSize: { x: 0.325, y: 0.325 },
  };
  const plane = (data: Uint16Array): Plane => ({ height, width, samples: 1, type: 'uint16', data });
  const nuclei = nucleiImage({ height, width, nuclei: 20, radius: 11, seed: 5 });
  const half = Uint16Array.from(nuclei, (_, i) => (i % width < width / 2 ? 3000 : 200));
  return collect(writeTiff(info, [plane(nuclei), plane(half), plane(half)]));
}

describeInBrowser(`measuring by the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld();
    await writeFile(world.at('section.tif'), await section());
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it('asks for a ring and for positive channels, and shows how many cells are', async () => {
    const { page, at } = world;
    await drop(page, 'section.drop', [at('section.tif')]);
    await page.getByLabel('Ring around each object').waitFor({ state: 'hidden' }); // folded away
    await page.getByText('Measure', { exact: true }).click();
    await page.getByLabel('Ring around each object').fill('3');
    await page.getByLabel('Positive in Channel 1: c-Fos').selectOption('otsu');
    await page.getByLabel('Positive in Channel 2').selectOption('number');
    await page.getByLabel('Mean of the object above').fill('1000');
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /^Start with/ }).click();
    await world.ended('completed');
    await page.getByText('ring of 3 px, positive: c-Fos (otsu), positive: 2 (1000)').waitFor();
    await page.getByRole('columnheader', { name: 'c_Fos+ channel_2+' }).waitFor();
    const names = await page.getByRole('columnheader').allTextContents();
    const at1 = names.findIndex((name) => name.includes('c_Fos+ channel_2+'));
    expect(names.slice(at1, at1 + 4)).toEqual([
      'c_Fos+ channel_2+',
      'c_Fos+ channel_2-',
      'c_Fos- channel_2+',
      'c_Fos- channel_2-',
    ]);
    const cells = await page.getByRole('row').nth(1).getByRole('cell').allTextContents();
    expect(Number(cells[at1])).toBeGreaterThan(3);
    expect(Number(cells[at1 + 3])).toBeGreaterThan(3);
    expect(names.slice(0, 2)).toEqual(['path', 'objects']); // the narrow table: what was asked about comes first
    await page.getByLabel('Histogram of').selectOption('c_Fos+ channel_2+');
    const all = page.getByRole('checkbox', { name: /^All \d+ columns$/ });
    await all.check();
    const said = await page.getByText(/^All \d+ columns$/).textContent();
    expect(said).toBe(`All ${await page.getByRole('columnheader').count()} columns`);
    await page.locator('li.tile a').first().click();
    await page.getByRole('heading', { level: 1, name: 'section.tif' }).waitFor();
    expect(await page.getByLabel('Histogram of').inputValue()).toBe('c_Fos_mean');
    expect(world.faults).toEqual([]);
  }, 180_000);
});
