import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page, Request } from 'playwright-core';
import { usualTransfer } from '../../functions/contract/limits.ts';
import { makeSamples } from '../../samples/make.ts';
import { stallMs } from '../../web/upload/stall.ts';
import { cli } from '../support/cli.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { choose, openPageWorld, type PageWorld, until } from '../support/page-world.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;
const bytes = 110_000_000;
/** The page gives up a request that does not move, and sends it again. */
const patience = stallMs + 30_000;
const parts = Math.ceil(bytes / usualTransfer.partBytes);

describeInBrowser(`a file over 100 MB ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld();
    const { at } = world;
    await mkdir(at('samples'));
    await makeSamples(at('samples'));
    await mkdir(at('large'));
    await writeFile(at('large/scan.tif'), await readFile(at('samples/images/sparse.tif')));
    await using file = await open(at('large/scan.tif'), 'r+');
    await file.truncate(bytes); // a TIFF file may have unused bytes at its end: it is quickly predicted
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  const partOf = (request: Request): number => Number(new URL(request.url()).searchParams.get('part'));
  /** The parts that this page sends to their end, as they are sent. */
  function partsSent(page: Page): number[] {
    const sent: number[] = [];
    page.on('requestfinished', (request) => {
      if (request.method() === 'PUT') sent.push(partOf(request));
    });
    return sent;
  }

  it('goes in parts, and after the tab was closed only those that are missing are sent', async () => {
    const { at, context, page, service } = world;
    const first = await context.newPage();
    await first.goto(service.origin);
    const before = partsSent(first);
    await first.route('**/objects/**', (route) => {
      const request = route.request();
      if (request.method() === 'PUT' && partOf(request) > 3) return; // held for ever, as by a connection that died
      return route.continue();
    });
    await choose(at('large'), first);
    await first.getByRole('button', { name: 'Start with 1 image' }).click();
    await first.getByText(/^\d+(\.\d)? MB of 110 MB/).waitFor({ timeout: patience });
    await until(() => before.length === 3);
    await first.close({ runBeforeUnload: false });
    expect(before).toHaveLength(3);

    const after = partsSent(page);
    await page.reload();
    await choose(at('large'), page);
    await page.getByText('An upload of ‘large’ is not finished').waitFor();
    await page.getByRole('button', { name: 'Continue it' }).click();
    await world.ended('completed');
    expect([...before, ...after].sort((a, b) => a - b)).toEqual(Array.from({ length: parts }, (_, i) => i + 1));
    expect(after).toHaveLength(parts - 3);

    const { file } = await world.download();
    expect((await cli(['run', at('large'), '-o', at('run'), '--zip'])).code).toBe(0);
    expect((await readFile(file)).equals(await readFile(at('run/results.zip')))).toBe(true);
  }, 240_000);
});
