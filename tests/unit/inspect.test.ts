import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { formatReport, inspectFile } from '../../functions/image/inspect.ts';
import { memorySource } from '../support/memory-source.ts';
import { ascii, buildTiff, type FileSpec, long, type PageSpec, rational, short } from '../support/tiff-builder.ts';

const inspect = (spec: FileSpec, options = {}) => inspectFile(memorySource(buildTiff(spec)), options);
const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest('hex');
const bytes = (values: number[]) => Uint8Array.from(values);

const words: PageSpec = { height: 2, width: 3, bits: 16, data: Uint16Array.of(1, 2, 3, 256, 512, 65_535) };

describe('inspect', () => {
  it('hashes samples as stored: little-endian, row by row, interleaved, neither inverted nor coloured', async () => {
    const data = [1, 0, 2, 0, 3, 0, 0, 1, 0, 2, 255, 255];
    const report = await inspect(
      { little: false, pages: [{ ...words, photometric: 0, compression: 'lzw' }] },
      { hash: true },
    );
    expect(report.pages).toEqual([
      {
        shape: [2, 3, 1],
        dtype: 'uint16',
        compression: 'LZW',
        predictor: 1,
        photometric: 'white is zero',
        planarConfig: 'contiguous',
        rowsPerStrip: 2,
        sha256: sha256(bytes(data)),
      },
    ]);
    expect(report.sha256).toBe(sha256(bytes(data)));
    expect(report.byteOrder).toBe('big');
  });

  it('hashes planar samples pixel by pixel, and palette indices as indices', async () => {
    const data = bytes([1, 2, 3, 4, 5, 6]);
    const planar: PageSpec = { height: 1, width: 2, samples: 3, planar: true, data };
    const palette: PageSpec = {
      height: 1,
      width: 6,
      photometric: 3,
      data,
      tags: { 320: short(...new Array<number>(768).fill(5)) },
    };
    expect((await inspect({ pages: [planar] }, { hash: true })).pages[0]).toMatchObject({
      shape: [1, 2, 3],
      planarConfig: 'separate',
      sha256: sha256(data),
    });
    expect((await inspect({ pages: [palette] }, { hash: true })).pages[0]).toMatchObject({
      shape: [1, 6, 1],
      sha256: sha256(data),
    });
  });

  it('says how many bits are used of a type', async () => {
    const page: PageSpec = { height: 1, width: 4, bits: 12, data: Uint16Array.of(1, 2, 3, 4095) };
    const report = await inspect({ big: true, pages: [page] }, { hash: true });
    expect(report).toMatchObject({ format: 'BigTIFF', byteOrder: 'little' });
    expect(report.pages[0]).toMatchObject({
      dtype: 'uint16',
      bitsPerSample: 12,
      sha256: sha256(bytes([1, 0, 2, 0, 3, 0, 255, 15])),
    });
  });

  it('counts thumbnails as pages, and lists SubIFDs under their page, outside the total', async () => {
    const small: PageSpec = { height: 1, width: 1, data: [7] };
    const pages = [
      { ...words, subPages: [small, { ...small, tags: { 259: short(6) } }] },
      { ...small, tags: { 254: long(1) } },
    ];
    const report = await inspect({ pages }, { hash: true });
    const data = new Uint8Array((words.data as Uint16Array).buffer);
    expect(report.sha256).toBe(sha256(data, bytes([7])));
    expect(report.pages.map((page) => page.reduced)).toEqual([undefined, true]);
    expect(report.pages[0]!.subImages).toEqual([
      expect.objectContaining({ shape: [1, 1, 1], sha256: sha256(bytes([7])) }),
      {
        error: {
          code: 'imageUnsupported',
          message: 'this kind of image cannot be read exactly: Compression (259) is 6 (old-style JPEG)',
        },
      },
    ]);
  });

  it('lists each plane of a stack with one directory as a page', async () => {
    const data = bytes([1, 2, 3, 4, 5, 6]);
    const tags = { 257: long(1), 278: long(1), 279: long(2), 270: ascii('ImageJ=1.54f\nimages=3\nslices=3\n') };
    const report = await inspect({ pages: [{ height: 3, width: 2, data, tags }] }, { hash: true });
    expect(report.pages.map((page) => page.sha256)).toEqual([
      sha256(bytes([1, 2])),
      sha256(bytes([3, 4])),
      sha256(bytes([5, 6])),
    ]);
    expect(report.sha256).toBe(sha256(data));
  });

  it('describes axes, sizes, channels and steps for a program and for a person', async () => {
    const tags = {
      270: ascii('ImageJ=1.54f\nimages=4\nchannels=2\nframes=2\nhyperstack=true\nunit=micron\nfinterval=2\n'),
      282: rational([2, 1]),
      283: rational([2, 1]),
    };
    const report = await inspect({ pages: [{ ...words, tags }, words, words, words] });
    expect(report).toMatchObject({
      axesFrom: 'ImageJ',
      axes: 'TCYX',
      sizes: { T: 2, C: 2, Y: 2, X: 3 },
      channels: [null, null],
      pixelSize: { x: 0.5, y: 0.5 },
      timeStep: 2,
    });
    expect(report.sha256).toBeUndefined();
    expect(formatReport(report)).toEqual([
      'TIFF, little-endian, 4 pages',
      'axes TCYX: T 2, C 2, Y 2, X 3 (as ImageJ says)',
      'channels: 0, 1',
      'pixel size: 0.5 x 0.5 µm',
      'time step: 2 s',
      'pages 0-3: 2 x 3 uint16, black is zero, uncompressed, strips of 2 rows',
    ]);
  });

  it('reports pages that can be read though they make no image', async () => {
    const report = await inspect({
      pages: [words, { height: 2, width: 3, samples: 4, photometric: 5, data: new Uint8Array(24) }],
    });
    expect(report.imageError?.code).toBe('imageUnsupported');
    expect(report.pages.map((page) => page.shape)).toEqual([
      [2, 3, 1],
      [2, 3, 4],
    ]);
    expect(formatReport(report)[1]).toMatch(
      /^no image for run: this kind of image cannot be read exactly: pages of different kinds/,
    );
  });

  it('fails with the reason of the first page that cannot be read, with and without hashes', async () => {
    const jpeg: PageSpec = { ...words, tags: { 259: short(6) } };
    const cut: PageSpec = { ...words, tags: { 279: long(3) } };
    for (const hash of [true, false]) {
      await expect(inspect({ pages: [words, jpeg] }, { hash })).rejects.toMatchObject({ code: 'imageUnsupported' });
      await expect(inspect({ pages: [words, cut] }, { hash })).rejects.toMatchObject({ code: 'imageBroken' });
    }
  });
});
