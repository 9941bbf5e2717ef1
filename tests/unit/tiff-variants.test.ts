import { describe, expect, it } from '@jest/globals';
import { Failure } from '../../functions/core/errors.ts';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { memorySource } from '../support/memory-source.ts';
import { buildTiff, type PageSpec } from '../support/tiff-builder.ts';
import { samplesFor, typeOf } from '../support/tiff-samples.ts';

const [height, width] = [11, 13];

const kinds = [
  ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 24, 25, 28, 31, 32, 64].map((bits) => ({
    bits,
    format: 'uint' as const,
  })),
  ...[4, 8, 12, 16, 20, 27, 32, 64].map((bits) => ({ bits, format: 'int' as const })),
  ...[16, 24, 32, 64].map((bits) => ({ bits, format: 'float' as const })),
];

const layouts: Partial<PageSpec>[] = [
  {},
  { rowsPerStrip: 1 },
  { rowsPerStrip: 4 },
  { rowsPerStrip: 4, fullLastStrip: true },
  { tile: [8, 8] },
  { tile: [5, 7] },
  { tile: [16, 16] },
];
const colours: Partial<PageSpec>[] = [
  { samples: 1 },
  { samples: 3 },
  { samples: 4, planar: true },
  { samples: 2, photometric: 1 },
  { samples: 5, photometric: 1, planar: true },
];
const compressions = ['none', 'lzw', 'oldLzw', 'deflate', 'deflateOld', 'packbits', 'zstd'] as const;

/** libtiff predicts whole bytes only, and only for these compressions. */
const predictors = (bits: number, format: string, compression: string): (1 | 2 | 3)[] => {
  if (compression === 'none' || compression === 'packbits') return [1];
  const found: (1 | 2 | 3)[] = [1];
  if ([8, 16, 32, 64].includes(bits)) found.push(2);
  if (format === 'float') found.push(3);
  return found;
};

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

describe('every way to store samples', () => {
  it.each(kinds)('$bits-bit $format reads back exactly', async ({ bits, format }) => {
    const wrong: string[] = [];
    let turn = bits; // layouts, colours, byte orders and file kinds take turns, each with each other
    let tried = 0;
    for (const compression of compressions)
      for (const predictor of predictors(bits, format, compression))
        for (const little of [true, false])
          for (let round = 0; round < 3; round++, turn++) {
            if (bits === 24 && format !== 'float' && little) continue; // refused: see below
            const colour = colours[turn % colours.length]!;
            const page: PageSpec = {
              height,
              width,
              bits,
              format,
              compression,
              predictor,
              lowBitFirst: turn % 4 === 0,
              ...colour,
              ...layouts[turn % layouts.length]!,
              data: samplesFor(height * width * colour.samples!, bits, format),
            };
            const big = turn % 3 === 0;
            const file = await openTiff(memorySource(buildTiff({ little, big, pages: [page] })));
            const plane = await file.readPage(0, { shared: turn % 2 === 0 });
            tried++;
            if (
              plane.type !== typeOf(bits, format) ||
              plane.samples !== colour.samples ||
              Buffer.compare(bytesOf(plane.data), bytesOf(page.data as Uint8Array)) !== 0
            )
              wrong.push(JSON.stringify({ ...page, little, big, data: undefined }));
          }
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThanOrEqual(21);
  });

  it('refuses little-endian 24-bit integers, unless tifffile wrote them', async () => {
    const page: PageSpec = { height, width, bits: 24, data: samplesFor(height * width, 24, 'uint') };
    const anonymous = await openTiff(memorySource(buildTiff({ pages: [page] })));
    await expect(anonymous.readPage(0)).rejects.toMatchObject({ code: 'imageUnsupported' });
    const software = { type: 2, values: new Uint8Array(Buffer.from('tifffile.py\0')) };
    const signed = await openTiff(memorySource(buildTiff({ pages: [{ ...page, tags: { 305: software } }] })));
    expect((await signed.readPage(0)).data).toEqual(page.data);
  });

  it('keeps the bits of special 24-bit floats', async () => {
    // infinities, a NaN, both zeros, the smallest and the largest number below one
    const patterns = [0x7f0000, 0xff0000, 0x7f8000, 0x000000, 0x800000, 0x000001, 0x3effff];
    const bytes = Uint8Array.from(patterns.flatMap((p) => [p >> 16, (p >> 8) & 255, p & 255]));
    const tags = { 258: { type: 3, values: [24] }, 339: { type: 3, values: [3] }, 256: { type: 4, values: [7] } };
    const page: PageSpec = { height: 1, width: 21, data: bytes, tags };
    const file = await openTiff(memorySource(buildTiff({ little: false, pages: [page] })));
    const { data } = await file.readPage(0);
    expect([...(data as Float32Array)]).toEqual([Infinity, -Infinity, Number.NaN, 0, -0, 2 ** -78, 1 - 2 ** -17]);
  });

  it('refuses by name what it cannot read exactly', async () => {
    const gray = { height: 4, width: 4, data: samplesFor(16, 8, 'uint') };
    const shorts = (...values: number[]) => ({ type: 3, values });
    const cases: [Partial<PageSpec>, string][] = [
      [{ tags: { 259: shorts(6) } }, 'Compression (259) is 6 (old-style JPEG)'],
      [{ tags: { 259: shorts(34_925) } }, 'Compression (259) is 34925 (LZMA)'],
      [{ tags: { 259: shorts(12_345) } }, 'Compression (259) is 12345'],
      [{ tags: { 258: shorts(40) } }, 'BitsPerSample (258) is 40'],
      [
        { tags: { 258: shorts(5, 6, 5), 277: shorts(3) } },
        'BitsPerSample (258) is different for each sample (5, 6, 5)',
      ],
      [{ tags: { 339: shorts(6), 258: shorts(64) } }, 'SampleFormat (339) is 6 (complex numbers)'],
      [{ tags: { 339: shorts(3) } }, 'BitsPerSample (258) is 8 for floating point'],
      [{ tags: { 284: shorts(3) } }, 'PlanarConfiguration (284) is 3'],
      [{ tags: { 266: shorts(3) } }, 'FillOrder (266) is 3'],
      [{ tags: { 262: shorts(6) } }, 'Photometric (262) is 6 (YCbCr) with subsampled colours'],
      [{ tags: { 317: shorts(2) } }, 'Predictor (317) is 2 with compression 1 (none), where programs disagree'],
      [{ compression: 'deflate', tags: { 317: shorts(9) } }, 'Predictor (317) is 9'],
      [{ compression: 'deflate', tags: { 317: shorts(3) } }, 'Predictor (317) is 3 with samples of type uint8'],
      [
        { compression: 'deflate', tags: { 317: shorts(2), 258: shorts(4) } },
        'Predictor (317) is 2 with samples of 4 bits',
      ],
      [{ tags: { 32997: shorts(2) } }, 'ImageDepth (32997) is 2'],
      [{ tags: { 279: { type: 4, values: [0] } } }, 'strip 0 is left out (a sparse file); its pixels are not known'],
    ];
    for (const [extra, reason] of cases) {
      const file = await openTiff(memorySource(buildTiff({ pages: [{ ...gray, ...extra }] })));
      const failure = await file.readPage(0).catch((error: unknown) => error);
      expect(failure).toEqual(new Failure('imageUnsupported', { feature: reason }));
      expect((failure as Failure).advice.why).toBe(reason);
    }
  });
});
