import { deflateSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Failure } from '../../functions/core/errors.ts';
import { inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { memorySource } from '../support/memory-source.ts';
import { measuredAgain, timed } from '../support/processor-time.ts';
import { ascii, buildTiff, encodeLzw, encodePackBits, long, type PageSpec, short } from '../support/tiff-builder.ts';
import { samplesFor } from '../support/tiff-samples.ts';

const page: PageSpec = { height: 8, width: 8, data: samplesFor(64, 8, 'uint') };
const offsetType = (values: number[]) => ({ type: 4, values });

/** Reads every page and the image; the failure's code and reason, or 'read'. */
async function outcome(bytes: Uint8Array): Promise<string> {
  try {
    const file = await openTiff(memorySource(bytes));
    for (let i = 0; i < file.pages.length; i++) await file.readPage(i);
    const image = await openImage(memorySource(bytes));
    await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
    return 'read';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.code}: ${error.advice.why}`;
  }
}

/** A file of one page whose compressed strip is given, for an image of other size than it has. */
const withStrip = (strip: Uint8Array, compression: number, height: number, width: number) =>
  buildTiff({
    pages: [
      {
        height: 1,
        width: strip.length,
        data: strip,
        tags: { 256: long(width), 257: long(height), 259: short(compression), 278: long(height) },
      },
    ],
  });

/** The first page's directory points to itself. */
function loop(): Uint8Array {
  const bytes = buildTiff({ pages: [page] });
  const view = new DataView(bytes.buffer);
  const first = view.getUint32(4, true);
  view.setUint32(first + 2 + 12 * view.getUint16(first, true), first, true);
  return bytes;
}

const zeros = (length: number) => new Uint8Array(length);
const side = 2 ** 31 - 1;

const cases: [name: string, bytes: () => Uint8Array, expected: string][] = [
  ['an empty file', () => zeros(0), 'imageEmpty: it has 0 bytes'],
  ['text', () => new Uint8Array(Buffer.from('hello, world')), 'imageNotTiff: it starts with "hell"'],
  [
    'a pointer that was not fetched',
    () => new Uint8Array(Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n')),
    'imageNotTiff: it is a pointer of Git LFS: git lfs pull fetches the image',
  ],
  ['zeros', () => zeros(500), 'imageNotTiff: it starts with zeros, as one does that was not copied whole'],
  ['a GIF', () => new Uint8Array(Buffer.from('GIF89a----', 'latin1')), 'imageNotTiff: it is a GIF image'],
  ['four bytes', () => new Uint8Array(Buffer.from('II*\0')), 'imageBroken: it ends in its header (4 bytes)'],
  ['a header alone', () => new Uint8Array(Buffer.from('II*\0\0\0\0\0')), 'imageBroken: it has no image directory'],
  [
    'a directory outside the file',
    () => new Uint8Array(Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1')),
    'imageBroken: the directory at byte 2147483647 lies outside the file (bytes 2147483647 to 2147483649 of 8)',
  ],
  ['a loop of directories', loop, 'imageBroken: its directories form a loop at byte 72'],
  [
    'an image of 0 x 0',
    () => buildTiff({ pages: [{ ...page, tags: { 256: long(0), 257: long(0) } }] }),
    'imageBroken: the image is 0 x 0 pixels',
  ],
  [
    'no width',
    () => buildTiff({ pages: [{ ...page, tags: { 256: null } }] }),
    'imageBroken: ImageWidth (256) is missing in the directory at byte 72',
  ],
  [
    '2^31 x 2^31 pixels',
    () => buildTiff({ pages: [{ ...page, tags: { 256: long(side), 257: long(side), 278: long(side) } }] }),
    `imageTooLarge: a plane of ${side} x ${side} pixels, 1 x uint8, takes ${side * side} bytes; the limit is 4294967296`,
  ],
  [
    'a strip outside the file',
    () => buildTiff({ pages: [{ ...page, tags: { 273: offsetType([100_000]) } }] }),
    'imageBroken: strip 0 lies outside the file (bytes 100000 to 100064 of 210)',
  ],
  [
    'a strip shorter than its rows',
    () => buildTiff({ pages: [{ ...page, tags: { 279: long(63) } }] }),
    'imageBroken: strip 0 has 63 of 64 bytes',
  ],
  [
    'fewer strips than rows',
    () => buildTiff({ pages: [{ ...page, tags: { 278: long(2) } }] }),
    'imageBroken: StripOffsets (273) lists 1 of 4 strips',
  ],
  [
    'no rows a strip',
    () => buildTiff({ pages: [{ ...page, tags: { 278: long(0) } }] }),
    'imageBroken: RowsPerStrip (278) is 0',
  ],
  [
    'tiles of no width',
    () => buildTiff({ pages: [{ ...page, tile: [8, 8], tags: { 322: long(0) } }] }),
    'imageBroken: its tiles are 0 x 8 pixels',
  ],
  [
    'tiles of 2^31 pixels a side',
    () => buildTiff({ pages: [{ ...page, tile: [8, 8], tags: { 322: long(side), 323: long(side) } }] }),
    `imageTooLarge: a plane of 8 x 8 pixels, 1 x uint8, takes ${side * side} bytes; the limit is 4294967296`,
  ],
  [
    'a field of 2^31 values',
    () => buildTiff({ pages: [{ ...page, tags: { 258: { type: 3, values: [8, 8, 8, 8, 8], count: side } } }] }),
    'imageBroken: BitsPerSample (258) lies outside the file (bytes 72 to 4294967366 of 220)',
  ],
  [
    'a field of an unknown type',
    () => buildTiff({ pages: [{ ...page, tags: { 259: { type: 99, values: [5] } } }] }),
    'imageBroken: Compression (259) has the unknown type 99',
  ],
  [
    'many strips on the same bytes',
    () =>
      buildTiff({
        pages: [
          {
            ...page,
            tags: {
              257: long(512),
              278: long(8),
              273: offsetType(new Array<number>(64).fill(8)),
              279: long(...new Array<number>(64).fill(64)),
            },
          },
        ],
      }),
    'imageBroken: its strips claim 4096 bytes, the file has 722',
  ],
  [
    'deflate that ends early',
    () => withStrip(new Uint8Array(deflateSync(zeros(64)).subarray(0, 8)), 8, 8, 8),
    'imageBroken: a deflate strip does not decode (unexpected end of file)',
  ],
  [
    'deflate of too few bytes',
    () => withStrip(new Uint8Array(deflateSync(zeros(63))), 8, 8, 8),
    'imageBroken: strip 0 decodes to 63 of 64 bytes',
  ],
  [
    'deflate of too many bytes',
    () => withStrip(new Uint8Array(deflateSync(zeros(65))), 8, 8, 8),
    'imageBroken: a deflate strip holds more than its rows',
  ],
  [
    'zstd of too many bytes',
    () => withStrip(new Uint8Array(zstdCompressSync(zeros(65))), 50_000, 8, 8),
    'imageBroken: a zstd strip holds more than its rows',
  ],
  [
    'LZW of too many bytes',
    () => withStrip(encodeLzw(samplesFor(80, 8, 'uint') as Uint8Array), 5, 8, 8),
    'imageBroken: an LZW strip holds more than its rows',
  ],
  [
    'LZW of too few bytes',
    () => withStrip(encodeLzw(samplesFor(63, 8, 'uint') as Uint8Array), 5, 8, 8),
    'imageBroken: strip 0 decodes to 63 of 64 bytes',
  ],
  [
    'LZW with a code that is not defined',
    () => withStrip(Uint8Array.of(0x80, 0x00, 0xbf, 0xe0), 5, 8, 8),
    'imageBroken: an LZW strip uses code 511 before it is defined',
  ],
  [
    'PackBits of too many bytes',
    () => withStrip(encodePackBits(samplesFor(80, 8, 'uint') as Uint8Array), 32_773, 8, 8),
    'imageBroken: a PackBits strip holds more than its rows',
  ],
  [
    'PackBits that ends in a run',
    () => withStrip(Uint8Array.of(63, 1, 2), 32_773, 8, 8),
    'imageBroken: a PackBits strip ends within a run',
  ],
  [
    'a deflate bomb',
    () => withStrip(new Uint8Array(deflateSync(zeros(1 << 22))), 8, 8, 8),
    'imageBroken: a deflate strip holds more than its rows',
  ],
  [
    'a header that claims what no deflate gives',
    () => withStrip(new Uint8Array(deflateSync(zeros(64))), 8, 30_000, 30_000),
    'imageBroken: strip 0 cannot become 900000000 bytes from 12',
  ],
  [
    'an ImageJ description that claims more planes than are there (one is read)',
    () => buildTiff({ pages: [{ ...page, tags: { 270: ascii('ImageJ=1.54f\nimages=50\nslices=50\n') } }] }),
    'read',
  ],
  [
    'a directory of 65,535 entries',
    () => new Uint8Array(Buffer.from('II*\0\x08\0\0\0\xff\xff', 'latin1')),
    'imageBroken: the directory at byte 8 claims 65535 entries',
  ],
  [
    'a BigTIFF of 2^60 directory entries',
    () =>
      new Uint8Array(
        Buffer.concat([
          Buffer.from('II+\0\x08\0\0\0', 'latin1'),
          Buffer.from([16, 0, 0, 0, 0, 0, 0, 0]),
          Buffer.from([0, 0, 0, 0, 0, 0, 0, 16]),
        ]),
      ),
    `imageBroken: the directory at byte 16 claims ${2 ** 60} entries`,
  ],
];

/** What reading the bytes came to, expected to take less than `most` milliseconds of the processor. */
async function outcomeWithin(most: number, bytes: Uint8Array): Promise<string> {
  const { result, milliseconds } = await measuredAgain(most, () => timed(() => outcome(bytes)));
  expect(milliseconds).toBeLessThan(most);
  return result;
}

describe('a hostile file', () => {
  it.each(cases)('%s is named', async (_, bytes, expected) => {
    const file = bytes();
    const before = process.memoryUsage();
    expect(await outcomeWithin(500, file)).toBe(expected);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 << 20);
  });

  it('may have a million directories that overlap, and is refused at once', async () => {
    // each directory of 64 entries starts 16 bytes after the one before
    const size = 1 << 20;
    const bytes = new Uint8Array(size);
    const view = new DataView(bytes.buffer);
    bytes.set(Buffer.from('II*\0\x10\0\0\0', 'latin1'));
    for (let at = 16; at + 1024 < size; at += 16) {
      view.setUint16(at, 64, true);
      view.setUint32(at + 2 + 64 * 12, at + 16, true);
    }
    expect(await outcomeWithin(2000, bytes)).toMatch(/^imageBroken: /);
  });
});

it('a SubIFD that lists itself is named, and ends the search', async () => {
  const bytes = buildTiff({ pages: [{ ...page, subPages: [{ ...page, tags: { 330: long(0) } }] }] });
  const view = new DataView(bytes.buffer);
  const entryOf = (directory: number, tag: number): number => {
    const entries = Array.from({ length: view.getUint16(directory, true) }, (_, i) => directory + 2 + 12 * i);
    return entries.find((entry) => view.getUint16(entry, true) === tag)!;
  };
  const sub = view.getUint32(entryOf(view.getUint32(4, true), 330) + 8, true);
  view.setUint32(entryOf(sub, 330) + 8, sub, true);
  const { pages } = await inspectFile(memorySource(bytes));
  const { message } = new Failure('imageBroken', { detail: `its directories form a loop at byte ${sub}` });
  expect(pages[0]?.subImages).toEqual([{ error: { code: 'imageBroken', message } }]);
});

describe('a valid file with bytes changed or cut off', () => {
  const data = samplesFor(24 * 20, 8, 'uint');
  const words = samplesFor(24 * 20, 16, 'uint');
  const files: [string, Uint8Array][] = (
    [
      ['none', {}],
      ['none, strips', { rowsPerStrip: 5 }],
      ['LZW, predictor', { compression: 'lzw', predictor: 2, rowsPerStrip: 7 }],
      ['old LZW', { compression: 'oldLzw' }],
      ['deflate, tiles', { compression: 'deflate', tile: [16, 16] }],
      ['PackBits', { compression: 'packbits', rowsPerStrip: 6 }],
      ['zstd', { compression: 'zstd' }],
      ['16 bit, deflate', { bits: 16, data: words, compression: 'deflate', predictor: 2 }],
      ['ImageJ', { tags: { 270: ascii('ImageJ=1.54f\nimages=2\nslices=2\nunit=micron\n') } }],
    ] satisfies [string, Partial<PageSpec>][]
  ).map(([name, extra], i) => {
    const one = { height: 24, width: 20, data, ...extra };
    return [name, buildTiff({ little: i % 2 === 0, big: i % 3 === 0, pages: [one, one] })];
  });

  it.each(files)('%s gives a result or a Failure, never anything else', async (_, valid) => {
    expect(await outcome(valid)).toBe('read');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(valid.length - 1), value: fc.integer({ min: 0, max: 255 }) }), {
          maxLength: 4,
        }),
        fc.option(fc.nat(valid.length), { nil: undefined, freq: 4 }),
        async (changes, end) => {
          const bytes = valid.slice(0, end);
          for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
          expect(await outcomeWithin(500, bytes)).toMatch(/^(read|image[A-Z]\w+: .+)$/);
        },
      ),
      { numRuns: 300, seed: 7 },
    );
  });

  it.each(files)('%s, cut off anywhere, is a Failure: its last directory is at its end', async (_, valid) => {
    for (let end = 0; end < valid.length; end += 7) {
      const cut = openTiff(memorySource(valid.slice(0, end))).then((file) => file.readPage(0));
      await expect(cut).rejects.toBeInstanceOf(Failure);
    }
  });
});
