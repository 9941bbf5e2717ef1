import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { cli } from '../support/cli.ts';
import { discs, tiffOf } from '../support/labelled-folder.ts';
import { axeFindings, excessWidth, hasChromium, withoutChromium } from '../support/page.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';
import { serviceToken } from '../support/service-token.ts';
import { unzipped } from '../support/unzipped.ts';

/** Of the page; the tests know no DOM. */
interface Styled {
  getComputedStyle(of: unknown): { maxWidth: string };
}

const describeInBrowser = hasChromium ? describe : describe.skip;
const long = 240_000;
const soon = { timeout: 180_000 };
/** Discs, dark on bright: the shipped model finds none of them as they are. */
const images = ['a', 'b'].map((name, i) => ({ name, ...discs(15, i) }));

describeInBrowser(`teaching a model in the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let job: string;
  const panel = () => world.page.locator('.viewer-teach');
  const says = (text: string | RegExp) => panel().getByText(text).waitFor(soon);
  const press = (name: string) => world.page.getByRole('button', { name, exact: true }).click(soon);
  const correct = async (name: string) => {
    const { page } = world;
    await page.goto(`${job}?${new URLSearchParams({ image: `${name}.tif` })}`);
    await page.getByRole('link', { name: 'Look at the pixels and objects' }).click();
    await page.locator('[data-reading="All pixels are shown."]').waitFor(soon);
    await press('Correct the objects');
  };
  /** Objects of each image, as the table of a zip has them. */
  const objectsIn = async (zip: string) => {
    const { columns, rows } = parseCsv((await unzipped(await readFile(zip))).get('summary.csv')!.toString());
    return rows.map((row) => Number(row[columns.indexOf('objects')]));
  };

  beforeAll(async () => {
    world = await openPageWorld(['--teach']);
    const { at, page } = world;
    for (const folder of ['plate', 'labels']) await mkdir(at(folder));
    for (const { name, image, labels } of images) {
      await writeFile(at('plate', `${name}.tif`), await tiffOf(image.map((value) => 5000 - value)));
      await writeFile(at('labels', `${name}.tif`), await tiffOf(labels));
    }
    await world.send(at('plate'));
    await world.ended('completed');
    job = page.url();
  }, long);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it(
    'goes from corrected labels to a right table',
    async () => {
      const { page, at, service } = world;
      expect(await objectsIn((await world.download()).file)).not.toEqual([15, 15]);
      const env = { ...process.env, LABDEPLOY_TOKEN: await serviceToken(service.origin, service.url) };
      const files = images.map(({ name }) => at('labels', `${name}.tif`));
      const words = ['jobs', 'correct', new URL(job).pathname.split('/').at(-1)!, ...files, '--url', service.origin];
      const { code, stderr } = await cli(words, { env });
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      await correct('a');
      const download = page.waitForEvent('download');
      await press('Download corrected results');
      expect(await objectsIn(await (await download).path())).toEqual([15, 15]);
    },
    long,
  );

  it(
    'says what is missing until two images have enough accepted objects',
    async () => {
      await says('It has no image yet.');
      await press('Add what is accepted');
      await panel()
        .getByRole('alert')
        .getByText(/is accepted/)
        .waitFor(soon);
      await press('Accept the whole picture');
      await press('Add what is accepted');
      await says(/^1 image with 15 objects\. 15 objects of this image/);
      await says('Label at least 25 objects in two images: 10 to go.');
      expect(await panel().getByRole('button', { name: 'Teach the model' }).isDisabled()).toBe(true);
      const { page } = world;
      expect([await axeFindings(page), await excessWidth(page)]).toEqual([[], 0]);
    },
    long,
  );

  /** The report that is over the screen, when its pictures are drawn. */
  const shownReport = async () => {
    const report = world.page.frameLocator('.viewer-report iframe');
    await report.getByRole('heading', { name: 'Worst images' }).waitFor(soon);
    await report.locator('img').first().waitFor(soon);
    return {
      width: await report
        .locator('main')
        .evaluate((main) => (globalThis as unknown as Styled).getComputedStyle(main).maxWidth),
      pictures: await report
        .locator('img')
        .evaluateAll((all) => all.map((image) => (image as unknown as { naturalWidth: number }).naturalWidth)),
      verdict: await report.locator('strong').first().textContent(),
    };
  };

  it(
    'teaches a model that is better, and new jobs find more with it, until it is taken back',
    async () => {
      const { page, at } = world;
      await correct('b');
      await press('Accept the whole picture');
      await press('Add what is accepted');
      await says(/^2 images with 30 objects\./);
      await press('Teach the model');
      await says('Better on the images kept aside: F1 0.000 before, 1.000 after.');
      expect(await panel().getByRole('row').count()).toBe(2);
      expect([await axeFindings(page), await excessWidth(page)]).toEqual([[], 0]);
      await press('Look at the report');
      expect(await shownReport()).toEqual({
        ...{ width: '1120px', pictures: [128, 128, 128] },
        verdict: 'Better: this model is offered.',
      });
      const download = page.waitForEvent('download');
      await press('Download the report');
      expect((await download).suggestedFilename()).toBe('training-report.html');
      await press('Close');
      await page.locator('.viewer-report').waitFor({ state: 'detached' });
      await press('Use it for new jobs');
      await says('New jobs can use it.');
      const address = page.url();
      await page.goto(world.service.origin);
      await page.locator('input[webkitdirectory]').setInputFiles(at('plate'));
      await page.getByLabel('Model', { exact: true }).selectOption('our cells');
      await page.getByRole('button', { name: /^Start with/ }).click();
      await page.getByRole('heading', { name: 'plate', exact: true }).waitFor();
      await world.ended('completed');
      expect(await objectsIn((await world.download()).file)).toEqual([15, 15]);
      await page.goto(address);
      await press('Take it back');
      await says('It was taken back: no new job uses it.');
      expect(world.faults).toEqual([]);
    },
    long,
  );
});
