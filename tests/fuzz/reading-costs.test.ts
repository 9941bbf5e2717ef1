import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { readZipDirectory } from '../../functions/archive/zip-directory.ts';
import { inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { openModel } from '../../functions/model/package/package.ts';
import { costOf, nanosecondsOfPass } from '../support/measured-cost.ts';
import { memorySource } from '../support/memory-source.ts';
import { fixtureYaml } from '../support/models.ts';
import { measuredAgain } from '../support/processor-time.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';
import { type BuiltEntry, buildZip, extraField } from '../support/zip-builder.ts';

/*
 * Every reader of what strangers send, but for TIFF and OME-XML (tiff-bounds, tiff-fuzz, xml): processor time and memory
 * for each byte of the file, against what a plain loop takes on this machine at this moment.
 * FUZZ_RUNS, FUZZ_SEED: as in tiff-fuzz.
 */
const numRuns = Number(process.env.FUZZ_RUNS ?? 150);
const seed = Number(process.env.FUZZ_SEED ?? 11);

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

let folder: TemporaryFolder;
let slowness: number;
beforeAll(async () => {
  folder = await temporaryFolder();
  slowness = Math.max(1, nanosecondsOfPass());
});
afterAll(() => folder[Symbol.asyncDispose]());

const maxPlaneBytes = 16 << 20;
const readImage = async (bytes: Uint8Array) => {
  const source = memorySource(bytes);
  await inspectFile(source);
  const image = await openImage(source, { maxPlaneBytes });
  await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 });
};
const readZip = (bytes: Uint8Array) => readZipDirectory(memorySource(bytes));
const readModel = async (bytes: Uint8Array) => {
  const path = join(folder.path, 'model');
  await rm(path, { recursive: true, force: true });
  await mkdir(path);
  await writeFile(join(path, 'bioimageio.yaml'), bytes);
  await openModel(path);
};
const readModelZip = async (bytes: Uint8Array) => {
  const path = join(folder.path, 'model.zip');
  await writeFile(path, bytes);
  await openModel(path);
};
const readers = { image: readImage, zip: readZip, description: readModel, package: readModelZip };

const text = (value: string) => new Uint8Array(Buffer.from(value));
const many = (count: number, one: string | ((i: number) => string)) =>
  Array.from({ length: count }, (_, i) => (typeof one === 'string' ? one : one(i))).join('');

const pngChunk = (kind: string, data: Uint8Array) => {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};
/** A PNG of so many rows and columns; colour type 0 is grey, 3 a palette. */
function png(width: number, height: number, { colour = 0, before = [], data }: PngParts): Uint8Array {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, colour, 0, 0, 0], 8);
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  const parts = [pngChunk('IHDR', head), ...before, ...data.map((each) => pngChunk('IDAT', each))];
  return new Uint8Array(Buffer.concat([signature, ...parts, pngChunk('IEND', Buffer.alloc(0))]));
}
interface PngParts {
  colour?: number;
  before?: readonly Uint8Array[];
  data: readonly Uint8Array[];
}
const zeros = (bytes: number) => deflateSync(Buffer.alloc(bytes));

const marker = (code: number, ...bytes: number[]) =>
  Buffer.from([0xff, code, (bytes.length + 2) >> 8, (bytes.length + 2) & 0xff, ...bytes]);
const startOfImage = Buffer.from([0xff, 0xd8]);
/** A Huffman table of one symbol, whose code is the bit 0. */
const huffman = (table: number, symbol: number) => marker(0xc4, table, 1, ...new Array<number>(15).fill(0), symbol);
/** A progressive JPEG of 2048 x 2048 zeros, whose last scan (6 bytes for all blocks) comes so often, each behind `before`. */
function scans(count: number, before: Uint8Array = Buffer.alloc(0)): Uint8Array {
  const blocks = (2048 / 8) ** 2;
  const frame = marker(0xc2, 8, 8, 0, 8, 0, 1, 1, 0x11, 0);
  const quantities = marker(0xdb, 0, ...new Array<number>(64).fill(1));
  const tables = [quantities, frame, huffman(0x00, 0), huffman(0x10, 0xe0)];
  const first = [marker(0xda, 1, 1, 0x00, 0, 0, 0), Buffer.alloc(blocks / 8)];
  // the code 0 and 14 bits: this and 32,766 more blocks have nothing in this band (T.81 G.1.2.2)
  const bits = many(Math.ceil(blocks / 32_767), `0${'1'.repeat(14)}`);
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, '1');
  const bytes = Buffer.from(
    padded.match(/.{8}/g)!.flatMap((byte) => (byte === '11111111' ? [255, 0] : [parseInt(byte, 2)])),
  );
  const scan = Buffer.concat([marker(0xda, 1, 1, 0x00, 1, 63, 0), bytes]);
  const end = Buffer.from([0xff, 0xd9]);
  return new Uint8Array(
    Buffer.concat([
      startOfImage,
      ...tables,
      ...first,
      ...new Array<Buffer>(count).fill(Buffer.concat([before, scan])),
      end,
    ]),
  );
}

