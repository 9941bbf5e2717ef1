import { mkdir, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Results } from '../../functions/contract/results.ts';
import { modelFolder } from '../support/models.ts';
import { hasChromium, withoutChromium } from '../support/page.ts';
import { tokensOf } from '../support/page-people.ts';
import { choose, openPageWorld, type PageWorld } from '../support/page-world.ts';
import { ascii, buildTiff, type RawField, rational, short } from '../support/tiff-builder.ts';

const describeInBrowser = hasChromium ? describe : describe.skip;

const size = { height: 8, width: 8 };
const plane = (tags: Record<number, RawField>) => ({
  ...size,
  data: new Uint8Array(64).map((_, i) => (i % 9 === 0 ? 200 : 10)),
  tags,
});
/** Six pages that say nothing of their axes, at the density of a screen. */
const silent = buildTiff({
  pages: Array.from({ length: 6 }, () => plane({ 282: rational([72, 1]), 283: rational([72, 1]), 296: short(2) })),
});
const description = `<OME><Image><Pixels DimensionOrder="XYCZT" SizeX="8" SizeY="8" SizeZ="1" SizeC="2" SizeT="1" Type="uint8" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel Name="DAPI"/><Channel Name="GFP"/><TiffData/></Pixels></Image></OME>`;
const named = buildTiff({ pages: [plane({ 270: ascii(description) }), plane({})] });
const depthNote = '6 pages, taken as depth: the file does not say what they are; the setting Axes says otherwise';

