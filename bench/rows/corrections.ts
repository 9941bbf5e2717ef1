import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { openPageWorld } from '../../tests/support/page-world.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../pairs.ts';
import { writePlainTiff } from '../plain-tiff.ts';

/** Pixels from the middle of one object to the next: 5,041 of them on 4472 x 4472. */
const pitch = 63;
const side = 4472;
const what = `${side} x ${side} pixels with 5,000 objects`;

/** Correcting labels in the page, in Chromium, on the service of this machine. */
export const corrections: Benchmark = {
  rows: [
    {
      name: 'correct-open',
      what: `corrections, ${what}: from the button to the tools`,
      target: { under: 2000, unit: 'ms' },
    },
    {
      name: 'correct-stroke',
      what: 'the same: a frame while the brush is drawn, against one of an empty page',
      target: { atLeast: 0.95 },
    },
    {
      name: 'correct-memory',
      what: 'the same: memory of the page after 20 strokes',
      target: { under: 300, unit: 'MB' },
    },
  ],
  needs: ['chromium', 'proc'],
  async measure({ folder, quick }) {
    const size = quick ? 600 : side;
    await mkdir(join(folder, 'cells'));
    const file = join(folder, 'cells', 'cells.tif');
    await writePlainTiff(file, { height: size, width: size, planes: 1, channels: 1, pixelSize: 0.5 }, () =>
      blobs(size),
    );
    await using world = await openPageWorld();
    const { page, context } = world;
    await page.setViewportSize({ width: 1280, height: 900 });
    await world.send(join(folder, 'cells'));
    await page.locator('main [data-state=completed]').waitFor({ timeout: 600_000 });
    const address = `${page.url()}?image=cells.tif&look`;
    const empty = await context.newPage();
    await empty.setViewportSize({ width: 1280, height: 900 });
    await empty.goto(`${world.service.origin}/healthz`);
    const opened: number[] = [];
    const frames = { ours: [] as number[], reference: [] as number[] };
    const memory: number[] = [];
    const before: number[] = [];
    let objects = '';
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      await empty.bringToFront();
      frames.reference.push(await frameMs(empty));
      await page.bringToFront();
      await page.goto(address);
      await page.locator('.viewer-picture').press('a');
      await page.locator('[data-reading="All pixels are shown."]').waitFor({ timeout: 120_000 });
      objects = (await page.getByText(/^[\d,]+ of [\d,]+ objects$/).textContent()) ?? '';
      before.push(await rendererMegabytes(world.browser));
      const start = performance.now();
      await page.getByRole('button', { name: 'Correct the objects' }).click();
      await page.getByRole('radio', { name: 'Brush' }).waitFor();
      opened.push(performance.now() - start);
      await page.getByRole('radio', { name: 'Brush' }).check();
      frames.ours.push(await frameMs(page));
      await page.getByText(/^All corrections are stored/).waitFor({ timeout: 60_000 });
      memory.push(await rendererMegabytes(world.browser));
    }
    const browser = `Chromium ${world.browser.version()}, 1280 x 900, headless, its canvas drawn by the processor; ${objects}`;
    return {
      'correct-open': {
        values: opened,
        commands: [`click Correct the objects, until the tools are there; ${browser}`],
      },
      'correct-stroke': {
        ...frames,
        unit: 'ms',
        commands: [
          'mean frame by requestAnimationFrame over 20 strokes of 40 moves of the mouse',
          'the same moves over a page of the same size that shows one line of text',
        ],
        notes: [`frames of the viewer ${median(frames.ours).toFixed(1)} ms`],
      },
      'correct-memory': {
        values: memory,
        commands: [`VmRSS of the largest process of the browser that draws a page; ${browser}`],
        notes: [`${median(before).toFixed(0)} MB before the button, with the image and its objects in view`],
      },
    };
  },
};

/** Mean milliseconds of a frame while the mouse draws 20 strokes. */
async function frameMs(page: Page): Promise<number> {
  await page.evaluate(`(() => {
    window.frameTimes = [];
    const next = (now) => { window.frameTimes.push(now); window.frameTimer = requestAnimationFrame(next); };
    window.frameTimer = requestAnimationFrame(next);
  })()`);
  for (let stroke = 0; stroke < 20; stroke++) {
    const [x, y] = [150 + 30 * stroke, 250 + 17 * (stroke % 5)];
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 1; step <= 40; step++) await page.mouse.move(x + 2 * step, y + 3 * step);
    await page.mouse.up();
  }
  const times = (await page.evaluate('(cancelAnimationFrame(window.frameTimer), window.frameTimes)')) as number[];
  return (times.at(-1)! - times[0]!) / (times.length - 1);
}

async function rendererMegabytes(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0));
  return (Math.max(...resident) * 1024) / 1e6;
}

/** Round objects on noise. */
function blobs(size: number): Uint16Array {
  const plane = new Uint16Array(size * size);
  let state = 1;
  for (let y = 0, i = 0; y < size; y++)
    for (let x = 0; x < size; x++, i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      const [dx, dy] = [(x % pitch) - pitch / 2, (y % pitch) - pitch / 2];
      plane[i] = 300 + (state >>> 26) + 6000 * Math.exp(-(dx * dx + dy * dy) / 160);
    }
  return plane;
}
