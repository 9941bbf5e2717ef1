import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { measureOpen } from '../support/measured-open.ts';
import { measuredAgain } from '../support/processor-time.ts';
import { ascii, buildTiff, type FileSpec, type PageSpec, type RawField, short } from '../support/tiff-builder.ts';
import { samplesFor } from '../support/tiff-samples.ts';

/** FUZZ_RUNS files, from FUZZ_SEED: `FUZZ_RUNS=100000 FUZZ_SEED=3 npm run jest -- --testPathPatterns tiff-fuzz`. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 1500);
const seed = Number(process.env.FUZZ_SEED ?? 11);

const [height, width] = [12, 10];
const data = samplesFor(height * width, 8, 'uint');

const image = (sizes: string, blocks: string): string =>
  `<Image><Pixels DimensionOrder="XYCZT" SizeX="${width}" SizeY="${height}" ${sizes}><Channel Name="a"/>${blocks}</Pixels></Image>`;
const block = (i: number): string =>
  `<TiffData FirstT="${i}" IFD="${i}" PlaneCount="1"><UUID FileName="a.tif">urn:uuid:1</UUID></TiffData>`;
const ome = `<?xml version="1.0"?><OME UUID="urn:uuid:1">${image('SizeZ="1" SizeC="1" SizeT="3"', block(0) + block(1) + block(2))}</OME>`;
const palette: RawField = { type: 3, values: Array.from({ length: 768 }, (_, i) => (i < 256 ? 257 * i : 0)) };

/** Files as programs write them; what is done to them is below. */
const files: FileSpec[] = (
  [
    [{ tags: { 270: ascii(ome) } }, 3],
    [{ tags: { 270: ascii(ome), 271: ascii('ImageJ=1.54f\nimages=3\nframes=3\n') }, rowsPerStrip: 5 }, 3],
    [{ tags: { 270: ascii('<OME><BinaryOnly MetadataFile="b.tif" UUID="2"/></OME>') } }, 1],
    [{ tags: { 270: ascii('ImageJ=1.54f\nimages=3\nslices=3\nunit=micron\n') } }, 3],
    [{ tags: { 270: ascii('{"shape": [3, 12, 10], "axes": "ZYX"}') }, compression: 'lzw' }, 3],
    [{ photometric: 3, tags: { 320: palette }, compression: 'packbits' }, 2],
    [{ tile: [16, 16], compression: 'deflate', predictor: 2, tags: { 258: short(8, 8, 8, 8) } }, 2],
    [{ photometric: 0, compression: 'zstd', rowsPerStrip: 4, subPages: [{ height, width, data }] }, 2],
  ] satisfies [Partial<PageSpec>, number][]
).map(([extra, count], i) => ({
  little: i % 2 === 0,
  big: i % 3 === 2,
  pages: Array.from({ length: count }, () => ({ height, width, data, ...extra })),
}));

/** Words of OME-XML that are written in place of others. */
const words = [
  '0',
  '1',
  '-1',
  '9',
  '99999999',
  '1e9',
  '9007199254740993',
  '',
  ' ',
  '"',
  '<',
  '>',
  '&#x41;',
  '<!--',
  ']]>',
  'xml:',
  '\0',
  'µ',
];

