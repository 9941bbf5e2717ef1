import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { modelFolder } from '../../tests/support/models.ts';
import { openPageWorld, type PageWorld } from '../../tests/support/page-world.ts';
import type { Benchmark, Measured } from '../benchmark.ts';
import { median } from '../pairs.ts';
import { writePlainTiff } from '../plain-tiff.ts';

const images = {
  stack: { what: '400 MB, 3 channels of 20 planes', side: 1826, planes: 60, channels: 3 },
  large: { what: '20,000 x 20,000 pixels of 16 bits', side: 20_000, planes: 1, channels: 1 },
} as const;
type ImageName = keyof typeof images;
const names = Object.keys(images) as ImageName[];

/** The viewer of the page, in Chromium, on the service of this machine: images as most programs write them, one strip a plane. */
export const viewer: Benchmark = {
  rows: names.flatMap((name) => [
    {
      name: `viewer-first-${name}`,
      what: `viewer, ${images[name].what}: from its address to all pixels in view`,
      target: { under: 1000, unit: 'ms' as const },
    },
    {
      name: `viewer-frames-${name}`,
      what: 'the same: a frame while it zooms and moves, against one of an empty page',
      target: { atLeast: 0.95 },
    },
  ]),
  needs: ['chromium'],
  async measure({ folder, quick }) {
    const measured: Record<string, Measured> = {};
    for (const name of names) {
      const { planes, channels } = images[name];
      const side = quick ? 600 : images[name].side;
      await mkdir(join(folder, name));
      const file = join(folder, name, `${name}.tif`);
      await writePlainTiff(file, { height: side, width: side, planes, channels, pixelSize: 0.5 }, texture(side));
    }
    // the model fails at once: what is measured is the image
    await using world = await openPageWorld(['--model', modelFolder('failing')]);
    await world.page.setViewportSize({ width: 1280, height: 900 });
    for (const name of names) {
      await world.page.goto(world.service.origin);
      await world.send(join(folder, name));
      await world.page.locator('main [data-state=completed], main [data-state=failed]').waitFor({ timeout: 600_000 });
      const address = `${world.page.url()}?image=${name}.tif&look`;
      Object.assign(measured, await measureOne(name, address, world, quick ? 1 : 5));
    }
    return measured;
  },
};

async function measureOne(name: ImageName, address: string, world: PageWorld, rounds: number) {
  const { page, context } = world;
  const empty = await context.newPage();
  await empty.setViewportSize({ width: 1280, height: 900 });
  await empty.goto(`${world.service.origin}/healthz`);
  const first: number[] = [];
  const frames = { ours: [] as number[], reference: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    await empty.bringToFront();
    frames.reference.push(await frameMs(empty, false));
    await page.bringToFront();
    const start = performance.now();
    await page.goto(address);
    await page.locator('.viewer-picture').waitFor();
    await page.locator('.viewer-picture').press('a'); // pixel by pixel: the whole of the large one has a preview only
    await page.locator('[data-reading="All pixels are shown."]').waitFor({ timeout: 120_000 });
    first.push(performance.now() - start);
    frames.ours.push(await frameMs(page, true));
  }
  await empty.close();
  const browser = `Chromium ${world.browser.version()}, 1280 x 900, headless, its canvas drawn by the processor`;
  return {
    [`viewer-first-${name}`]: {
      values: first,
      commands: [`page.goto(ADDRESS&look), key a, until the status line says that all pixels are shown; ${browser}`],
    },
    [`viewer-frames-${name}`]: {
      ...frames,
      unit: 'ms' as const,
      commands: [
        'mean of 180 frames by requestAnimationFrame, a turn of the wheel with each and an arrow with each tenth',
        'the same loop in a page of the same size that shows one line of text',
      ],
      notes: [`frames of the viewer ${median(frames.ours).toFixed(1)} ms`],
    },
  };
}

/** Milliseconds of a frame, the mean of 180, while the picture is moved. */
const frameMs = (page: Page, moving: boolean): Promise<number> =>
  page.evaluate(`new Promise((resolve) => {
    const picture = document.querySelector('.viewer-picture');
    let frames = -10;
    let start = 0;
    const next = (now) => {
      if (frames === 0) start = now;
      if (frames === 180) return resolve((now - start) / 180);
      frames++;
      if (${moving}) {
        const { left, top, width, height } = picture.getBoundingClientRect();
        const deltaY = frames % 120 < 60 ? 8 : -8;
        const at = { clientX: left + width / 3, clientY: top + height / 2 };
        picture.dispatchEvent(new WheelEvent('wheel', { ...at, deltaY, bubbles: true, cancelable: true }));
        const key = frames % 40 < 20 ? 'ArrowRight' : 'ArrowDown';
        if (frames % 10 === 0) picture.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      }
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })`);

/** A plane of blobs on noise, the same for all. */
function texture(side: number): (index: number) => Uint16Array {
  const plane = new Uint16Array(side * side);
  let state = 1;
  for (let y = 0, i = 0; y < side; y++)
    for (let x = 0; x < side; x++, i++) {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      plane[i] = 200 + (state >>> 26) + 3000 * Math.max(0, Math.sin(x / 11) * Math.sin(y / 13));
    }
  return () => plane;
}
