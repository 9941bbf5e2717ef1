import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { makeSamples } from '../../samples/make.ts';
import { modelFolder } from '../support/models.ts';
import { axeFindings, hasChromium, watchFaults, withoutChromium } from '../support/page.ts';
import { arrive, type Person } from '../support/page-people.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`a lab’s daily life in the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let ada: Person;
  let bob: Person;
  let faults: string[];

  beforeAll(async () => {
    world = await openPageWorld(['--users', '--model', modelFolder('identity')]);
    const { at, service } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    ada = await arrive(world, 'ada@example.org', service.firstAdmin!);
    faults = watchFaults(ada.context, service.origin);
    await ada.page.goto(`${service.origin}/auth/admin`);
    await ada.page.getByRole('button', { name: 'Make the link' }).click();
    bob = await arrive(world, 'bob@example.org', (await ada.page.locator('code.secret').textContent())!);
    await home(ada.page);
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  async function home(page: Page): Promise<void> {
    await page.goto(world.service.origin);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
  }
  const listed = (page: Page) => page.locator('.jobs .job-name').allTextContents();

  it('begins with a job of example images, in one click', async () => {
    const { page } = ada;
    await page.getByRole('button', { name: 'Try it with two example images' }).click();
    await page.getByRole('heading', { level: 1, name: 'Example images' }).waitFor();
    await world.ended('completed', page);
    await page.locator('li.tile a').first().click();
    await page.getByRole('heading', { level: 1, name: 'dense.tif' }).waitFor();
    await home(page);
    await page.getByRole('link', { name: 'Example images' }).waitFor();
    expect(await page.getByRole('button', { name: 'Try it with two example images' }).count()).toBe(0);
  }, 60_000);

  it('begins the next form with the settings of the last, but those of its images', async () => {
    const { page } = ada;
    for (const name of ['control 1', 'treated 1', 'treated 2']) {
      await mkdir(world.at(name));
      await writeFile(world.at(name, 'sparse.tif'), await readFile(world.at('samples/images/sparse.tif')));
      await home(page);
      await choose(world.at(name), page);
      const planes = page.getByLabel('Stacks and time series');
      expect(await planes.inputValue()).toBe(name === 'treated 1' ? 'max' : 'link');
      expect(await page.getByText('With the settings of your last job').count()).toBe(name === 'treated 1' ? 1 : 0);
      if (name === 'control 1') await planes.selectOption('max');
      if (name === 'treated 1') {
        expect(await axeFindings(page)).toEqual([]);
        await page.getByRole('button', { name: 'Use the usual ones' }).click();
        expect(await planes.inputValue()).toBe('link');
      }
      await page.getByRole('button', { name: /^Start with/ }).click();
      await page.getByRole('heading', { level: 1, name }).waitFor();
      await world.ended('completed', page);
    }
  }, 90_000);

  it('names a job, notes what is to be known of it, and finds it by its words', async () => {
    const { page } = ada;
    await home(page);
    await page.getByRole('link', { name: 'treated 1' }).click();
    await page.getByRole('button', { name: 'Name and note' }).click();
    const dialog = page.getByRole('dialog', { name: 'Name and note' });
    await dialog.getByLabel('Name').fill('mouse 12');
    await dialog.getByLabel('Note').fill('left side\nis damaged');
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'mouse 12' }).waitFor();
    expect(await page.locator('.job-note').textContent()).toBe('left side\nis damaged');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Name and note');

    await page.getByRole('link', { name: 'All jobs' }).click();
    await page.getByRole('link', { name: 'treated 2' }).waitFor();
    await page.getByLabel('Search names and notes').fill('damaged MOUSE');
    await page.getByRole('link', { name: 'treated 2' }).waitFor({ state: 'detached' });
    expect(await listed(page)).toEqual(['mouse 12']);
    await page.getByLabel('Search names and notes').fill('nowhere');
    await page.getByText('No job has ‘nowhere’ in its name or note.').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await page.getByLabel('Search names and notes').fill('');
    await page.getByRole('link', { name: 'treated 2' }).waitFor();
    expect(await listed(page)).toEqual(['treated 2', 'mouse 12', 'control 1', 'Example images']);
  }, 60_000);

  it('shares a job with a lab mate, who sees it and its results and changes nothing, until the share ends', async () => {
    const { page } = ada;
    await home(page);
    await page.getByRole('link', { name: 'mouse 12' }).click();
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog', { name: 'Share ‘mouse 12’' });
    await dialog.getByText('Only you.').waitFor();
    await dialog.getByLabel('E-mail address of a lab mate').fill('eve@example.org');
    await dialog.getByRole('button', { name: 'Share' }).click();
    await dialog.getByText('no account with the address eve@example.org').waitFor();
    await dialog.getByLabel('E-mail address of a lab mate').fill('bob@example.org');
    await dialog.getByRole('button', { name: 'Share' }).click();
    await dialog.getByText(/^bob@example.org, since /).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).click();

    await bob.page.getByRole('link', { name: 'Shared', exact: true }).click();
    await bob.page.getByRole('link', { name: 'mouse 12' }).waitFor();
    await bob.page.getByText('You share no job.').waitFor();
    expect(await axeFindings(bob.page)).toEqual([]);
    await bob.page.getByRole('link', { name: 'mouse 12' }).click();
    await bob.page.getByText('ada@example.org shares this job with you').waitFor();
    expect(await bob.page.locator('.actions button').allTextContents()).toEqual(['Download results']);
    const { file } = await world.download(bob.page);
    expect((await stat(file)).size).toBeGreaterThan(1000);
    await bob.page.locator('li.tile a').first().click();
    await bob.page.getByRole('heading', { level: 1, name: 'sparse.tif' }).waitFor();
    expect(await axeFindings(bob.page)).toEqual([]);

    await page.getByRole('link', { name: 'Shared', exact: true }).click();
    await page.getByRole('button', { name: 'End the share with bob@example.org' }).click();
    await page.getByText('You share no job.').waitFor();
    await bob.page.reload();
    await bob.page.getByText('It was deleted, or it is not yours.').first().waitFor();
    await bob.page.getByRole('link', { name: 'Shared', exact: true }).click();
    await bob.page.getByText('No job is shared with you.').waitFor();
  }, 90_000);

  it('shows an administrator people, use, disk and names of jobs, and nobody else', async () => {
    const { page } = ada;
    await home(page);
    await page.getByRole('link', { name: 'Lab', exact: true }).click();
    await page.getByRole('heading', { name: 'Disk' }).waitFor();
    const [first, second] = await page.locator('.jobs > li').all();
    expect(await first!.textContent()).toMatch(/^ada@example\.org4 jobs, 5 files, .* · administrator · Plan: standard/);
    expect(await second!.textContent()).toMatch(/^bob@example\.org0 jobs, 0 files, 0 bytes · Plan: standard/);
    await page.getByText('Jobs of ada@example.org').click();
    await page.getByText('mouse 12').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await bob.page.goto(`${world.service.origin}/lab`);
    await bob.page.getByText('only administrators may do this').waitFor();
    expect(await bob.page.getByRole('link', { name: 'Lab', exact: true }).count()).toBe(0);
  }, 60_000);

  it('has one stop of the Tab key for each job in the list, and arrows to its box and to other jobs', async () => {
    const { page } = ada;
    await home(page);
    const names = await listed(page);
    expect(names.length).toBeGreaterThan(2);
    await page.locator('.jobs .job-name').first().focus();
    await page.keyboard.press('Tab');
    const focused = () =>
      page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent");
    expect(await focused()).toBe(names[1]);
    for (const [key, expected] of [
      ['ArrowLeft', `Choose ${names[1]}`],
      ['ArrowUp', `Choose ${names[0]}`],
      ['ArrowRight', names[0]],
      ['End', names.at(-1)],
      ['ArrowDown', names.at(-1)],
      ['Home', names[0]],
    ]) {
      await page.keyboard.press(key!);
      expect([key, await focused()]).toEqual([key, expected]);
    }
    await page.getByText('Arrow keys: left to the box').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  }, 60_000);

  it('deletes several jobs after a question that names them, and no other', async () => {
    const { page } = ada;
    await home(page);
    await page.getByRole('checkbox', { name: 'Choose treated 2' }).check();
    await page.getByRole('checkbox', { name: 'Choose control 1' }).check();
    await page.getByText('2 jobs chosen').waitFor();
    await page.getByRole('button', { name: 'Delete them' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete these 2 jobs?' });
    await dialog.locator('li').first().waitFor();
    expect(await dialog.locator('li').allTextContents()).toEqual([
      expect.stringMatching(/^treated 2 1 image, /),
      expect.stringMatching(/^control 1 1 image, /),
    ]);
    expect(await dialog.getByRole('button', { name: 'Delete for ever' }).isDisabled()).toBe(true);
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByLabel('Type delete to confirm').fill('delete');
    await dialog.getByRole('button', { name: 'Delete for ever' }).click();
    await page.getByRole('link', { name: 'treated 2' }).waitFor({ state: 'detached' });
    expect(await listed(page)).toEqual(['mouse 12', 'Example images']);
    await page.getByText('jobs chosen').waitFor({ state: 'detached' });
    expect(faults).toEqual([]);
  }, 60_000);
});
