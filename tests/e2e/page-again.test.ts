import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ImageInfo } from '../../functions/image/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { nucleiImage } from '../../samples/synthetic.ts';
import { collect } from '../support/memory-source.ts';
import { axeFindings, hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { until } from '../support/until.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const long = 180_000;
const [height, width] = [256, 320];

function nuclei(seed: number): Promise<Uint8Array> {
  const info: ImageInfo = {
    ...{ height, width, samples: 1, type: 'uint16', positions: 1, times: 1, depths: 1, channels: 1 },
    channelNames: [undefined],
    pixelSize: { x: 0.325, y: 0.325 },
  };
  const data = nucleiImage({ height, width, nuclei: 25, radius: 11, seed });
  return collect(writeTiff(info, [{ height, width, samples: 1, type: 'uint16', data }]));
}

describeInBrowser(`settings that are tried and used again ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld();
    await mkdir(world.at('plate'));
    for (const [i, name] of ['a.tif', 'b.tif'].entries()) await writeFile(world.at('plate', name), await nuclei(i + 1));
    await world.page.setViewportSize({ width: 1280, height: 1000 });
  }, long);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const trial = () => world.page.getByRole('region', { name: 'Try-out' });
  /** Objects of the settings that are chosen now, once they are found. */
  async function found(): Promise<number> {
    const said = trial()
      .locator('p[role=status][aria-busy=false]')
      .filter({ hasText: /objects? in this plane/ });
    return Number.parseInt((await said.textContent())!, 10);
  }
  const slide = (label: string, value: string) => trial().getByLabel(label).fill(value);
  const jobs = () => world.page.locator('ul.jobs .job-name').allTextContents();
  /** Objects of an image of the job that the page shows, as its own screen says; back on the job afterwards. */
  async function counted(path: string): Promise<number> {
    const { page } = world;
    const job = page.url();
    await page.goto(`${job}?${new URLSearchParams({ image: path })}`);
    const text = await page.locator('main strong').filter({ hasText: 'object' }).first().textContent();
    await page.goto(job);
    return Number.parseInt(text!, 10);
  }

  it(
    'are tried on one image before the folder is sent, and the job finds what was shown',
    async () => {
      const { page, at } = world;
      await choose(at('plate'), page);
      const fold = page.getByText('Find objects', { exact: true });
      const scale = page.getByLabel('Reduce images by');
      await fold.click();
      await scale.fill('40');
      await fold.click();
      await page.getByRole('button', { name: /^Start with 2 images/ }).click();
      await scale.and(page.locator(':focus')).waitFor(); // it is unfolded
      await scale.fill('');
      await page.getByRole('button', { name: 'Try settings on one image' }).click();
      const usual = await found();
      expect(usual).toBeGreaterThan(10);
      expect(await axeFindings(page)).toEqual([]);
      await slide('Smallest object', '400');
      expect(await found()).toBeLessThan(usual);
      await slide('Threshold', '0.8');
      const tried = await found();
      await trial().getByRole('button', { name: 'Use these settings for all images' }).click();
      await page.getByRole('button', { name: /^Start with 2 images/ }).click();
      await world.ended('completed');
      await page.getByText('threshold 0.8, at least 400 px').waitFor();
      expect(await counted('a.tif')).toBe(tried);
      await page.getByRole('link', { name: 'All jobs' }).click();
      await until('the try-out is deleted', async () => (await jobs()).join() === 'plate' || undefined);
      expect(world.faults).toEqual([]);
    },
    long,
  );

  it(
    'of a job that has ended are tried on its image, also with another scale, and used in a new job without sending',
    async () => {
      const { page } = world;
      await page.getByRole('link', { name: 'plate' }).click();
      await page.getByRole('button', { name: 'Run again' }).click();
      await page.getByRole('heading', { name: 'Run plate again' }).waitFor();
      expect(await page.getByLabel('Threshold', { exact: true }).inputValue()).toBe('0.8'); // folded away, and carried over
      const sent: string[] = [];
      page.on('request', (request) => {
        if (request.method() === 'PUT') sent.push(request.url());
      });
      await page.getByRole('button', { name: 'Try settings on one image' }).click();
      await found();
      await trial().getByLabel('Image').selectOption('b.tif');
      const image = trial().getByRole('application', { name: 'b.tif, the picture' });
      await image.waitFor();
      await trial().getByRole('button', { name: 'As the model says' }).click();
      const usual = await found();
      expect(usual).toBeGreaterThan(10);
      await page.getByText('Find objects', { exact: true }).click();
      await page.getByLabel('Reduce images by').fill('4');
      await trial().getByRole('button', { name: 'Predict again with these' }).click();
      await until('other objects at another scale', async () => (await found()) !== usual || undefined);
      expect(await axeFindings(page)).toEqual([]);
      await page.getByLabel('Reduce images by').fill('');
      await trial().getByRole('button', { name: 'Use these settings for all images' }).click();
      await page.getByLabel('Name', { exact: false }).first().fill('plate, model’s own');
      await page.getByRole('button', { name: 'Start the new job' }).click();
      await page.getByRole('heading', { name: 'plate, model’s own' }).waitFor();
      await world.ended('completed');
      expect(await counted('b.tif')).toBe(usual);
      expect(sent).toEqual([]);
      await page.getByRole('link', { name: 'an earlier job' }).click();
      await page.getByRole('heading', { name: 'plate', exact: true }).waitFor();
      expect(world.faults).toEqual([]);
    },
    long,
  );

  it(
    'leave no try-out behind where the page is reloaded in the middle',
    async () => {
      const { page } = world;
      await page.getByRole('button', { name: 'Run again' }).click();
      await page.getByRole('button', { name: 'Try settings on one image' }).click();
      await found();
      const job = page.url().replace('?again', '');
      await page.reload();
      await page.goto(world.service.origin);
      await until(
        'the try-out is deleted',
        async () => (await jobs()).join() === 'plate, model’s own,plate' || undefined,
      );
      await page.goto(job);
    },
    long,
  );

  it(
    'are compared side by side: counts of each image, and both pictures move together',
    async () => {
      const { page } = world;
      await page.getByRole('button', { name: 'Compare' }).click();
      await page.getByRole('heading', { name: 'Compare plate' }).waitFor();
      const rows = page.locator('section[aria-label="Objects in each image"] tbody tr');
      await rows.nth(1).waitFor();
      const texts = await Promise.all((await rows.all()).map((row) => row.getByRole('cell').allTextContents()));
      const table = texts.map(([path, ...counts]) => [path, ...counts.map(Number)]);
      expect(table.map(([path]) => path)).toEqual(['a.tif', 'b.tif']);
      for (const [, strict, usual, more] of table) expect(Number(usual) - Number(strict)).toBe(more);
      expect(Number(table[0]![3])).toBeGreaterThan(0);
      await rows.nth(1).getByRole('button', { name: 'b.tif' }).click();
      const pictures = page.locator('.viewer-picture');
      await pictures.nth(1).waitFor();
      const percents = () => page.locator('.viewer-status span:first-child').allTextContents();
      await until('both pictures are drawn', async () => {
        const [one, two] = await percents();
        return (one !== '' && one === two) || undefined;
      });
      const before = await percents();
      await pictures.first().press('+');
      await until('both are larger', async () => {
        const [one, two] = await percents();
        return (one !== before[0] && one === two) || undefined;
      });
      expect(await axeFindings(page)).toEqual([]);
      expect(world.faults).toEqual([]);
    },
    long,
  );
});
