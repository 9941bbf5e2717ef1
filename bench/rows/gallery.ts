import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { localFigures } from '../../functions/adapters/local/figures.ts';
import { openLocalDatabase } from '../../functions/adapters/local/local-database.ts';
import { openLocalObjectStore } from '../../functions/adapters/local/object-store.ts';
import { type Figure, figureId } from '../../functions/core/figure.ts';
import { figureRef } from '../../functions/core/object-keys.ts';
import { type CardPictures, drawCardPictures } from '../../functions/image/card-pictures.ts';
import { encodePng } from '../../functions/image/png.ts';
import { modelFolder } from '../../tests/support/models.ts';
import { openPageWorld, type PageWorld } from '../../tests/support/page-world.ts';
import type { Benchmark } from '../benchmark.ts';
import { median } from '../pairs.ts';

const size = { width: 1280, height: 900 };
/** Of the wall, which each card has one of. */
const kinds = 40;
const owner = 'somebody-else';

/** The lab's wall, in Chromium, on the service of this machine. */
export const gallery: Benchmark = {
  rows: [
    {
      name: 'gallery-first',
      what: 'gallery of 10,000 cards: from its address to all pictures in view',
      target: { under: 1500, unit: 'ms' },
    },
    {
      name: 'gallery-frames',
      what: 'the same: a frame while it scrolls, against one of the same page without pictures',
      target: { atLeast: 0.95 },
    },
    {
      name: 'gallery-size',
      what: 'scripts and styles that the wall takes beside those of the list of jobs, gzipped',
      target: { under: 0.03, unit: 'MB' },
    },
  ],
  needs: ['chromium'],
  async measure({ quick }) {
    await using world = await openPageWorld(['--gallery', 'figures', '--model', modelFolder('identity')]);
    await world.killService();
    await hangUp(world, quick ? 300 : 10_000);
    await world.startAgain();
    const rounds = quick ? 1 : 5;
    const first: number[] = [];
    const frames = { ours: [] as number[], reference: [] as number[] };
    const address = `${world.service.origin}/gallery`;
    for (let round = 0; round < rounds; round++) {
      frames.reference.push((await look(world, address, false)).frame);
      const { opened, frame } = await look(world, address, true);
      first.push(opened);
      frames.ours.push(frame);
    }
    const browser = `Chromium ${world.browser.version()}, ${size.width} x ${size.height}, headless, drawn by the processor`;
    return {
      'gallery-first': {
        values: first,
        commands: [
          `page.goto(/gallery) in a new browser, which signs in silently by its cookie, until every picture in view is decoded; ${browser}`,
        ],
      },
      'gallery-frames': {
        ...frames,
        unit: 'ms',
        commands: [
          'mean of 600 frames by requestAnimationFrame, each 40 pixels further down; cards are fetched meanwhile',
          'the same in the same page whose pictures are neither fetched nor drawn',
        ],
        notes: [`frames of the wall ${median(frames.ours).toFixed(1)} ms`],
      },
      'gallery-size': {
        values: [(await bytesBeside(world, address, `${world.service.origin}/`)) / 1e6],
        commands: ['gzip of each script and style that the browser fetches for /gallery and not for /'],
      },
    };
  },
};

/** Puts cards into the data folder of a service that does not run. */
async function hangUp(world: PageWorld, cards: number): Promise<void> {
  const pictures = await Promise.all(Array.from({ length: kinds }, (_, kind) => cardPictures(kind)));
  await using objects = await openLocalObjectStore({ root: world.at('data/store') });
  using database = openLocalDatabase(world.at('data/jobs.sqlite'));
  const figures = localFigures(database);
  const start = Date.now() - cards * 1000;
  for (let n = 0; n < cards; n++) {
    const { picture, thumbnail } = pictures[n % kinds]!;
    const publishedAt = start + n * 1000;
    const sizeOf = ({ bytes, ...sides }: typeof picture) => ({ ...sides, bytes: bytes.length });
    const figure: Figure = {
      ...{ id: figureId(publishedAt, `card-${n}`), owner, publishedAt, scope: 'lab', by: 'Somebody' },
      caption: `Card ${n}, nuclei of section ${n % 17}`,
      counted: `${n} objects`,
      from: { job: 'job-0001', path: 'a.tif' },
      model: { name: 'nuclei', version: '1.0.0', sha256: 'ab'.repeat(32) },
      ...{ picture: sizeOf(picture), thumbnail: sizeOf(thumbnail) },
    };
    await objects.put(figureRef(figure, 'thumbnail.png'), thumbnail.bytes);
    await figures.add(figure);
  }
}

