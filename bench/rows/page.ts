import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { modelFolder } from '../../tests/support/models.ts';
import { drop, openPageWorld } from '../../tests/support/page-world.ts';
import { buildTiff } from '../../tests/support/tiff-builder.ts';
import type { Benchmark } from '../benchmark.ts';

/** Sets `window.form` to the milliseconds from the drop to a form that can be sent. */
const watch = `
  addEventListener('drop', () => {
    const dropped = performance.now();
    new MutationObserver((_, observer) => {
      if (document.querySelector('form.card button[type=submit]:not([disabled])') === null) return;
      window.form = performance.now() - dropped;
      observer.disconnect();
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  }, { capture: true, once: true });
`;

async function secondsToForm(page: Page, origin: string, folder: string): Promise<number> {
  await page.goto(origin);
  await page.getByRole('heading', { name: 'New job' }).waitFor();
  await page.evaluate(watch);
  await drop(page, 'section.drop', [folder]);
  await page.locator('form.card button[type=submit]:not([disabled])').waitFor({ timeout: 120_000 });
  return (await page.evaluate<number>('window.form')) / 1000;
}

/** What a visitor with a large folder waits for. */
export const page: Benchmark = {
  rows: [
    { name: 'page-folder', what: '20,000 files, dropped, to a form that can be sent', target: { under: 5, unit: 's' } },
  ],
  needs: ['chromium'],
  async measure({ folder, quick }) {
    const files = quick ? 200 : 20_000;
    await mkdir(join(folder, 'many'));
    const image = buildTiff({ pages: [{ height: 16, width: 16, data: new Uint8Array(256) }] });
    for (let n = 0; n < files; n++) await writeFile(join(folder, 'many', `${String(n).padStart(5, '0')}.tif`), image);
    await using world = await openPageWorld(['--model', modelFolder('identity')]);
    const { context, service } = world;
    const seconds: number[] = [];
    const shown = await context.newPage();
    for (let round = 0; round < (quick ? 1 : 3); round++)
      seconds.push(await secondsToForm(shown, service.origin, join(folder, 'many')));
    return {
      'page-folder': {
        values: seconds,
        commands: [
          `a folder of ${files} files of 400 bytes is dropped in Chromium, until the Start button can be pressed`,
        ],
      },
    };
  },
};
