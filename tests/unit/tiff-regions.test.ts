import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { Plane, SampleArray } from '../../functions/image/image.ts';
import { expandElsewhere } from '../../functions/image/tiff/decode-threads.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { openRegions, type Region } from '../../functions/image/tiff/regions.ts';
import { memorySource } from '../support/memory-source.ts';
import { buildTiff, type PageSpec } from '../support/tiff-builder.ts';
import { samplesFor } from '../support/tiff-samples.ts';

const options = { expandElsewhere, keptBytes: 1 << 20 };
const origin = { position: 0, time: 0, depth: 0, channel: 0 };

/** The same rectangle of a whole plane. */
function cropped({ width, samples, data }: Plane, region: Region): (number | bigint)[] {
  const rows = Array.from({ length: region.height }, (_, row) => {
    const start = ((region.top + row) * width + region.left) * samples;
    return [...data.subarray(start, start + region.width * samples)];
  });
  return rows.flat() as (number | bigint)[];
}

const [height, width] = [23, 29];
const everywhere: Region[] = [
  { left: 0, top: 0, width, height },
  { left: 7, top: 5, width: 1, height: 1 },
  { left: 28, top: 22, width: 1, height: 1 },
  { left: 3, top: 4, width: 17, height: 11 },
];
const layouts: Partial<PageSpec>[] = [
  {},
  { rowsPerStrip: 1 },
  { rowsPerStrip: 6 },
  { rowsPerStrip: 6, fullLastStrip: true },
  { tile: [16, 16] },
  { tile: [5, 7] },
];
const colours: Partial<PageSpec>[] = [
  { samples: 1 },
  { samples: 1, photometric: 0 },
  { samples: 3 },
  { samples: 4, planar: true },
  { samples: 2, photometric: 1 },
  { samples: 5, photometric: 1, planar: true },
];
const kinds = [
  { bits: 8, format: 'uint' },
  { bits: 12, format: 'uint' },
  { bits: 16, format: 'uint' },
  { bits: 16, format: 'int' },
  { bits: 32, format: 'float' },
  { bits: 64, format: 'uint' },
] as const;
const compressions = ['none', 'lzw', 'deflate', 'packbits', 'zstd'] as const;

describe('a part of a plane', () => {
  it.each(kinds)('has the samples of the whole one, $bits-bit $format', async ({ bits, format }) => {
    let turn = 0;
    for (const colour of colours)
      for (const layout of layouts) {
        const compression = compressions[turn % compressions.length]!;
        const predictor = turn % 2 === 0 && ['lzw', 'deflate'].includes(compression) && bits !== 12 ? 2 : 1;
        const page = { height, width, bits, format, compression, predictor, ...colour, ...layout } as PageSpec;
        page.data = samplesFor(height * width * colour.samples!, bits, format);
        if (colour.photometric === 0 && format !== 'uint') continue; // refused
        const file = buildTiff({ little: turn++ % 3 !== 0, pages: [page] });
        const image = await openImage(memorySource(file));
        const parts = await openRegions(memorySource(file), options);
        expect(parts.info).toEqual(image.info);
        const channel = image.info.channels - 1;
        const whole = await image.readPlane({ ...origin, channel });
        for (const region of everywhere) {
          const part = await parts.readRegion({ ...origin, channel }, 0, region);
          const { height: rows, width: columns } = region;
          expect(part).toMatchObject({ height: rows, width: columns, samples: whole.samples, type: whole.type });
          expect([...part.data]).toEqual(cropped(whole, region));
        }
      }
    expect(turn).toBeGreaterThanOrEqual(30);
  });

  const folder = join(import.meta.dirname, '../fixtures/jpeg-tiffs');
  it.each(readdirSync(folder).filter((name) => name.endsWith('.tif')))('of %s too', async (name) => {
    await using source = await openFileSource(join(folder, name));
    const whole = await (await openImage(source)).readPlane(origin);
    const parts = await openRegions(source, options);
    const region = { left: 9, top: 14, width: 30, height: 20 };
    expect([...(await parts.readRegion(origin, 0, region)).data]).toEqual(cropped(whole, region));
  });

  it.each([
    { left: -1, top: 0, width: 1, height: 1 },
    { left: 0, top: 0, width: 30, height: 1 },
    { left: 0, top: 22, width: 1, height: 2 },
    { left: 0, top: 0, width: 0, height: 1 },
    { left: 0.5, top: 0, width: 1, height: 1 },
  ])('that lies outside, %j, is the caller’s bug', async (region) => {
    const file = buildTiff({ pages: [{ height, width, data: samplesFor(height * width, 8, 'uint') }] });
    const parts = await openRegions(memorySource(file), options);
    await expect(parts.readRegion(origin, 0, region)).rejects.toThrow(RangeError);
  });
});