const entries = (count: number, entry: (i: number) => BuiltEntry) => Array.from({ length: count }, (_, i) => entry(i));
const smallImage = { name: 'a.tif', data: Buffer.from('x') };

type Kind = keyof typeof readers;
const cases: [kind: Kind, what: string, bytes: () => Uint8Array, outcome: RegExp][] = [
  [
    'zip',
    'of 60,000 empty entries',
    () => buildZip({ entries: entries(60_000, (i) => ({ name: `${i}`, data: Buffer.alloc(0) })) }),
    /^read$/,
  ],
  [
    'zip',
    'of 50,000 entries at one place',
    () =>
      buildZip({
        entries: [
          smallImage,
          ...entries(50_000, (i) => ({ ...smallImage, name: `${i}.tif`, offset: 0, absent: true })),
        ],
      }),
    /^archive(Unsafe|Broken): /,
  ],
  [
    'zip',
    'of names of 60,000 bytes',
    () => buildZip({ entries: entries(50, (i) => ({ name: `${i}${'/a'.repeat(30_000)}`, data: Buffer.alloc(0) })) }),
    /^(read|archive)/,
  ],
  [
    'zip',
    'of extra fields of 60,000 bytes, all of them small',
    () => {
      const extra = Buffer.concat(new Array<Buffer>(15_000).fill(extraField(9, Buffer.alloc(0))));
      return buildZip({ entries: entries(50, (i) => ({ name: `${i}`, data: Buffer.alloc(0), extra })) });
    },
    /^(read|archive)/,
  ],
  [
    'zip',
    'of zips of zips',
    () => {
      let inner: Uint8Array = Buffer.from('x');
      for (let depth = 0; depth < 200; depth++)
        inner = buildZip({ entries: [{ name: 'a.zip', data: inner, method: 8 }] });
      return inner;
    },
    /^read$/,
  ],
  [
    'zip',
    'that claims four billion entries',
    () => buildZip({ entries: [smallImage], zip64: { entries: 0xffffffff } }),
    /^archive/,
  ],
  ['zip', 'that starts its end over and over', () => text(many(200_000, 'PK\x05\x06')), /^archiveBroken: /],

  ['description', 'of nested lists', () => text(`a: ${'['.repeat(200_000)}`), /^modelBroken: /],
  ['description', 'of nested maps', () => text(many(900, (i) => `${' '.repeat(i)}a:\n`)), /^modelBroken: /],
  ['description', 'of nested flow maps', () => text(`a: ${'{a: '.repeat(100_000)}`), /^modelBroken: /],
  ['description', 'of 100,000 short keys', () => text(many(60_000, (i) => `${i.toString(36)}: 1\n`)), /^modelBroken: /],
  ['description', 'of anchors', () => text(many(30_000, (i) => `k${i}: &a${i} 1\n`)), /^modelBroken: /],
  [
    'description',
    'of aliases of one anchor',
    () => text(`a: &a [1, 2]\nb: [${'*a, '.repeat(100_000)}*a]\n`),
    /^modelBroken: /,
  ],
  [
    'description',
    'of anchors that hold those before',
    () => text(`a0: &a0 [x, x]\n${many(3000, (i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`)}`),
    /^modelBroken: /,
  ],
  ['description', 'of one long word', () => text(`name: ${'x'.repeat(500_000)}`), /^modelBroken: /],
  ['description', 'of one quoted word of escapes', () => text(`name: "${'\\u0041'.repeat(80_000)}"`), /^modelBroken: /],
  [
    'description',
    'of a word folded over many lines',
    () => text(`name: >\n${'  x\n'.repeat(120_000)}`),
    /^modelBroken: /,
  ],
  [
    'description',
    'of a quoted word over many lines',
    () => text(`name: "${'x\n '.repeat(150_000)}"`),
    /^modelBroken: /,
  ],
  ['description', 'of spaces', () => text(`name:${' '.repeat(500_000)}x`), /^modelBroken: /],
  ['description', 'of comments', () => text(`${'# x\n'.repeat(120_000)}name: x\n`), /^modelBroken: /],
  ['description', 'of documents', () => text('---\na: 1\n'.repeat(50_000)), /^modelBroken: /],
  ['description', 'of tags', () => text(many(30_000, (i) => `k${i}: !!x${i} 1\n`)), /^modelBroken: /],
  [
    'description',
    'of merge keys',
    () => text(`a: &a {b: 1}\n${many(90, (i) => `k${i}: {<<: [${'*a, '.repeat(1000)}*a]}\n`)}`),
    /^modelBroken: /,
  ],
  ['description', 'of errors', () => text('a: b: c\n'.repeat(60_000)), /^modelBroken: /],
  ['description', 'of percent signs', () => text(`${'%TAG ! x\n'.repeat(50_000)}---\na: 1\n`), /^modelBroken: /],

  [
    'package',
    'of 50,000 files that are no description',
    () => buildZip({ entries: entries(50_000, (i) => ({ name: `${i}`, data: Buffer.alloc(0) })) }),
    /^modelBroken: it has 50000 files/,
  ],
  [
    'package',
    'whose description unpacks to 200 MB',
    () => buildZip({ entries: [{ name: 'bioimageio.yaml', data: Buffer.alloc(200 << 20), method: 8 }] }),
    /^modelBroken: /,
  ],
  [
    'package',
    'whose weights unpack to 1,000 times their size',
    () =>
      buildZip({
        entries: [
          { name: 'bioimageio.yaml', data: Buffer.from(unet) },
          { name: 'weights.onnx', data: Buffer.alloc(200 << 20), method: 8 },
        ],
      }),
    /^modelBroken: /,
  ],
  [
    'package',
    'whose weights say that they are small',
    () =>
      buildZip({
        entries: [
          { name: 'bioimageio.yaml', data: Buffer.from(unet) },
          { name: 'weights.onnx', data: Buffer.alloc(200 << 20), method: 8, bytes: 1000 },
        ],
      }),
    /^modelBroken: /,
  ],

  [
    'image',
    'a PNG of 2^31 x 2^31',
    () => png(0x7fffffff, 0x7fffffff, { data: [zeros(100)] }),
    /^image(TooLarge|Broken): /,
  ],
  [
    'image',
    'a PNG of 2^31 rows of a pixel',
    () => png(1, 0x7fffffff, { data: [zeros(100)] }),
    /^image(TooLarge|Broken): /,
  ],
  ['image', 'a PNG of one pixel that unpacks to 50 MB', () => png(1, 1, { data: [zeros(50 << 20)] }), /^imageBroken: /],
  [
    'image',
    'a PNG of 100,000 pieces of data',
    () => png(300, 300, { data: [zeros(300 * 301), ...new Array<Buffer>(100_000).fill(Buffer.alloc(0))] }),
    /^read$/,
  ],
  [
    'image',
    'a PNG of 200,000 pieces of nothing before its palette',
    () =>
      png(1, 1, {
        colour: 3,
        before: new Array<Buffer>(200_000).fill(pngChunk('tEXt', Buffer.alloc(0))),
        data: [zeros(2)],
      }),
    /^imageBroken: a PNG file without its palette$/,
  ],
  [
    'image',
    'a JPEG of 65,500 x 65,500 in 100 bytes',
    () =>
      new Uint8Array(
        Buffer.concat([
          startOfImage,
          marker(0xc0, 8, 0xff, 0xdc, 0xff, 0xdc, 1, 1, 0x11, 0),
          marker(0xda, 1, 1, 0, 0, 63, 0),
          Buffer.alloc(50),
        ]),
      ),
    /^image(TooLarge|Broken): /,
  ],
  [
    'image',
    'a JPEG of a million markers',
    () => new Uint8Array(Buffer.concat([startOfImage, Buffer.concat(new Array<Buffer>(500_000).fill(marker(0xe1)))])),
    /^imageBroken: /,
  ],
  [
    'image',
    'a JPEG of fill bytes',
    () => new Uint8Array(Buffer.concat([startOfImage, Buffer.alloc(4 << 20, 0xff)])),
    /^imageBroken: /,
  ],
  ['image', 'a JPEG of 100 scans', () => scans(99), /^read$/],
  [
    'image',
    'a JPEG of 5,000 scans of 16 bytes',
    () => scans(5000),
    /^imageUnsupported: strip 0 is JPEG of more than 100 scans$/,
  ],
  [
    'image',
    'a JPEG of 5,000 scans, each within the length of a reserved marker',
    () => scans(5000, Buffer.from([0xff, 0x02, 0x7f, 0xf0])),
    /^imageUnsupported: strip 0 is JPEG of more than 100 scans$/,
  ],
];
let unet = '';
beforeAll(async () => {
  unet = await fixtureYaml('unet');
});

/** Milliseconds and bytes: several times what the slowest takes here; what was found took minutes or gigabytes. */
const limits = (bytes: number) => ({
  milliseconds: slowness * (3000 + bytes / 1000),
  grown: (192 << 20) + 512 * bytes,
});

describe('a file that claims much', () => {
  it.each(cases)('(%s) %s costs in proportion to its bytes', async (kind, _, make, expected) => {
    const bytes = make();
    const limit = limits(bytes.length);
    const { outcome, ...cost } = await measuredAgain(limit.milliseconds, () => costOf(() => readers[kind](bytes)));
    expect(outcome).toMatch(expected);
    expect(cost.milliseconds).toBeLessThan(limit.milliseconds);
    expect(cost.grown).toBeLessThan(limit.grown);
  });
});

const fixture = (path: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures', path)));
const originals: [kind: Kind, what: string, bytes: () => Uint8Array][] = [
  [
    'zip',
    'with descriptors, folders and names of all kinds',
    () =>
      buildZip({
        entries: entries(5, (i) => ({ name: `${i}/a é.tif`, data: Buffer.alloc(50, i), method: 8 * (i % 2) })),
        zip64: true,
      }),
  ],
  ['description', 'of a model', () => text(unet)],
  ['image', 'PNG', () => fixture('other-formats/rgb.png')],
  [
    'image',
    'PNG with a palette',
    () => png(4, 4, { colour: 3, before: [pngChunk('PLTE', Buffer.alloc(30))], data: [zeros(20)] }),
  ],
  ['image', 'JPEG', () => fixture('other-formats/colour.jpg')],
];
/** What is written in place of some bytes: counts and lengths that claim much, and words of YAML. */
const pieces = [
  '\xff\xff\xff\xff',
  '\0\0\0\0',
  '\x7f\xff\xff\xff',
  '\0\x01\0\0',
  '&a ',
  '*a',
  '[[[[',
  '{a: ',
  '"',
  '|\n',
  '- ',
  '\n',
  '\xff\xda',
  '\xff\xc2',
];
const change = fc.oneof(
  fc.record({ kind: fc.constant('piece' as const), at: fc.nat(), piece: fc.constantFrom(...pieces) }),
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), value: fc.nat(255) }),
  fc.record({
    kind: fc.constant('repeat' as const),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 200 }),
    times: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(file: Uint8Array, changes: readonly Change[]): Uint8Array {
  let bytes = Buffer.from(file);
  for (const each of changes) {
    const at = each.at % Math.max(1, bytes.length);
    if (each.kind === 'piece') bytes.write(each.piece, at, 'latin1');
    else if (each.kind === 'byte') bytes[at] = each.value;
    else if (each.kind === 'cut') bytes = bytes.subarray(0, at);
    else {
      const piece = bytes.subarray(at, at + each.length);
      bytes = Buffer.concat([bytes.subarray(0, at), ...new Array<Buffer>(each.times).fill(piece), bytes.subarray(at)]);
    }
  }
  return new Uint8Array(bytes);
}

describe('a file that was changed at random', () => {
  it.each(originals)(
    '(%s) %s is read or refused by name, and costs in proportion to its bytes',
    async (kind, _, make) => {
      const original = make();
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
          const bytes = changed(original, changes);
          const limit = limits(bytes.length);
          const most = limit.milliseconds / 3;
          const { outcome, ...cost } = await measuredAgain(most, () => costOf(() => readers[kind](bytes)));
          expect(outcome).toMatch(/^(read|(image|archive|model)\w+: .+)$/s);
          expect(cost.milliseconds).toBeLessThan(most);
          expect(cost.grown).toBeLessThan(limit.grown);
        }),
        { numRuns, seed },
      );
    },
  );
});
