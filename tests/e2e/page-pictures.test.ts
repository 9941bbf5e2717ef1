import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cli } from '../support/cli.ts';
import { axeFindings, excessWidth, hasChromium, withoutChromium } from '../support/page.ts';
import { openPageWorld, type PageWorld } from '../support/page-world.ts';
import { serviceToken } from '../support/service-token.ts';
import { until } from '../support/until.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
/** NASA's portrait of Eileen Collins, in the public domain, 160 x 160. */
const portrait = join(import.meta.dirname, '../fixtures/astronaut.jpg');

describeInBrowser(`pictures of people on the page ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;

  beforeAll(async () => {
    world = await openPageWorld(['--gallery', 'people']);
    await writeFile(world.at('photographs.en.md'), '# Photographs\n\nFaces are hidden.\n\n- by a person who looks\n');
    await writeFile(world.at('photographs.de.md'), '# Fotos\n\nGesichter werden verdeckt.\n');
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const goTo = async (name: string) => {
    const { page } = world;
    await page.getByRole('navigation', { name: 'Pictures of people' }).getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
  };
  const objects = async () => {
    const found = await readdir(world.at('data/store/objects'), { recursive: true, withFileTypes: true });
    return found.filter((entry) => entry.isFile()).length;
  };
  const boxes = () => world.page.locator('.people-box');
  const box = (name: string) => world.page.getByRole('button', { name, exact: true });

  it('say what is missing, and take a photograph that waits for its agreement', async () => {
    const { page, service, at } = world;
    await page.getByRole('link', { name: 'Pictures' }).click();
    await page.getByRole('heading', { level: 1, name: 'Pictures' }).waitFor();
    await page.getByText('There is no text to agree to yet').waitFor();
    const token = await serviceToken(service.origin, service.url);
    const { code, stdout } = await cli(
      ['agreements', 'publish', at('photographs.en.md'), at('photographs.de.md'), '--url', service.origin],
      { env: { LABDEPLOY_TOKEN: token } },
    );
    expect([code, stdout.split('\n')[0]]).toEqual([0, 'photographs version 1 is published (en, de)']);
    await page.reload();
    await page.getByText('It waits for your agreement', { exact: true }).waitFor();
    expect(await page.getByLabel('What happens with it').locator('option').allTextContents()).toEqual(['Hide faces']);
    await page
      .getByText(
        'Faces are found and made unrecognisable by a mosaic; all else of the picture stays. ' +
          'You or an administrator look at it first. Everybody of the lab sees the result.',
      )
      .waitFor();
    await page.getByLabel('Photograph', { exact: true }).setInputFiles(portrait);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('[data-state=held]').waitFor();
    expect(await axeFindings(page)).toEqual([]);
  });

  it('are worked on once the text of the user’s language is agreed to', async () => {
    const { page } = world;
    await goTo('My agreements');
    const text = page.locator('.people-text');
    expect(await text.getAttribute('lang')).toBe('en');
    expect(await text.getByRole('listitem').allTextContents()).toEqual(['by a person who looks']);
    await page.getByLabel('Language').selectOption('de');
    expect(await text.getByRole('heading').textContent()).toBe('Fotos');
    expect(await text.getAttribute('lang')).toBe('de');
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.getByRole('button', { name: 'Agree' }).isDisabled()).toBe(true);
    await page.getByLabel('pictures of me are worked on').check();
    await page.getByLabel('people of the lab see the result').check();
    await page.getByRole('button', { name: 'Agree' }).click();
    await page.getByText('pictures of me are worked on: agreed').waitFor();
    await page.getByText('photographs, version 1 (de)').waitFor();
    await goTo('Pictures');
    await page.locator('[data-state=reviewing]').waitFor();
  });

  it('wait for a review, whose boxes the keyboard and the mouse move, resize, add and remove', async () => {
    const { page } = world;
    await goTo('Review');
    await page.getByRole('link', { name: /^Hide faces, / }).click();
    await page.getByRole('heading', { level: 1, name: 'Review a picture' }).waitFor();
    await boxes().waitFor();
    await page.getByText('Hide faces: Faces are found and made unrecognisable by a mosaic').waitFor();
    await page.evaluate("document.querySelector('.people-frame img').decode()");
    const found = (await boxes().getAttribute('aria-label'))!;
    await page.getByRole('button', { name: 'Add a box' }).click();
    await box('Box 2: 40 by 40 pixels at 60, 60').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await boxes().nth(1).focus();
    for (const key of ['ArrowRight', 'ArrowUp', 'Shift+ArrowDown']) await page.keyboard.press(key);
    await box('Box 2: 40 by 42 pixels at 62, 58').waitFor();
    const image = (await page.locator('.people-frame img').boundingBox())!;
    const second = (await boxes().nth(1).boundingBox())!;
    const drag = async (x: number, y: number, right: number, down: number) => {
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + right, y + down);
      await page.mouse.up();
    };
    expect(image.width).toBe(160); // as large as it is
    await drag(second.x + 8, second.y + 8, -52, -48);
    await box('Box 2: 40 by 42 pixels at 10, 10').waitFor();
    await drag(image.x + 48, image.y + 50, 20, -20);
    await box('Box 2: 60 by 22 pixels at 10, 10').waitFor();
    await page.keyboard.press('Delete');
    await box('Box 2: 60 by 22 pixels at 10, 10').waitFor({ state: 'detached' });
    await box(found).waitFor();
    await page.getByRole('button', { name: 'Show it' }).click();
    await page.getByText('No picture waits.').waitFor();
  });

  it.each(['light', 'dark'] as const)('are shown when they are done, %s, on a phone', async (colorScheme) => {
    const { page } = world;
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 360, height: 740 });
    await goTo('Pictures');
    await page.locator('[data-state=shown]').waitFor();
    await page.locator('.people-picture img').waitFor();
    await page.locator('.people-wall img').waitFor();
    expect(await page.evaluate("document.querySelector('.people-picture img').decode().then(() => true)")).toBe(true);
    expect(await axeFindings(page)).toEqual([]);
    expect(await excessWidth(page)).toBe(0);
    await goTo('My agreements');
    await page.getByText('pictures of me are worked on: agreed').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await excessWidth(page)).toBe(0);
    await page.setViewportSize({ width: 1200, height: 900 });
  });

  it('go with a withdrawal, which says what it removes and stays in the receipt', async () => {
    const { page, at } = world;
    await goTo('My agreements');
    await page.getByRole('button', { name: 'Withdraw that people of the lab see the result' }).click();
    const dialog = page.getByRole('dialog', { name: 'Withdraw that people of the lab see the result?' });
    await dialog.getByText('1 picture of yours needs it: hidden at once').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Withdraw' }).click();
    await page.getByText('people of the lab see the result: withdrawn').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download a receipt' }).click();
    await (await download).saveAs(at('receipt.json'));
    const { records } = JSON.parse(await readFile(at('receipt.json'), 'utf8'));
    expect(records).toMatchObject([
      { agree: false, language: 'en', purposes: ['share-lab'] },
      { agree: true, language: 'de', purposes: ['process', 'share-lab'] },
    ]);
    await until('no object is left', async () => ((await objects()) === 0 ? true : undefined));
    await goTo('Pictures');
    await page.getByText('You have sent no picture.').waitFor();
    await page.getByText('Nothing is shown.').waitFor();
  });

  it('are kept back by whoever reviews them, and deleted by their owner', async () => {
    const { page } = world;
    await goTo('My agreements');
    await page.getByLabel('people of the lab see the result').check();
    await page.getByRole('button', { name: 'Agree' }).click();
    await page.getByText('people of the lab see the result: agreed').waitFor();
    await goTo('Pictures');
    await page.getByLabel('Photograph', { exact: true }).setInputFiles(portrait);
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('link', { name: 'Look at its boxes' }).click();
    await page.getByRole('button', { name: 'Keep it back' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Keep it back' }).click();
    await page.getByText('No picture waits.').waitFor();
    await goTo('Pictures');
    await page.getByText('whoever looked at it first decided so').waitFor();
    await page.getByRole('button', { name: /^Delete Hide faces, / }).click();
    await page.getByRole('button', { name: 'Delete for ever' }).click();
    await page.getByText('You have sent no picture.').waitFor();
    await until('no object is left', async () => ((await objects()) === 0 ? true : undefined));
  });

  it('break no rule of the page', () => {
    expect(world.faults).toEqual([]);
  });
});
