import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { memorySource } from '../support/memory-source.ts';
import { buildTiff, long, short } from '../support/tiff-builder.ts';

const folder = join(import.meta.dirname, '../fixtures/fax-tiffs');
const bytesOf = (name: string) => new Uint8Array(readFileSync(join(folder, `${name}.tif`)));
const hashes = JSON.parse(readFileSync(join(folder, 'hashes.json'), 'utf8')) as Record<
  string,
  { shape: number[]; sha256: string }
>;
const names = readdirSync(folder).flatMap((name) => (name.endsWith('.tif') ? [name.replace('.tif', '')] : []));

/** A page of `width` x `height` bits whose one strip has these bits. */
const strip = (bits: string, width: number, height: number, compression: number, tags = {}) => {
  const padded = bits.replaceAll(' ', '').padEnd(Math.ceil(bits.replaceAll(' ', '').length / 8) * 8, '0');
  const data = Uint8Array.from(padded.match(/.{8}/g)!, (byte) => Number.parseInt(byte, 2));
  const page = { height: 1, width: data.length, data };
  const own = { 256: long(width), 257: long(height), 278: long(height), 258: short(1), 259: short(compression) };
  return memorySource(buildTiff({ pages: [{ ...page, tags: { ...own, ...tags } }] }));
};
const samplesOf = async (source: ReturnType<typeof memorySource>) => {
  const image = await openImage(source);
  return [...((await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 })).data as Uint8Array)].join('');
};
const refusal = (source: ReturnType<typeof memorySource>) =>
  samplesOf(source).catch((error) => `${error.code}: ${error.advice.why}`);

const endOfLine = '000000000001';
const [white2, black3] = ['0111', '10'];

describe('CCITT compressions in TIFF', () => {
  it.each(names)('%s decodes as in libtiff', async (name) => {
    const { pages } = await inspectFile(memorySource(bytesOf(name)), { hash: true });
    expect(pages[0]).toMatchObject({ ...hashes[name]!, dtype: 'uint8', bitsPerSample: 1 });
  });

  it('turns white-is-zero, as of any bilevel file', async () => {
    expect(await samplesOf(strip(white2 + black3, 5, 1, 2, { 262: short(0) }))).toBe('11000');
    expect(await samplesOf(strip(white2 + black3, 5, 1, 2, { 262: short(1) }))).toBe('00111');
  });

  it.each([
    ['rows from whole bytes', 2, `${white2}${black3} 00 ${white2}${black3}`],
    ['rows from two whole bytes', 32771, `${white2}${black3} 00 00000000 ${white2}${black3}`],
    ['ends of lines', 3, `${endOfLine}${white2}${black3}${endOfLine}${white2}${black3}`],
    ['ends of lines that are filled up', 3, `0000${endOfLine}${white2}${black3}00000${endOfLine}${white2}${black3}`],
    ['no ends of lines', 3, `${white2}${black3}${white2}${black3}`],
    ['rows against the one above', 4, `001${white2}${black3} 1 1`],
  ])('reads %s', async (_, compression, bits) => {
    expect(await samplesOf(strip(bits, 5, 2, compression))).toBe('0011100111');
  });

  it.each([
    ['ends early', 2, `${white2}${black3}`, {}, 'imageBroken: row 1 of a fax strip of 2 is not there'],
    ['has a code that is none', 2, '00000000 0000', {}, 'imageBroken: row 0 of a fax strip has a code that is none'],
    ['has a mode that is none', 4, '00000000 1', {}, 'imageBroken: row 0 of a fax strip has a mode that is none'],
    ['has a longer row', 2, '1011 10 000000', {}, 'imageBroken: row 0 of a fax strip is longer than the image is wide'],
    [
      'goes beyond the image',
      4,
      '011',
      {},
      'imageBroken: row 0 of a fax strip changes its colour outside of the image',
    ],
    [
      'has uncompressed rows among the others',
      4,
      '0000001111 00',
      {},
      'imageUnsupported: a fax strip with uncompressed rows',
    ],
    ['may have such rows', 4, '1 1', { 293: long(2) }, 'imageUnsupported: T6Options (293) is 2 (uncompressed rows)'],
    [
      'is of eight bits',
      4,
      '1 1',
      { 258: short(8) },
      'imageUnsupported: Compression (259) is 4 (CCITT Group 4 fax) with 8 bits a pixel',
    ],
  ])('that %s is refused by name', async (_, compression, bits, tags, reason) => {
    expect(await refusal(strip(bits, 5, 2, compression, tags))).toBe(reason);
  });
});