/** Of blobs on noise, each kind its own. */
function cardPictures(kind: number): Promise<CardPictures> {
  const side = 640;
  const data = new Uint8Array(3 * side * side);
  let state = kind + 1;
  for (let i = 0; i < side * side; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const [x, y] = [i % side, Math.floor(i / side)];
    const blob = 200 * Math.max(0, Math.sin(x / (9 + (kind % 7))) * Math.sin(y / 13));
    data.fill((state >>> 27) + blob, 3 * i, 3 * i + 3);
  }
  return encodePng({ height: side, width: side, samples: 3, data }).then((png) => drawCardPictures(png, 0.5));
}

/** Opens the wall in a browser of its own, signed in, and scrolls it; milliseconds. */
async function look({ context: signedIn, browser }: PageWorld, address: string, withPictures: boolean) {
  const context = await sameSession(browser, signedIn);
  try {
    const page = await context.newPage();
    await page.setViewportSize(size);
    if (!withPictures) await page.route('**/objects/**', (route) => route.abort());
    const start = performance.now();
    await page.goto(address);
    await page.locator('li.tile').first().waitFor();
    if (withPictures) await page.evaluate(inViewDecoded);
    const opened = performance.now() - start;
    if (!withPictures) await page.evaluate(hidePictures);
    return { opened, frame: await frameMs(page) };
  } finally {
    await context.close();
  }
}

/** The page keeps who is signed in in the tab; a new one signs in silently by the issuer's cookie. */
async function sameSession(browser: Browser, context: BrowserContext): Promise<BrowserContext> {
  return browser.newContext({ storageState: await context.storageState() });
}

const inViewDecoded = `Promise.all([...document.querySelectorAll('li.tile img')].map((img) => img.decode()))`;

const hidePictures = `
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('li.tile img { display: none; }');
  document.adoptedStyleSheets = [sheet];
`;

/** Milliseconds of a frame, the mean of 600, while the wall scrolls. */
const frameMs = (page: Page): Promise<number> =>
  page.evaluate(`new Promise((resolve) => {
    let frames = -10;
    let start = 0;
    const next = (now) => {
      if (frames === 0) start = now;
      if (frames === 600) return resolve((now - start) / 600);
      frames++;
      scrollBy(0, 40);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  })`);

/** Gzipped, of what a screen fetches and another does not. */
async function bytesBeside(world: PageWorld, address: string, other: string): Promise<number> {
  const known = await fetchedBy(world, other);
  const fetched = [...(await fetchedBy(world, address))].filter(([name]) => !known.has(name));
  return fetched.reduce((sum, [, bytes]) => sum + bytes, 0);
}

/** The scripts and styles that a screen fetches, with their gzipped bytes. */
async function fetchedBy({ context: signedIn, browser }: PageWorld, address: string): Promise<Map<string, number>> {
  const context = await sameSession(browser, signedIn);
  try {
    const page = await context.newPage();
    const fetched: Promise<[string, number]>[] = [];
    page.on('response', (response) => {
      if (/\/assets\/[^/]+\.(js|css)$/.test(response.url()))
        fetched.push(response.body().then((body) => [response.url(), gzipSync(body).length]));
    });
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForLoadState('networkidle');
    return new Map(await Promise.all(fetched));
  } finally {
    await context.close();
  }
}
