import { mkdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Page, Route } from 'playwright-core';
import { defaultPlans } from '../../functions/core/plans.ts';
import { makeSamples } from '../../samples/make.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, drop, openPageWorld, type PageWorld, until } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`uploads of a page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let image: Buffer;
  let page: Page;
  beforeAll(async () => {
    world = await openPageWorld();
    await mkdir(world.at('samples'));
    await makeSamples(world.at('samples'));
    image = await readFile(world.at('samples/images/sparse.tif'));
  }, 120_000);
  beforeEach(async () => {
    page = await world.context.newPage();
    await page.goto(world.service.origin);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
  });
  afterEach(() => page.close({ runBeforeUnload: false }));
  afterAll(async () => world?.[Symbol.asyncDispose]());

  /** A folder of images; `last`: what their last byte is, which no pixel uses. */
  async function folder(path: string, names: readonly string[], last = 0): Promise<string> {
    await mkdir(world.at(path), { recursive: true });
    for (const name of names) await writeFile(world.at(path, name), Buffer.concat([image, Buffer.from([last])]));
    return world.at(path);
  }
  const letters = (count: number) => Array.from({ length: count }, (_, i) => `${String.fromCharCode(97 + i)}.tif`);

  /** Lets `through` uploads go, and holds the others until `release`. */
  async function holdPuts(where: Page, through: number) {
    const held: Route[] = [];
    let seen = 0;
    let finished = 0;
    let mode: 'hold' | 'continue' | 'abort' = 'hold';
    where.on('requestfinished', (request) => {
      if (request.method() === 'PUT') finished++;
    });
    await where.route('**/objects/**', async (route) => {
      if (route.request().method() !== 'PUT' || mode === 'continue' || seen++ < through) await route.continue();
      else if (mode === 'abort') await route.abort();
      else held.push(route);
    });
    return {
      held,
      finished: () => finished,
      /** The page is closed without them; what is only held then arrives after all. */
      async close() {
        mode = 'abort';
        await Promise.all(held.splice(0).map((route) => route.abort()));
        await where.close({ runBeforeUnload: false });
      },
      async release() {
        mode = 'continue';
        await Promise.all(held.splice(0).map((route) => route.continue()));
      },
    };
  }
  const heading = (name: string) => page.getByRole('heading', { name, exact: true }).waitFor();

  it('continues a folder only where its bytes are the same, and says which differ', async () => {
    const names = letters(6);
    const [day1, day2] = [await folder('day1/images', names, 1), await folder('day2/images', names, 2)];
    const puts = await holdPuts(page, 3);
    await choose(day1, page);
    await page.getByRole('button', { name: 'Start with 6 images' }).click();
    await until(() => puts.finished() === 3 && puts.held.length > 0);
    await puts.close();

    page = await world.context.newPage();
    await page.goto(world.service.origin);
    await choose(day2, page);
    const notice = page.getByRole('status').filter({ hasText: 'An upload of ‘images’ is not finished' });
    for (const name of names) await notice.getByText(`${name}: other bytes`, { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: 'Continue it' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Start a new job' }).click();
    await world.ended('completed', page);
    await page.getByText('6 of 6 done').first().waitFor();

    await page.getByRole('link', { name: 'All jobs' }).click();
    await page.getByRole('listitem').filter({ hasText: 'uploading' }).getByRole('link', { name: 'images' }).click();
    await choose(day2, page);
    await page.getByText('This is not the folder that ‘images’ was begun with').waitFor();
    await page.getByRole('link', { name: 'All jobs' }).click();
    await choose(day1, page);
    let again = 0;
    page.on('requestfinished', (request) => {
      if (request.method() === 'PUT') again++;
    });
    await page.getByRole('button', { name: 'Continue it' }).click();
    await heading('images');
    await world.ended('completed', page);
    await page.getByText('6 of 6 done').first().waitFor();
    expect(again).toBe(3);
  }, 180_000);

  it('continues a job under whatever name it was given, and with a folder that holds nothing else', async () => {
    const path = await folder('renamed', letters(4), 3);
    const puts = await holdPuts(page, 1);
    await choose(path, page);
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Plate 7');
    await page.getByRole('button', { name: 'Start with 4 images' }).click();
    await heading('Plate 7');
    await until(() => puts.held.length === 3);
    await puts.close();
    page = await world.context.newPage();
    await page.goto(world.service.origin);
    await choose(path, page);
    await page.getByText('An upload of ‘Plate 7’ is not finished').waitFor();
    await page.getByRole('button', { name: 'Continue it' }).click();
    await heading('Plate 7');
    await world.ended('completed', page);
  }, 120_000);

  it('names what it will not send before the start, and the job counts it with the reason', async () => {
    await folder('plates', ['a.tif', 'b.tif']);
    await folder('others', ['a.tif']);
    await writeFile(world.at('plates/notes.txt'), 'x');
    await writeFile(world.at('plates/more.zip'), 'x');
    await writeFile(world.at('plates/huge.tif'), '');
    await truncate(world.at('plates/huge.tif'), defaultPlans.standard.bytesPerFile + 1); // sparse: it takes no space
    const files = [
      'plates/huge.tif',
      'plates/a.tif',
      'plates/b.tif',
      'plates/notes.txt',
      'plates/more.zip',
      'others/a.tif',
    ];
    await page.locator('input[type=file]:not([webkitdirectory])').setInputFiles(files.map((name) => world.at(name)));
    await page.getByText('1 file is no image by name').waitFor();
    await page.getByText('1 zip is not unpacked inside a folder').waitFor();
    await page.getByText('1 file has the name of another').waitFor();
    await page.getByText('1 file is larger than your plan allows').waitFor();
    for (const name of ['notes.txt', 'more.zip', 'a (2).tif']) await page.getByText(name, { exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('loose');
    await page.getByRole('button', { name: 'Start with 2 images' }).click();
    await heading('loose');
    await world.ended('completed', page);
    await page.getByText('2 of 4 done').first().waitFor();
    const list = page.getByRole('region', { name: 'Files' });
    await list.getByText('a second file of the same name was not sent').waitFor();
    const listed = async () => (await list.locator('.path').allTextContents()).sort();
    expect(await listed()).toEqual(['a (2).tif', 'huge.tif']);
    await page.getByRole('combobox', { name: 'Show' }).selectOption('leftOut');
    await list.getByText('its name does not end in .tif, .tiff, .btf').waitFor();
    expect(await listed()).toEqual(['more.zip', 'notes.txt']);
  }, 90_000);

  it('has no start where no image would be sent', async () => {
    await mkdir(world.at('zips'));
    for (const name of ['a.zip', 'b.zip']) await writeFile(world.at('zips', name), 'x');
    await choose(world.at('zips'), page);
    await page.getByText('2 zips are not unpacked inside a folder').waitFor();
    expect(await page.getByRole('button', { name: 'Start with 0 images' }).isDisabled()).toBe(true);
  });

  it('go on by themselves when the network is back, and say meanwhile that nothing answers', async () => {
    const path = await folder('offline', letters(12), 4);
    const puts = await holdPuts(page, 2);
    await choose(path, page);
    await page.getByRole('button', { name: 'Start with 12 images' }).click();
    await until(() => puts.finished() === 2 && puts.held.length === 4);
    await world.context.setOffline(true);
    await Promise.all(puts.held.splice(0).map((route) => route.abort('internetdisconnected')));
    await page.getByText('The upload goes on by itself').waitFor();
    await page.getByText('The service does not answer. This page asks again until it does.').waitFor();
    await puts.release();
    await world.context.setOffline(false);
    await world.ended('completed', page);
    await page.getByText('12 of 12 done').first().waitFor();
    expect(await page.getByText('The service does not answer').count()).toBe(0);
  }, 120_000);

  it('take four connections together, however many there are, and the total stands still', async () => {
    const first = await folder('first', letters(9), 5);
    const second = await folder('second', letters(9), 6);
    const puts = await holdPuts(page, 0);
    await choose(first, page);
    await page.getByRole('button', { name: 'Start with 9 images' }).click();
    await until(() => puts.held.length === 4);
    await page.getByRole('link', { name: 'All jobs' }).click();
    await choose(second, page);
    await page.getByRole('button', { name: 'Start with 9 images' }).click();
    await heading('second');
    await page.getByText('0 of 9 done').first().waitFor();
    await page.getByRole('region', { name: 'Files' }).getByText('i.tif').waitFor(); // all are named
    expect(await page.evaluate(`fetch('/v1/config').then(({ status }) => status)`)).toBe(200);
    expect(puts.held.length).toBe(4);
    await puts.release();
    await world.ended('completed', page);
  }, 120_000);

  it('say of a file that is gone or has changed what it is, and take it again or leave it out', async () => {
    const path = await folder('moving', letters(8), 7);
    const [gone, changed] = [join(path, 'g.tif'), join(path, 'h.tif')];
    const { mtimeMs } = await stat(gone);
    const date = new Date(Math.floor(mtimeMs));
    await utimes(gone, date, date);
    const bytes = await readFile(gone);
    const puts = await holdPuts(page, 0);
    await choose(path, page);
    await page.getByRole('button', { name: 'Start with 8 images' }).click();
    await until(() => puts.held.length === 4);
    await rm(gone);
    await writeFile(changed, Buffer.concat([image, Buffer.from([9])]));
    await puts.release();
    await page.getByText('2 files did not arrive').waitFor();
    await page.getByText('g.tif: the file is gone: it was deleted, moved or renamed after it was chosen').waitFor();
    await page.getByText('h.tif: the file was changed after it was chosen').waitFor();

    await writeFile(gone, bytes);
    await utimes(gone, date, date);
    await drop(page, 'section.drop', [path]);
    await page.getByText('1 file did not arrive').waitFor();
    await page.getByText('h.tif: the file has changed').waitFor();
    await page.getByRole('button', { name: 'Leave h.tif out' }).click();
    await world.ended('completed', page);
    await page.locator('main').getByText('1 of 8 failed').waitFor();
    await page.getByText('the file was taken out of the upload').waitFor();
  }, 120_000);

  it('go on after the page was opened again, with the folder that the browser knows', async () => {
    const path = await folder('known', letters(6), 8);
    const puts = await holdPuts(page, 2);
    await drop(page, 'section.drop', [path]);
    await page.getByRole('button', { name: 'Start with 6 images' }).click();
    await until(() => puts.finished() === 2 && puts.held.length > 0);
    const address = page.url();
    await puts.close();
    page = await world.context.newPage();
    await page.goto(address);
    await page.getByText('This browser knows the folder').waitFor();
    expect(await page.getByRole('button', { name: 'Continue the upload' }).isEnabled()).toBe(true);
  }, 90_000);

  it('are not begun anew by a file that is as large as before', async () => {
    const path = await folder('sized', letters(2), 1);
    const puts = await holdPuts(page, 0);
    await choose(path, page);
    await page.getByRole('button', { name: 'Start with 2 images' }).click();
    await heading('sized');
    await until(() => puts.held.length === 2); // the job has both files
    await puts.close();
    await truncate(join(path, 'b.tif'), image.length);
    page = await world.context.newPage();
    await page.goto(world.service.origin);
    await choose(path, page);
    await page.getByText('b.tif: another size').waitFor();
    expect(await page.getByRole('button', { name: 'Continue it' }).count()).toBe(0);
  }, 60_000);

  it('broke no rule of the page', () => expect(world.faults).toEqual([]));
});