describeInBrowser(`what files say of themselves ${hasChromium ? '' : withoutChromium}`, () => {
  let world: PageWorld;
  beforeAll(async () => {
    world = await openPageWorld(['--model', modelFolder('identity')]);
    for (const [folder, name, bytes] of [
      ['silent', 'movie.tif', silent],
      ['named', 'two.ome.tif', named],
    ] as const) {
      await mkdir(world.at(folder));
      await writeFile(world.at(folder, name), bytes);
    }
  }, 120_000);
  afterAll(async () => world?.[Symbol.asyncDispose]());

  /** Of the job that was just begun, not of one in the list. */
  async function ended(name: string): Promise<void> {
    await world.page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
    await world.ended('completed');
  }
  const fact = (name: string) => world.page.locator('dl.facts div').filter({ hasText: name }).locator('dd');
  async function resultsOf(path: string): Promise<Results> {
    const { access_token } = await tokensOf(world.page);
    const job = new URL(world.page.url()).pathname;
    const address = `${world.service.origin}/v1${job}/results?path=${encodeURIComponent(path)}`;
    return (await (await fetch(address, { headers: { Authorization: `Bearer ${access_token}` } })).json()) as Results;
  }

  it('is noted in the form, with the image and in the answer of the API', async () => {
    const { page, service } = world;
    await choose(world.at('silent'), page);
    const inForm = page.getByRole('list', { name: 'Notes on the file' }).getByRole('listitem');
    await inForm.nth(1).waitFor();
    const reason = 'resolution tags: 72 dots per inch are a print density';
    expect(await inForm.allTextContents()).toEqual([depthNote, `No pixel size: ${reason}`]);
    await page.getByRole('button', { name: 'Start with 1 image' }).click();
    await ended('silent');
    expect((await resultsOf('movie.tif')).summary).toMatchObject({
      depths: 6,
      notes: ['6 pages, taken as depth: the file does not say what they are; --axes says otherwise'],
      pixelSizeReason: reason,
    });
    await page.locator('li.tile a').first().click();
    await page.getByRole('heading', { level: 1, name: 'movie.tif' }).waitFor();
    const withImage = page.getByRole('list', { name: 'Notes on the file' }).getByRole('listitem');
    await withImage.nth(1).waitFor();
    expect(await withImage.allTextContents()).toEqual([depthNote, `No pixel size: ${reason}`]);
    await page.goto(service.origin);
  }, 60_000);

  it('gives way to the axes that the user names, of which some are refused before the start', async () => {
    const { page, service } = world;
    await choose(world.at('silent'), page);
    const axes = page.getByLabel('Axes');
    const start = page.getByRole('button', { name: 'Start with 1 image' });
    await axes.fill('TT');
    await page.getByText('Letters of P, T, Z and C, each once').waitFor();
    expect(await start.isDisabled()).toBe(true);
    await axes.fill('c4');
    await page.getByText('movie.tif cannot be used: axes C4 do not fit: the file has 6 planes').waitFor();
    await axes.fill('t3c2');
    await page.getByText('3 times · 2 channels').waitFor();
    expect(await page.getByText(depthNote).count()).toBe(0);
    await start.click();
    await ended('silent');
    expect(await fact('Axes').textContent()).toBe('T3C2');
    const { summary } = await resultsOf('movie.tif');
    expect(summary).toMatchObject({ times: 3, channels: 2, depths: 1, settings: { axes: 'T3C2' } });
    expect(summary?.notes).toBeUndefined();
    await page.goto(service.origin);
  }, 60_000);

  it('is looked up in the whole folder and its companion file, and a failed file says what to do', async () => {
    const { page, service, at } = world;
    const pointer = '<OME UUID="urn:uuid:2"><BinaryOnly MetadataFile="set.companion.ome" UUID="urn:uuid:1"/></OME>';
    const words = description
      .replace('<OME>', '<OME UUID="urn:uuid:1">')
      .replace('DAPI', 'Hoechst')
      .replace('<TiffData/>', '<TiffData><UUID FileName="set.ome.tif">urn:uuid:2</UUID></TiffData>');
    const files: Record<string, string | Uint8Array> = {
      'a.tif': buildTiff({ pages: [plane({})] }),
      'b.ome.tif': named,
      'broken.tif': 'no image at all',
      'notes.txt': 'exposure 20 ms',
      'set.companion.ome': words,
      'set.ome.tif': buildTiff({ pages: [plane({ 270: ascii(pointer) }), plane({})] }),
    };
    await mkdir(at('mixed'));
    for (const [name, bytes] of Object.entries(files)) await writeFile(at('mixed', name), bytes);
    await choose(at('mixed'), page);
    await page.getByText('The images differ in their channels (3 were looked at)').waitFor();
    const offered = await page.getByLabel('Channel', { exact: true }).locator('option').allTextContents();
    expect(offered).toEqual([
      ...['The model’s choice', 'Channel 0', 'Channel 1'],
      ...['DAPI', 'GFP', 'Hoechst'].map((name) => `Channel called ${name}`),
    ]);
    await page.getByRole('button', { name: 'Start with 4 images' }).click();
    await ended('mixed');
    const job = page.url();
    expect((await resultsOf('set.ome.tif')).summary).toMatchObject({
      channel: { name: 'Hoechst' },
      pixelSize: { x: 0.5, y: 0.5 },
    });
    await page.goto(`${job}?${new URLSearchParams({ image: 'broken.tif' })}`);
    await page.getByText(/^not a TIFF file: .*\. What to do: export the image as TIFF/).waitFor();
    expect(await page.getByText('ask again').count()).toBe(0);
    await page.goto(service.origin);
    const row = page.locator('ul.jobs li').filter({ hasText: 'mixed' });
    await row.getByText('3 of 4 done').waitFor();
    await row.getByText('1 of 4 failed').waitFor();
  }, 60_000);

  it('names the channel of the job', async () => {
    const { page } = world;
    await choose(world.at('named'), page);
    await page.getByLabel('Channel', { exact: true }).selectOption({ label: 'Channel 1: GFP' });
    await page.getByRole('button', { name: 'Start with 1 image' }).click();
    await ended('named');
    await fact('Channel').getByText('GFP (channel 1)').waitFor();
    await page.locator('li.tile a').first().click();
    await page.getByText('channel GFP predicted').waitFor();
  }, 60_000);
});
