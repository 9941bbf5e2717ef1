import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { expandElsewhere } from '../../../functions/image/tiff/decode-threads.ts';
import { openRegions } from '../../../functions/image/tiff/regions.ts';
import { expandJpeg2000 } from '../../../web/viewer/browser/jpeg-2000.ts';
import { zstdDecompress } from '../../../web/viewer/browser/zstd.ts';
import { memorySource } from '../../support/memory-source.ts';
import { samplesFor } from '../../support/tiff-samples.ts';

const text = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `${(i * 7919) % 997},`).join(''));
const noise = Buffer.from(samplesFor(70_000, 16, 'uint').buffer);
const whyNot = (input: Uint8Array, maxOutputLength: number) =>
  zstdDecompress(input, { maxOutputLength }).then(
    () => 'read',
    (error: { code: string }) => error.code,
  );

describe('zstd in the page', () => {
  it.each([
    ['text', text],
    ['noise', noise],
    ['nothing', Buffer.alloc(0)],
    ['one value', Buffer.alloc(1 << 20, 7)],
  ])('is what was compressed: %s', async (_, bytes) => {
    for (const level of [1, 9, 19]) {
      const input = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: level } });
      const out = await zstdDecompress(input, { maxOutputLength: bytes.length + 3 });
      expect(Buffer.compare(out, bytes)).toBe(0);
    }
  });

  it('of several frames is all of them', async () => {
    const input = Buffer.concat([zstdCompressSync(text), zstdCompressSync(noise)]);
    const out = await zstdDecompress(input, { maxOutputLength: text.length + noise.length });
    expect(Buffer.compare(out, Buffer.concat([text, noise]))).toBe(0);
  });

  it('that holds more than it may, is cut short or is none, says so as zlib does', async () => {
    const input = zstdCompressSync(text);
    expect(await whyNot(input, text.length - 1)).toBe('ERR_BUFFER_TOO_LARGE');
    expect(await whyNot(input.subarray(0, input.length >> 1), text.length)).toBe('ZSTD_error');
    expect(await whyNot(Buffer.from('no frame of zstd'), 100)).toBe('ZSTD_error');
  });

  it('takes no memory for what a frame claims', async () => {
    const windowed = Buffer.from('28b52ffd00a8', 'hex'); // a window of 2 GiB
    const single = Buffer.from('28b52ffde0ffffffff00000000', 'hex'); // a content of 4 GiB
    expect([await whyNot(windowed, 100), await whyNot(single, 100)]).toEqual(['ZSTD_error', 'ZSTD_error']);
  });
});

it.each(['wavelet-grey', 'wavelet-16', 'wavelet-lossy', 'wavelet-aperio'])(
  'JPEG 2000 in the page has the samples that the stages read: %s',
  async (name) => {
    const file = await readFile(join(import.meta.dirname, `../../fixtures/jpeg-tiffs/${name}.tif`));
    const read = async (expand: typeof expandElsewhere) => {
      const image = await openRegions(memorySource(file), { name, expandElsewhere: expand, keptBytes: 1 << 20 });
      const { width, height } = image.levels[0]!;
      const origin = { position: 0, time: 0, depth: 0, channel: 0 };
      return image.readRegion(origin, 0, { left: 0, top: 0, width, height });
    };
    expect(await read(expandJpeg2000)).toEqual(await read(expandElsewhere));
  },
);
