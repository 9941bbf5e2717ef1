import { describe, expect, it, jest } from '@jest/globals';
import { openTiff } from '../../functions/image/tiff/tiff-file.ts';
import { memorySource } from '../support/memory-source.ts';
import { buildTiff, type PageSpec } from '../support/tiff-builder.ts';

jest.setTimeout(300_000); // a slow machine takes longer, and is no failure

// Large enough that decoding goes to other threads: over 1 MiB.
const [height, width] = [600, 1000];
const data = Uint16Array.from({ length: height * width }, (_, i) => ((i >> 3) * 7) & 0xfff);
const page = (storage: Partial<PageSpec>): PageSpec => ({ height, width, bits: 16, data, ...storage });

const readPage = async (bytes: Uint8Array, options = {}) => (await openTiff(memorySource(bytes))).readPage(0, options);

describe('a plane that is decoded on other threads', () => {
  it.each([
    ['LZW in strips', { compression: 'lzw', rowsPerStrip: 100 }],
    ['LZW in one strip', { compression: 'lzw' }],
    ['LZW with predictor 2 in tiles', { compression: 'lzw', predictor: 2, tile: [256, 256] }],
    ['deflate with predictor 2', { compression: 'deflate', predictor: 2, rowsPerStrip: 64 }],
    ['PackBits', { compression: 'packbits', rowsPerStrip: 50 }],
  ] as [string, Partial<PageSpec>][])('has the same samples: %s', async (_, storage) => {
    for (const little of [true, false]) {
      const plane = await readPage(buildTiff({ little, pages: [page(storage)] }));
      expect(plane).toMatchObject({ height, width, samples: 1, type: 'uint16' });
      expect(
        Buffer.compare(
          new Uint8Array(plane.data.buffer, plane.data.byteOffset, plane.data.byteLength),
          new Uint8Array(data.buffer),
        ),
      ).toBe(0);
    }
  });

  it('is in shared memory where that is asked for', async () => {
    for (const storage of [{ compression: 'lzw' }, { compression: 'lzw', rowsPerStrip: 100 }] as const) {
      const plane = await readPage(buildTiff({ pages: [page(storage)] }), { shared: true });
      expect(plane.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it('keeps the other work of this thread going', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await readPage(buildTiff({ pages: [page({ compression: 'lzw' })] }));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('is refused with the same words when a strip is damaged, and the next file is read', async () => {
    const bytes = buildTiff({ pages: [page({ compression: 'lzw', rowsPerStrip: 100 })] });
    const broken = Uint8Array.from(bytes);
    broken.fill(0xff, bytes.length / 2, bytes.length / 2 + 2000); // in the middle of a strip
    await expect(readPage(broken)).rejects.toMatchObject({ code: 'imageBroken' });
    await readPage(bytes);
  });
});
