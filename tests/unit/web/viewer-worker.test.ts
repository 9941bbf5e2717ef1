import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { lengthInWords, scaleBar } from '../../../functions/core/scale-bar.ts';
import { expandElsewhere } from '../../../functions/image/tiff/decode-threads.ts';
import { openRegions } from '../../../functions/image/tiff/regions.ts';
import { middlePlane, planeWithin, samePlane } from '../../../web/viewer/planes.ts';
import { readingAhead } from '../../../web/viewer/worker/reading-ahead.ts';
import { remoteSource } from '../../../web/viewer/worker/remote-source.ts';
import { readAtLevel, regionOf } from '../../../web/viewer/worker/tile-reader.ts';
import { memorySource } from '../../support/memory-source.ts';
import { buildTiff, type PageSpec } from '../../support/tiff-builder.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

type Answer = (req: IncomingMessage, res: ServerResponse, count: number) => void;
async function serve(answer: Answer): Promise<{ url: string; ranges: (string | undefined)[] }> {
  const ranges: (string | undefined)[] = [];
  server = createServer((req, res) => {
    ranges.push(req.headers.range);
    answer(req, res, ranges.length);
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`, ranges };
}
const content = Buffer.from('0123456789');
const give: Answer = (req, res) => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range!)!;
  res.writeHead(206).end(content.subarray(Number(from), Number(to) + 1));
};
const never = async () => undefined;

describe('a file of the service', () => {
  it('is read by ranges', async () => {
    const { url, ranges } = await serve(give);
    const source = remoteSource({ url, headers: { 'X-Signed': 'yes' }, bytes: 10 }, never);
    expect(Buffer.from(await source.read(3, 4)).toString()).toBe('3456');
    expect(await source.read(10, 0)).toEqual(new Uint8Array(0));
    await expect(source.read(8, 3)).rejects.toThrow(RangeError);
    expect(ranges).toEqual(['bytes=3-6']);
  });

  it('is signed once more when the signature is over, once for all who wait', async () => {
    const { url, ranges } = await serve((req, res, count) =>
      req.url === '/file' ? void res.writeHead(403).end() : give(req, res, count),
    );
    let renewals = 0;
    const source = remoteSource({ url, headers: {}, bytes: 10 }, async () => {
      renewals++;
      return { url: `${url}?again`, headers: {}, bytes: 10 };
    });
    const found = await Promise.all([source.read(0, 1), source.read(1, 1)]);
    expect([found.map((bytes) => Buffer.from(bytes).toString()), renewals]).toEqual([['0', '1'], 1]);
    await source.read(2, 1);
    expect([ranges.length, renewals]).toEqual([5, 1]);
  });

  it('is asked for again where the store has trouble, and no more than three times', async () => {
    const { url, ranges } = await serve((req, res, count) =>
      count === 1 ? void res.writeHead(503).end() : give(req, res, count),
    );
    const source = remoteSource({ url, headers: {}, bytes: 10 }, never);
    expect(Buffer.from(await source.read(9, 1)).toString()).toBe('9');
    expect(ranges).toHaveLength(2);
    server!.removeAllListeners('request');
    let refused = 0;
    server!.on('request', (_, res) => {
      refused++;
      res.writeHead(500).end();
    });
    await expect(source.read(0, 1)).rejects.toThrow('the store answers 500');
    expect(refused).toBe(3);
  });

  it.each([
    [404, 'the file is not there any more'],
    [403, 'the file is not there any more'],
    [416, 'the store answers 416'],
    [200, 'the store gives whole files only'],
  ])('says why it cannot be read where the store answers %d', async (status, why) => {
    const { url } = await serve((_, res) => void res.writeHead(status).end('0123456789'));
    await expect(remoteSource({ url, headers: {}, bytes: 10 }, never).read(2, 3)).rejects.toThrow(why);
  });

  it('must be the same one when it is signed once more', async () => {
    const { url } = await serve((_, res) => void res.writeHead(403).end());
    const source = remoteSource({ url, headers: {}, bytes: 10 }, async () => ({ url, headers: {}, bytes: 11 }));
    await expect(source.read(2, 3)).rejects.toThrow('the file has changed');
  });
});

describe('a file that is read ahead', () => {
  /** Which reads came, and how many of them were in progress at the same time. */
  function watched(size: number, fails: (offset: number, count: number) => boolean = () => false) {
    const reads: [number, number][] = [];
    const now = { running: 0, most: 0 };
    const whole = Uint8Array.from({ length: size }, (_, i) => i % 251);
    const source = readingAhead({
      size,
      async read(offset, length) {
        reads.push([offset, length]);
        now.most = Math.max(now.most, ++now.running);
        await new Promise(setImmediate);
        now.running--;
        if (fails(offset, reads.filter(([at]) => at === offset).length)) throw new Error(`nothing at ${offset}`);
        return whole.slice(offset, offset + length);
      },
    });
    return { reads, now, source, at: (offset: number, length: number) => whole.slice(offset, offset + length) };
  }

  it('has its first bytes by one read', async () => {
    const { reads, source, at } = watched(50_000);
    expect(await source.read(0, 8)).toEqual(at(0, 8));
    expect(await source.read(8, 4096)).toEqual(at(8, 4096));
    expect(reads).toEqual([[0, 8192]]);
  });

  it('is asked for what lies at equal distances before it is wanted, once each', async () => {
    const { reads, now, source, at } = watched(1_000_000);
    for (let offset = 20_000; offset < 1_000_000; offset += 20_000)
      expect(await source.read(offset, 4096)).toEqual(at(offset, 4096));
    expect(reads.map(([offset]) => offset).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 49 }, (_, i) => 20_000 * (i + 1)),
    );
    expect(now.most).toBe(17); // the one that is waited for, and 16 after it
  });

  it('is read as asked where distances differ, and where reads are large', async () => {
    const { reads, source, at } = watched(1_000_000);
    const asked: [number, number][] = [
      [20_000, 100],
      [50_000, 100],
      [90_000, 100],
      [140_000, 100],
      [300_000, 100_000],
      [400_000, 100_000],
      [500_000, 100_000],
    ];
    for (const [offset, length] of asked) expect(await source.read(offset, length)).toEqual(at(offset, length));
    expect(reads).toEqual(asked);
  });

  it('gives more than was read ahead, reads again what failed, and says what fails again', async () => {
    const { source, at } = watched(400_000, (offset, count) => offset === 80_000 && count === 1);
    for (const offset of [20_000, 40_000, 60_000]) await source.read(offset, 1000);
    expect(await source.read(80_000, 1000)).toEqual(at(80_000, 1000));
    expect(await source.read(100_000, 2000)).toEqual(at(100_000, 2000));
    const broken = watched(400_000, (offset) => offset === 120_000).source;
    for (const offset of [60_000, 80_000, 100_000]) await broken.read(offset, 1000);
    await expect(broken.read(120_000, 1000)).rejects.toThrow('nothing at 120000');
  });
});

describe('a tile', () => {
  const [height, width] = [130, 70];
  const value = (x: number, y: number) => (x >> 2) + 100 * (y >> 2);
  const data = Float32Array.from({ length: height * width }, (_, i) => value(i % width, Math.floor(i / width)));
  const full: PageSpec = { height, width, bits: 32, format: 'float', data, rowsPerStrip: 10 };
  const quarter: PageSpec = {
    ...{ height: 33, width: 17, bits: 32, format: 'float', tile: [64, 64] }, // rounded down: 70 pixels are 17.5
    data: Float32Array.from({ length: 33 * 17 }, (_, i) => (i % 17) + 100 * Math.floor(i / 17)),
  };
  const plane = { position: 0, time: 0, depth: 0 };
  const source = { channel: 0, sample: 0 };
  const options = { expandElsewhere, keptBytes: 1 << 24 };

  it.each([
    [
      { level: 0, column: 2, row: 5 },
      { left: 512, top: 1280, width: 188, height: 20 },
    ],
    [
      { level: 1, column: 1, row: 2 },
      { left: 256, top: 512, width: 94, height: 138 },
    ],
    [
      { level: 3, column: 0, row: 0 },
      { left: 0, top: 0, width: 88, height: 163 },
    ],
  ])('%j is %j', (tile, region) => {
    expect(regionOf(tile, { width: 700, height: 1300 })).toEqual(region);
  });

  it.each([
    ['without levels', [full]],
    ['with a level', [{ ...full, subPages: [quarter] }]],
  ])('of a file %s has one value for four times four pixels', async (_, pages) => {
    const image = await openRegions(memorySource(buildTiff({ pages })), options);
    const region = regionOf({ level: 2, column: 0, row: 0 }, image.info);
    const tile = await readAtLevel(image, { plane, source, level: 2 }, region, false);
    expect([tile.width, tile.height]).toEqual([18, 33]);
    const expected = Array.from({ length: 18 * 33 }, (_, i) => (i % 18) + 100 * Math.floor(i / 18));
    const last = image.levels.length === 1 ? expected : expected.map((each, i) => (i % 18 === 17 ? each - 1 : each));
    expect(Array.from(tile.data)).toEqual(last);
  });

  it('of labels has labels, no means of them', async () => {
    const labels = Uint16Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 3 : 900));
    const image = await openRegions(
      memorySource(buildTiff({ pages: [{ height: 8, width: 8, bits: 16, data: labels }] })),
      options,
    );
    const tile = await readAtLevel(image, { plane, source, level: 3 }, { left: 0, top: 0, width: 1, height: 1 }, true);
    expect(Array.from(tile.data)).toEqual([900]);
  });
});

describe('planes', () => {
  it('begin with the one in the middle, as the preview does', () => {
    expect(middlePlane({ positions: 1, times: 1, depths: 5 })).toEqual({ position: 0, time: 0, depth: 2 });
    expect(middlePlane({ positions: 2, times: 3, depths: 4 })).toEqual({ position: 1, time: 0, depth: 0 });
    expect(middlePlane({ positions: 1, times: 2, depths: 3 })).toEqual({ position: 0, time: 1, depth: 0 });
  });

  it('of a projection are one for all depths', () => {
    const plane = { position: 0, time: 1, depth: 3 };
    expect(planeWithin(plane, { positions: 1, times: 2, depths: 1 })).toEqual({ position: 0, time: 1, depth: 0 });
    expect([samePlane(plane, { ...plane }), samePlane(plane, { ...plane, depth: 2 })]).toEqual([true, false]);
  });
});

describe('the bar of lengths', () => {
  it.each([
    [0.65, 1, { pixels: 100 / 0.65, micrometres: 100 }],
    [0.65, 64, { pixels: 64 / 0.65, micrometres: 1 }],
    [0.1, 0.5, { pixels: 100, micrometres: 20 }],
  ])('for pixels of %d µm, shown %d times, is %j', (micrometres, scale, bar) => {
    const found = scaleBar(micrometres, scale);
    expect(found.micrometres).toBeCloseTo(bar.micrometres, 9);
    expect(found.pixels).toBeCloseTo(bar.pixels, 9);
  });

  it.each([
    [0.5, '500 nm'],
    [20, '20 µm'],
    [2000, '2 mm'],
  ])('says %d µm as %s', (micrometres, words) => {
    expect(lengthInWords(micrometres)).toBe(words);
  });
});