describe('what is read for a part', () => {
  it('is its rows, also where the plane is one strip', async () => {
    const [rows, columns] = [600, 600];
    const data = samplesFor(rows * columns, 16, 'uint');
    const source = memorySource(buildTiff({ pages: [{ height: rows, width: columns, bits: 16, data }] }));
    const parts = await openRegions(source, options);
    expect(parts.levels).toEqual([
      { height: rows, width: columns, reduction: 1, segmentHeight: 218, segmentWidth: columns },
    ]);
    source.reads.length = 0;
    const region = { left: 10, top: 300, width: 64, height: 64 };
    const part = await parts.readRegion(origin, 0, region);
    expect([...part.data]).toEqual(cropped({ height: rows, width: columns, samples: 1, type: 'uint16', data }, region));
    expect(source.reads.map(({ length }) => length)).toEqual([218 * columns * 2]);
  });

  it('is not read again while it is kept, and is when it is not', async () => {
    const [rows, columns] = [256, 256];
    const data = samplesFor(rows * columns, 8, 'uint');
    const source = memorySource(buildTiff({ pages: [{ height: rows, width: columns, tile: [64, 64], data }] }));
    const parts = await openRegions(source, { ...options, keptBytes: 2 * 64 * 64 });
    const readAt = async (left: number) => {
      source.reads.length = 0;
      await parts.readRegion(origin, 0, { left, top: 0, width: 8, height: 8 });
      return source.reads.length;
    };
    const reads: number[] = [];
    await readAt(192); // and where the tiles are
    for (const left of [0, 0, 64, 0, 128, 64, 0]) reads.push(await readAt(left));
    expect(reads).toEqual([1, 0, 1, 0, 1, 1, 1]);
  });

  it('is read once where two ask for it at the same time', async () => {
    const data = samplesFor(64 * 64, 8, 'uint');
    const source = memorySource(buildTiff({ pages: [{ height: 64, width: 64, tile: [64, 64], data }] }));
    const parts = await openRegions(source, options);
    source.reads.length = 0;
    const region = { left: 0, top: 0, width: 8, height: 8 };
    const found = await Promise.all([parts.readRegion(origin, 0, region), parts.readRegion(origin, 0, region)]);
    expect(found[0]).toEqual(found[1]);
    expect(source.reads).toHaveLength(1);
  });
});

/** Every second, fourth ... pixel of `full`. */
function reducedPage(full: PageSpec, by: number): PageSpec {
  const [rows, columns] = [Math.ceil(full.height / by), Math.ceil(full.width / by)];
  const source = full.data as SampleArray;
  const data = Array.from(
    { length: rows * columns },
    (_, i) => source[Math.floor(i / columns) * by * full.width + (i % columns) * by] as number,
  );
  return { height: rows, width: columns, tile: [16, 16], data, tags: { 254: { type: 4, values: [1] } } };
}

describe('a pyramid', () => {
  const full: PageSpec = { height: 101, width: 67, tile: [16, 16], data: samplesFor(101 * 67, 8, 'uint') };
  const region = { left: 3, top: 5, width: 6, height: 7 };

  it.each([
    ['in SubIFDs', { pages: [{ ...full, subPages: [reducedPage(full, 2), reducedPage(full, 4)] }] }],
    ['in the main chain', { pages: [full, reducedPage(full, 2), reducedPage(full, 4)] }],
  ])('%s is read level by level', async (_, file) => {
    const parts = await openRegions(memorySource(buildTiff(file)), options);
    expect(parts.levels.map(({ height, width, reduction }) => [height, width, reduction])).toEqual([
      [101, 67, 1],
      [51, 34, 2],
      [26, 17, 4],
    ]);
    const whole = reducedPage(full, 4);
    const level: Plane = {
      height: 26,
      width: 17,
      samples: 1,
      type: 'uint8',
      data: Uint8Array.from(whole.data as number[]),
    };
    expect([...(await parts.readRegion(origin, 2, region)).data]).toEqual(cropped(level, region));
  });

  it('of a stack is that of each plane', async () => {
    const other: PageSpec = { ...full, data: samplesFor(101 * 67, 8, 'int') };
    const pages = [full, other].map((page) => ({ ...page, subPages: [reducedPage(page, 2)] }));
    const parts = await openRegions(memorySource(buildTiff({ pages })), options);
    const small = reducedPage(other, 2);
    const level: Plane = {
      height: 51,
      width: 34,
      samples: 1,
      type: 'uint8',
      data: Uint8Array.from(small.data as number[]),
    };
    expect([...(await parts.readRegion({ ...origin, depth: 1 }, 1, region)).data]).toEqual(cropped(level, region));
  });

  it('has no level where a smaller page is not the same image', async () => {
    const label: PageSpec = { height: 40, width: 60, data: samplesFor(2400, 8, 'uint') };
    const parts = await openRegions(
      memorySource(buildTiff({ pages: [full, label, { ...reducedPage(full, 2), bits: 16 }] })),
      options,
    );
    expect(parts.levels).toHaveLength(1);
  });
});
