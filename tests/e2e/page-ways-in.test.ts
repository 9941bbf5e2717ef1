import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { makeSamples } from '../../samples/make.ts';
import { cli } from '../support/cli.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, drop, openPageWorld, type PageWorld } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

describeInBrowser(`ways into the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld();
    await mkdir(world.at('samples'));
    await makeSamples(world.at('samples'));
  }, 120_000);
  beforeEach(async () => void (await world.page.goto(world.service.origin)));
  afterAll(async () => world?.[Symbol.asyncDispose]());

  /** The zip that `run --zip` writes for the same folder or zip. */
  async function zipOfRun(input: string): Promise<Buffer> {
    const out = world.at(`run-${input.split('/').at(-1)}`);
    expect((await cli(['run', input, '-o', out, '--zip'])).code).toBe(0);
    return readFile(join(out, 'results.zip'));
  }

  it.each(['picked', 'dropped'])(
    'a zip that is %s gives the zip of run, byte for byte',
    async (how) => {
      const { page, at } = world;
      const zip = at('samples/experiment.zip');
      if (how === 'picked') await choose(zip, page);
      else await drop(page, 'section.drop', [zip]);
      await page.getByRole('heading', { name: /^A zip of \d/ }).waitFor();
      await page.getByRole('button', { name: 'Start with this zip' }).click();
      await world.ended('completed');
      await page.getByText('2 of 2 done').waitFor();
      const { file, name } = await world.download();
      expect(name).toBe('experiment.zip');
      expect((await readFile(file)).equals(await zipOfRun(zip))).toBe(true);
    },
    60_000,
  );

  it('a dropped folder keeps its folders and the names of every script', async () => {
    const { page, at } = world;
    const image = await readFile(at('samples/images/sparse.tif'));
    const names = ['top.tif', 'day 1/β-actin é.tif', 'day 1/deep/細胞 #1 100%+.tif', 'día 2/🧠.tiff'];
    for (const name of names) {
      await mkdir(at('Versuch Ä', name, '..'), { recursive: true });
      await writeFile(at('Versuch Ä', name), image);
    }
    await writeFile(at('Versuch Ä/day 1/.DS_Store'), 'x');
    await drop(page, 'section.drop', [at('Versuch Ä')]);
    await page.getByRole('heading', { name: /^4 images, \d/ }).waitFor();
    await page.getByText('1 file is hidden or of the system (.DS_Store and the like)').waitFor();
    await page.getByRole('button', { name: 'Start with 4 images' }).click();
    await page.getByRole('heading', { name: 'Versuch Ä', exact: true }).waitFor();
    await world.ended('completed');
    const paths = await page.getByRole('region', { name: 'Files' }).locator('.path').allTextContents();
    expect(paths.sort()).toEqual(['day 1/.DS_Store', ...names].sort());
    const { file, name } = await world.download();
    expect(name).toBe('Versuch Ä.zip');
    expect((await readFile(file)).equals(await zipOfRun(at('Versuch Ä')))).toBe(true);
  }, 60_000);

  it('several dropped folders keep their own names, and more than a hundred files are all found', async () => {
    const { page, at } = world;
    for (const folder of ['left', 'right']) {
      await mkdir(at(folder));
      for (let n = 0; n < 120; n++) await writeFile(at(folder, `${n}.tif`), '');
    }
    await drop(page, 'section.drop', [at('left'), at('right')]);
    await page.getByRole('heading', { name: '240 images, 0 bytes' }).waitFor();
    await page.getByText('left/0.tif cannot be used: the file is empty').waitFor();
  });

  it('a folder that is let go beside the zone is taken as if dropped into it', async () => {
    const { page, at } = world;
    await mkdir(at('beside'));
    await writeFile(at('beside/a.tif'), await readFile(at('samples/images/sparse.tif')));
    await drop(page, 'h1', [at('beside')]);
    await page.getByRole('heading', { name: /^1 image, \d/ }).waitFor();
    expect(page.url()).toBe(`${world.service.origin}/`);
  });

  it('an empty folder is refused in words', async () => {
    const { page, at } = world;
    await mkdir(at('empty'));
    await drop(page, 'section.drop', [at('empty')]);
    await page.getByRole('alert').getByText('There is no file in it').waitFor();
  });

  it('broke no rule of the page', () => expect(world.faults).toEqual([]));
});
