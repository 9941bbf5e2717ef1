import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSamples } from '../samples/make.ts';
import { arrive } from '../tests/support/page-people.ts';
import { choose, drop, openPageWorld } from '../tests/support/page-world.ts';

/** `node docs/screenshots.ts`: the pictures of docs/screenshots, made by a service and a browser of their own. */

const to = (name: string) => ({ path: join(import.meta.dirname, 'screenshots', `${name}.png`) });

await using world = await openPageWorld(['--users']);
const { at, service, browser, send, ended } = world;
const samples = await mkdtemp(at('samples-'));
await makeSamples(samples);
const images = join(samples, 'images');
const broken = join(images, 'dim/copied badly.tif');

await world.page.goto(service.origin);
await world.page.getByRole('button', { name: 'Sign in' }).click();
await world.page.getByLabel('Password').waitFor();
await world.page.setViewportSize({ width: 900, height: 640 });
await world.page.screenshot(to('sign-in'));

const { page } = await arrive(world, 'ada@lab.example', service.firstAdmin!);
await page.setViewportSize({ width: 1000, height: 760 });
await drop(page, 'section.drop', [images]);
await page.getByText('uint16').waitFor();
await page.screenshot(to('new-job'));

await page.goto(service.origin);
await writeFile(broken, (await readFile(join(images, 'dense.tif'))).subarray(0, 1000));
await send(images, page);
await ended('completed', page);
await rm(broken);
await page.goto(service.origin);
await send(join(samples, 'experiment.zip'), page);
await ended('completed', page);
const job = page.url();
await page.goto(service.origin);
await choose(images, page);
await page.getByRole('button', { name: /^Start with/ }).click();
await page.getByRole('heading', { name: 'images', exact: true }).waitFor();
const newest = page.url();
await page.getByRole('link', { name: 'All jobs' }).click();
await page.getByRole('listitem').filter({ hasText: 'experiment' }).waitFor();
await page.screenshot(to('jobs'));

await page.goto(newest);
await ended('completed', page);
await page.locator('li.tile img').nth(3).waitFor();
await page.waitForLoadState('networkidle');
await page.screenshot(to('job'));

await page.setViewportSize({ width: 1280, height: 1000 });
await page.goto(`${newest}?image=z-stack.tif&look`);
await page.locator('[data-reading="All pixels are shown."]').waitFor();
await page.getByLabel('Filter by').selectOption('area_px');
await page.getByLabel('area_px from').fill('300');
await page.locator('.viewer-rows tbody button').nth(3).click();
await page.locator('[data-reading="All pixels are shown."]').waitFor();
await page.evaluate('scrollTo(0, 0)'); // the click on a row may have scrolled the page
await page.screenshot(to('viewer'));

const phone = await browser.newContext({
  colorScheme: 'dark',
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  storageState: await page.context().storageState(),
});
const small = await phone.newPage();
await small.goto(job);
await small
  .getByRole('img', { name: /with the outlines/ })
  .first()
  .waitFor();
await small.waitForLoadState('networkidle');
await small.screenshot(to('phone'));
