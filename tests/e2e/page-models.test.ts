import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { makeSamples } from '../../samples/make.ts';
import { modelCopy, zipOf } from '../support/model-packages.ts';
import { modelFolder } from '../support/models.ts';
import { axeFindings, hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';

const at = '2026-11-30T10:00:00.000Z';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`the screen of models ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  let page: Page;
  const card = (state: string) => page.locator(`article:has([data-state=${state}])`);

  beforeAll(async () => {
    world = await openPageWorld(['--model', modelFolder('identity')]);
    ({ page } = world);
    await page.getByRole('link', { name: 'Models' }).click();
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const send = async (name: string, zip: Buffer) => {
    await writeFile(world.at(name), zip);
    await page.getByLabel('BioImage.IO package, as a zip').setInputFiles(world.at(name));
    await page.getByRole('button', { name: 'Send and check' }).click();
  };

  it('takes a package, shows its card, and lets new jobs use it', async () => {
    await page.getByText('No model was added to this service.').waitFor();
    await send('good.zip', await zipOf(await modelCopy('shipped', world.at('good'))));
    await card('ready').waitFor();
    expect(await card('ready').getByRole('heading').textContent()).toBe('Nuclei, revision 1');
    await card('ready').getByText('Cover and documentation').click();
    await page.getByText('The default model of labdeploy').waitFor();
    const cover = card('ready').locator('img');
    await cover.waitFor();
    expect(
      await cover.evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth),
    ).toBeGreaterThan(0);
    expect(await axeFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Use for new jobs' }).click();
    await card('offered').waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: 'Nuclei, revision 1' }).first().isVisible()).toBe(true);
  }, 120_000);

  it('says why a package is refused', async () => {
    await send('bad.zip', Buffer.from('this is no zip'));
    await card('refused').waitFor();
    expect(await card('refused').getByRole('alert').textContent()).toContain(
      'the model package is damaged or not valid',
    );
    expect(await axeFindings(page)).toEqual([]);
  }, 120_000);

  it('shows the steps of the build of an image, and the last lines of one that failed', async () => {
    const version = { kind: 'onnx', offered: false, bytes: 9, addedBy: 'Ada', addedAt: at, changedAt: at };
    const submitted = { name: 'submitted', state: 'succeeded', seconds: 2 };
    const failed = { name: 'build', state: 'failed', seconds: 7, why: 'exit status 125' };
    const items = [
      {
        ...version,
        id: 'b'.repeat(32),
        state: 'building',
        build: { phases: [submitted, { name: 'build', state: 'running' }] },
      },
      {
        ...{ ...version, id: 'f'.repeat(32), state: 'refused' },
        failure: { code: 'modelBuildFailed', message: 'the image of the model was not built: build: exit status 125' },
        build: { phases: [submitted, failed], lines: ['STEP 1/2: FROM nowhere', 'Error: no such image'] },
      },
    ];
    // A service on one machine builds none.
    await page.route('**/v1/models/versions', (route) => route.fulfill({ json: { items } }));
    await page.reload();
    const building = card('building');
    await building.getByText('its image is being built').waitFor();
    expect(await building.getByRole('listitem').allTextContents()).toEqual(['submitted: done, 2 s', 'build: goes on']);
    const refused = page.locator(`article[data-version="${items[1]!.id}"]`);
    expect(await refused.getByRole('alert').textContent()).toContain('build: exit status 125');
    expect(await refused.getByRole('listitem').allTextContents()).toEqual([
      'submitted: done, 2 s',
      'build: failed, 7 s',
    ]);
    expect(await refused.locator('pre').textContent()).toBe('STEP 1/2: FROM nowhere\nError: no such image');
    expect(await axeFindings(page)).toEqual([]);
    await page.unroute('**/v1/models/versions');
    await page.reload();
    await card('refused').waitFor();
  }, 120_000);

  it('retires a version only when asked twice, and a job that is run again after that says so', async () => {
    await page.getByRole('link', { name: 'Jobs', exact: true }).click();
    await mkdir(world.at('plate'));
    await makeSamples(world.at('samples'));
    await copyFile(world.at('samples/images/sparse.tif'), world.at('plate/sparse.tif'));
    await choose(world.at('plate'), page);
    await page.getByLabel('Model', { exact: true }).selectOption('Nuclei');
    await page.getByRole('button', { name: /^Start with/ }).click();
    await world.ended('completed');
    const job = page.url();
    await page.getByRole('link', { name: 'Models' }).click();
    await card('offered').getByRole('button', { name: 'Retire' }).click();
    await card('offered').getByRole('button', { name: 'Keep it' }).click();
    await card('offered').getByRole('button', { name: 'Retire' }).click();
    await card('offered').getByText('No new job will use this version').waitFor();
    await card('offered').getByRole('button', { name: 'Retire' }).click();
    await card('retired').waitFor();
    await page.goto(`${job}?again`);
    await page.getByText('The model Nuclei is not offered any more.').waitFor();
    await page.getByRole('button', { name: 'Start the new job' }).click();
    await page.getByRole('link', { name: 'an earlier job' }).waitFor();
    expect(await page.locator('dl.facts').textContent()).not.toContain('Nuclei');
    expect(world.faults).toEqual([]);
  }, 120_000);
});