const change = fc.oneof(
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), value: fc.nat(255) }),
  // counts and offsets that name much, or another's bytes
  fc.record({
    kind: fc.constant('number' as const),
    at: fc.nat(),
    value: fc.constantFrom(0, 1, 2, 8, 0xff, 0xffff, 65_536, 1_000_000, 0x7fffffff, 0xffffffff),
  }),
  fc.record({ kind: fc.constant('copy' as const), at: fc.nat(), from: fc.nat(), length: fc.nat(64) }),
  fc.record({ kind: fc.constant('word' as const), at: fc.nat(), word: fc.constantFrom(...words) }),
  // a piece of the file many times over, at its end, which the words before may come to point to
  fc.record({
    kind: fc.constant('repeat' as const),
    at: fc.nat(),
    length: fc.integer({ min: 1, max: 300 }),
    times: fc.integer({ min: 1, max: 300 }),
  }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** Each number in the file that a reader takes for a count or an offset stands at an even byte. */
function changed(file: Uint8Array, changes: readonly Change[], little: boolean): Uint8Array {
  let bytes = Buffer.from(file);
  for (const each of changes) {
    const at = each.at % Math.max(1, bytes.length - 4);
    if (each.kind === 'byte') bytes[at] = each.value;
    else if (each.kind === 'number' && bytes.length > 4) {
      if (little) bytes.writeUInt32LE(each.value, at & ~1);
      else bytes.writeUInt32BE(each.value, at & ~1);
    } else if (each.kind === 'copy')
      bytes.copy(
        bytes,
        at,
        each.from % Math.max(1, bytes.length),
        (each.from % Math.max(1, bytes.length)) + each.length,
      );
    else if (each.kind === 'word') bytes.write(each.word, at, 'latin1');
    else if (each.kind === 'repeat') {
      const piece = bytes.subarray(at, at + each.length);
      bytes = Buffer.concat([bytes, ...new Array<Buffer>(each.times).fill(piece)]);
    } else if (each.kind === 'cut') bytes = bytes.subarray(0, at);
  }
  return new Uint8Array(bytes);
}

/** Changes inside of a description, which is longer than any directory: its file is built around it. */
const grown = fc.record({
  count: fc.integer({ min: 1, max: 400 }),
  sizes: fc.tuple(
    ...['Z', 'C', 'T'].map((axis) =>
      fc.constantFrom(`Size${axis}="1"`, `Size${axis}="3"`, `Size${axis}="400"`, `Size${axis}="100000000"`),
    ),
  ),
  blockOf: fc.constantFrom(
    '<TiffData/>',
    '<TiffData IFD="0"/>',
    '<TiffData IFD="0" PlaneCount="3"/>',
    '<TiffData><UUID>x</UUID></TiffData>',
    block(1),
    '<Channel/>',
    '<![CDATA[',
    '<!--',
    `<a ${'b'.repeat(50)}`,
    '<a>',
  ),
  images: fc.integer({ min: 1, max: 40 }),
});

describe('a file that was changed at random', () => {
  const expectBounded = async (bytes: Uint8Array): Promise<void> => {
    // per file and per byte: a few milliseconds and some microseconds; memory waits for the collector
    const most = 250 + bytes.length / 100;
    const found = await measuredAgain(most, () => measureOpen(bytes, 3));
    expect(found.outcome).toMatch(/^(read|image(Broken|Empty|NotTiff|Unsupported|TooLarge): .+)$/s);
    expect(found.milliseconds).toBeLessThan(most);
    expect(found.grown).toBeLessThan((128 << 20) + 512 * bytes.length);
    expect(found.read).toBeLessThan((1 << 20) + 256 * bytes.length);
  };

  it('is read or refused by name, and costs in proportion to its bytes', async () => {
    const originals = files.map((spec) => ({ little: spec.little !== false, bytes: buildTiff(spec) }));
    for (const { bytes } of originals) expect((await measureOpen(bytes)).outcome).toBe('read');
    const mutation = fc.record({
      original: fc.constantFrom(...originals),
      changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(mutation, ({ original, changes }) =>
        expectBounded(changed(original.bytes, changes, original.little)),
      ),
      { numRuns, seed },
    );
  });

  it('in its OME-XML is so too', async () => {
    await fc.assert(
      fc.asyncProperty(grown, fc.array(change, { maxLength: 2 }), ({ count, sizes, blockOf, images }, changes) => {
        const description = `<OME>${image(sizes.join(' '), blockOf.repeat(count)).repeat(images)}</OME>`;
        const page = { height, width, data };
        const first = { ...page, tags: { 270: ascii(description) } };
        return expectBounded(changed(buildTiff({ pages: [first, page, page] }), changes, true));
      }),
      { numRuns: Math.ceil(numRuns / 10), seed },
    );
  });
});
