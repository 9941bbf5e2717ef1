import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { openFileSource } from '../../functions/image/file-source.ts';
import { inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { memorySource } from '../support/memory-source.ts';
import { buildTiff, long, type PageSpec, short } from '../support/tiff-builder.ts';

const folder = join(import.meta.dirname, '../fixtures/jpeg-tiffs');
const hashes = JSON.parse(readFileSync(join(folder, 'hashes.json'), 'utf8')) as Record<
  string,
  { shape: number[]; dtype: string; sha256: string }
>;
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.tif'))
  .map((name) => name.replace('.tif', ''));

describe('JPEG and JPEG 2000 in TIFF', () => {
  it.each(names)('%s decodes as in libjpeg-turbo and OpenJPEG', async (name) => {
    await using source = await openFileSource(join(folder, `${name}.tif`));
    const { pages } = await inspectFile(source, { hash: true });
    const [{ shape, dtype, sha256 }] = pages as [(typeof pages)[0]];
    expect({ shape, dtype, sha256 }).toEqual(hashes[name]);
  });

  it('gives RGB for what is stored as YCbCr', async () => {
    await using source = await openFileSource(join(folder, 'ycbcr-420.tif'));
    const image = await openImage(source);
    expect(image.info).toMatchObject({ samples: 3, channels: 1, type: 'uint8' });
  });
});

/** The one strip of grey.tif: a whole JPEG stream of 61 x 45 pixels. */
async function greyStream(): Promise<Uint8Array> {
  await using source = await openFileSource(join(folder, 'grey.tif'));
  const bytes = await source.read(0, source.size);
  const start = Buffer.from(bytes).indexOf('ffd8', 'hex');
  return bytes.slice(start, Buffer.from(bytes).lastIndexOf('ffd9', undefined, 'hex') + 2);
}

/** A TIFF page of 61 x 45 whose one strip is `stream`. */
const pageOf = (stream: Uint8Array, tags: PageSpec['tags'] = {}): PageSpec => ({
  height: 1,
  width: stream.length,
  data: stream,
  tags: { 256: long(61), 257: long(45), 278: long(45), 259: short(7), ...tags },
});
const hashOf = async (page: PageSpec) =>
  (await inspectFile(memorySource(buildTiff({ pages: [page] })), { hash: true })).pages[0]!.sha256;
const why = (page: PageSpec) =>
  hashOf(page).then(
    () => 'read',
    (error: { code: string; advice: { why: string } }) => `${error.code}: ${error.advice.why}`,
  );

/** Byte of a stream's first marker of a kind. */
const markerAt = (stream: Uint8Array, marker: number) => Buffer.from(stream).indexOf(Buffer.of(0xff, marker));

describe('a JPEG strip', () => {
  it('may leave its tables to the JPEGTables tag', async () => {
    const stream = await greyStream();
    const tables: Uint8Array[] = [];
    const rest: Uint8Array[] = [];
    let at = 2;
    for (; stream[at + 1] !== 0xda; ) {
      const end = at + 2 + stream[at + 2]! * 256 + stream[at + 3]!;
      (stream[at + 1] === 0xdb || stream[at + 1] === 0xc4 ? tables : rest).push(stream.subarray(at, end));
      at = end;
    }
    expect(tables.length).toBeGreaterThan(1);
    const ends = [Uint8Array.of(0xff, 0xd8), Uint8Array.of(0xff, 0xd9)] as const;
    const short = new Uint8Array(Buffer.concat([ends[0], ...rest, stream.subarray(at)]));
    const shared = { type: 7, values: new Uint8Array(Buffer.concat([ends[0], ...tables, ends[1]])) };
    expect(await hashOf(pageOf(short, { 347: shared }))).toBe(hashes.grey?.sha256);
    expect(await why(pageOf(short))).toBe('imageBroken: strip 0 does not decode as JPEG');
  });

  it('that claims another size is damaged, before a decoder takes memory for it', async () => {
    const stream = await greyStream();
    const frame = markerAt(stream, 0xc0);
    stream.set([0xff, 0xff, 0xff, 0xff], frame + 5);
    expect(await why(pageOf(stream))).toBe(
      'imageBroken: strip 0 holds 65535 x 65535 pixels of 1 samples, not 61 x 45 of 1',
    );
  });

  it('of a kind that is not read is refused by name', async () => {
    const lossless = await greyStream();
    lossless[markerAt(lossless, 0xc0) + 1] = 0xc3;
    expect(await why(pageOf(lossless))).toBe('imageUnsupported: strip 0 is lossless JPEG');
    const deep = await greyStream();
    deep[markerAt(deep, 0xc0) + 4] = 12;
    expect(await why(pageOf(deep))).toBe('imageUnsupported: strip 0 is JPEG of 12 bits');
    expect(await why(pageOf(await greyStream(), { 258: short(12) }))).toBe(
      'imageUnsupported: Compression (259) is 7 (JPEG) with samples of 12 bits',
    );
  });

  it('that is cut off anywhere is damaged, and the next one is read', async () => {
    const stream = await greyStream();
    for (const length of [3, 20, 200, stream.length - 100])
      expect(await why(pageOf(stream.slice(0, length)))).toMatch(/^imageBroken: strip 0 /);
    expect(await hashOf(pageOf(stream))).toBe(hashes.grey?.sha256);
  });
});

describe('a JPEG 2000 strip', () => {
  it('that is none, or claims another size, is damaged', async () => {
    const none = new Uint8Array(200);
    expect(await why(pageOf(none, { 259: short(34712) }))).toBe(
      'imageBroken: strip 0 is no JPEG 2000 stream (it does not start as one)',
    );
    await using source = await openFileSource(join(folder, 'wavelet-16.tif'));
    const bytes = Buffer.from(await source.read(0, source.size));
    const start = bytes.indexOf('ff4fff51', 'hex');
    const stream = new Uint8Array(bytes.subarray(start, bytes.lastIndexOf('ffd9', undefined, 'hex') + 2));
    const tags = { 259: short(34712), 258: short(16) };
    expect(await hashOf(pageOf(stream, tags))).toBe(hashes['wavelet-16']?.sha256);
    stream.set([0, 0, 0xff, 0xff], 8);
    expect(await why(pageOf(stream, tags))).toMatch(/^imageBroken: strip 0 holds 65535 x 45 pixels/);
    stream.set([0, 0, 0, 61], 8);
    expect(await why(pageOf(stream.slice(0, 1000), tags))).toBe('imageBroken: strip 0 does not decode as JPEG 2000');
  });
});
