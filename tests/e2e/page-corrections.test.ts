import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseCsv } from '../../functions/core/parse-csv.ts';
import { makeSamples } from '../../samples/make.ts';
import { axeFindings, excessWidth, hasChromium, withoutChromium } from '../support/page.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';
import { until } from '../support/until.ts';
import { unzipped } from '../support/unzipped.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const long = 240_000;

describeInBrowser(`correcting labels in the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let address: string;
  const picture = () => world.page.locator('.viewer-picture');
  const complete = () => world.page.locator('[data-reading="All pixels are shown."]').waitFor({ timeout: 60_000 });
  const stored = (revision: number) =>
    world.page.getByText(`All corrections are stored: revision ${revision}.`).waitFor({ timeout: 60_000 });
  const middle = async () => {
    const { x, y, width, height } = (await picture().boundingBox())!;
    return { x: x + width / 2, y: y + height / 2 };
  };
  const click = async () => {
    const { x, y } = await middle(); // a tool further down may have scrolled the page
    await world.page.mouse.click(x, y);
  };
  /** The row of the measurements, its object in the middle of the picture. */
  const show = async (row: number) => {
    await world.page.locator('.viewer-rows tbody tr[data-row]').nth(row).getByRole('button').click();
    await complete();
  };
  /** Corrects the image, as it was left. */
  const open = async () => {
    await world.page.goto(`${address}?${new URLSearchParams({ image: 'dense.tif' })}&look`);
    await complete();
    await world.page.getByRole('button', { name: 'Correct the objects' }).click();
    await world.page.getByText(/^All corrections are stored: revision/).waitFor({ timeout: 60_000 });
  };
  const revision = async () => {
    const line = await world.page.getByText(/^All corrections are stored: revision/).textContent();
    return Number(/\d+/.exec(line!)![0]);
  };
  const tool = async (name: string) => world.page.getByRole('radio', { name }).check();

  beforeAll(async () => {
    world = await openPageWorld();
    const { at, page } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await page.setViewportSize({ width: 1280, height: 900 });
    await world.send(at('samples/images'));
    await world.ended('completed');
    address = page.url();
    await page.goto(`${address}?${new URLSearchParams({ image: 'dense.tif' })}`);
    await page.getByRole('link', { name: 'Look at the pixels and objects' }).click();
    await complete();
    await page.getByRole('button', { name: 'Correct the objects' }).click();
    await page.getByText('Nothing is corrected yet.').waitFor();
  }, long);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  it(
    'deletes, splits and adds objects, undoes, and stores each step',
    async () => {
      const { page } = world;
      await show(4);
      const under = async () => {
        const { x, y } = await middle();
        await page.mouse.move(x + 3, y + 2);
        await page.mouse.move(x, y);
        const line = page.locator('.viewer-status span').nth(1);
        await line.filter({ hasText: '·' }).waitFor();
        return /(a new )?object( [\d,]+)?/.exec((await line.textContent())!)?.[0];
      };
      expect(await under()).toBe('object 5');
      await tool('Delete');
      await click();
      await stored(1);
      await until('the object is gone', async () => (await under()) === undefined || undefined);
      await picture().focus();
      await page.keyboard.press('Control+z');
      await stored(2);
      await until('the object is back', async () => (await under()) === 'object 5' || undefined);
      await page.keyboard.press('Control+y');
      await stored(3);
      await until('the object is gone again', async () => (await under()) === undefined || undefined);

      await tool('Brush'); // no object is chosen by now: it makes a new one
      const at = await middle();
      await page.mouse.move(at.x - 4, at.y);
      await page.mouse.down();
      await page.mouse.move(at.x + 4, at.y, { steps: 4 });
      await page.mouse.up();
      await stored(4);
      await until('a new object', async () => (await under()) === 'a new object' || undefined);
    },
    long,
  );

  it(
    'passes axe with its tools, also on a phone',
    async () => {
      const { page } = world;
      expect([await axeFindings(page), await excessWidth(page)]).toEqual([[], 0]);
      await page.setViewportSize({ width: 380, height: 800 });
      expect([await axeFindings(page), await excessWidth(page)]).toEqual([[], 0]);
      await page.setViewportSize({ width: 1280, height: 900 });
    },
    long,
  );

  it(
    'keeps corrections that the service does not take, over a kill of the service and a reload',
    async () => {
      const { page } = world;
      await complete();
      await show(9);
      await world.killService();
      await tool('Delete');
      await click();
      await page.getByText('1 corrections wait in this browser').waitFor();
      await world.startAgain();
      await page.reload();
      await complete();
      await page.getByRole('button', { name: 'Correct the objects' }).click();
      await stored(5);
    },
    long,
  );

  it(
    'makes results with the corrections, and leaves the others as they were',
    async () => {
      const { page } = world;
      await page.getByRole('button', { name: 'Make corrected results' }).click();
      await page.getByText(/^Corrected results are ready: 1 image/).waitFor({ timeout: 120_000 });
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Download corrected results' }).click();
      const corrected = await unzipped(await readFile(await (await download).path()));
      const manifest = JSON.parse(corrected.get('manifest.json')!.toString());
      expect(manifest.corrected).toMatchObject({ round: 1 });
      const image = manifest.files.find(({ path }: { path: string }) => path === 'dense.tif');
      expect(image.corrected).toMatchObject({ revision: 5, operations: 5 });
      await page.goto(address);
      const { file } = await world.download();
      const original = await unzipped(await readFile(file));
      const rowsOf = (files: Map<string, Buffer>) => parseCsv(files.get('dense_measurements.csv')!.toString());
      for (const [name, files] of Object.entries({ original, corrected }))
        await writeFile(world.at(`${name}_labels.tif`), files.get('dense_labels.tif')!);
      await writeFile(world.at('stack_labels.tif'), original.get('z-stack_labels.tif')!);
      const [before, after] = [rowsOf(original), rowsOf(corrected)];
      expect(after.rows).toHaveLength(before.rows.length - 1); // two are gone, one is new
      const edited = after.columns.indexOf('edited');
      expect(before.columns).not.toContain('edited');
      expect(after.rows.filter((row) => row[edited] === '1')).toHaveLength(1);
      expect(world.faults).toEqual([]);
    },
    long,
  );

  it(
    'shows what the model found, and restores it as one more revision',
    async () => {
      const { page } = world;
      await page.goto(`${address}?${new URLSearchParams({ image: 'dense.tif' })}&look`);
      await complete();
      await page.getByRole('button', { name: 'Correct the objects' }).click();
      await stored(5);
      await page.getByText('History: 5 revisions').click();
      await page.getByRole('button', { name: 'Look at What the model found' }).click();
      await page.getByText('Shown: What the model found').waitFor();
      expect(await page.getByRole('radio', { name: 'Delete' }).count()).toBe(0);
      expect(await axeFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Restore it' }).click();
      await stored(6);
      await show(4);
      const { x, y } = await middle();
      await page.mouse.move(x + 3, y + 2);
      await page.mouse.move(x, y);
      await page.locator('.viewer-status span').nth(1).filter({ hasText: 'object 5' }).waitFor();
      await page.getByText('History: 6 revisions').waitFor();
      expect(world.faults).toEqual([]);
    },
    long,
  );

  it(
    'takes labels that were corrected elsewhere, says what is wrong with others, and undoes that',
    async () => {
      const { page } = world;
      await page.getByText('Corrected elsewhere').click();
      const take = (name: string) => page.getByLabel('Labels of this image').setInputFiles(world.at(name));
      await take('original_labels.tif');
      await page.getByText('The file has the labels that stand.').waitFor();
      await take('stack_labels.tif');
      await page.getByText('stack_labels.tif was not imported').waitFor();
      await page.getByText('it has 256 x 256 pixels, the image 384 x 320').waitFor();
      await take('corrected_labels.tif');
      await page.getByText(/^The labels are those of the file: [1-9]\d* corrections?\.$/).waitFor();
      await stored(7);
      expect(await axeFindings(page)).toEqual([]);
      await take('corrected_labels.tif');
      await page.getByText('The file has the labels that stand.').waitFor();
      await page.getByRole('button', { name: 'Undo' }).click();
      await stored(8);
      await take('original_labels.tif');
      await page.getByText('The file has the labels that stand.').waitFor();
      expect(world.faults).toEqual([]);
    },
    long,
  );

  it(
    'adds what the model’s map has at a click, with a threshold, by mouse and by keys',
    async () => {
      const { page } = world;
      const proposed = page.getByText(/^[\d,]+ pixels by the model’s map\.$/);
      const pixels = async () => Number(/^[\d,]+/.exec((await proposed.textContent())!)![0].replace(',', ''));
      const level = page.getByRole('slider', { name: 'Threshold' });
      await open();
      const before = await revision();
      await show(12);
      await tool('Delete');
      await click();
      await stored(before + 1);
      await tool('Add by click');
      await click();
      const usual = await pixels();
      await level.fill('0.9');
      await until('a smaller one', async () => (await pixels()) < usual || undefined);
      const high = await pixels();
      await level.fill('-0.9');
      await until('a larger one', async () => (await pixels()) > high || undefined);
      expect(await axeFindings(page)).toEqual([]);
      await level.press('Escape');
      expect(await proposed.count()).toBe(0);
      await level.fill('0');
      await click();
      expect(await pixels()).toBe(usual);
      await page.keyboard.press('Enter');
      await stored(before + 2);
      await page.keyboard.press('Control+z');
      await stored(before + 3);
      await page.keyboard.press('Space');
      expect(await pixels()).toBe(usual);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Space');
      await proposed.waitFor();
      await click(); // into it
      await stored(before + 4);
      expect(await proposed.count()).toBe(0);
      expect(world.faults).toEqual([]);
    },
    long,
  );

  it(
    'draws by keys alone, and goes to what the model is least certain of',
    async () => {
      const { page } = world;
      await open();
      const before = await revision();
      await show(7); // what the eraser takes from
      await picture().press('e');
      await page.keyboard.press('Space');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Space');
      await stored(before + 1);
      await page.keyboard.press('Space');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Escape'); // left: nothing is stored
      await page.keyboard.press('u');
      const place = page.getByText(/^[\d,]+ of [\d,]+$/);
      expect(await place.textContent()).toMatch(/^1 of [1-9]\d*$/);
      await page.getByRole('button', { name: 'Next uncertain' }).click();
      await page.getByText(/^2 of [1-9]\d*$/).waitFor();
      await picture().press('Shift+U');
      await page.getByText(/^1 of [1-9]\d*$/).waitFor();
      expect(await revision()).toBe(before + 1);
      expect(world.faults).toEqual([]);
    },
    long,
  );
});
