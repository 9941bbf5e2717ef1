import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { Failure } from '../../functions/core/errors.ts';
import { openFileSource } from '../../functions/image/file-source.ts';
import type { ImageInfo, Plane } from '../../functions/image/image.ts';
import { type InspectReport, inspectFile } from '../../functions/image/inspect.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { writeTiff } from '../../functions/image/tiff/writer.ts';
import { itWithPython } from '../support/python.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { samplesFor } from '../support/tiff-samples.ts';

const run = promisify(execFile);
const script = join(import.meta.dirname, '../conformance/tiff.py');

interface Variant {
  pages: { shape: number[]; dtype: string; sha256: string }[];
  sha256: string;
  image?: Partial<InspectReport>;
  plane?: { time: number; depth: number; channel: number; sha256: string };
}

interface Seen {
  shape: number[];
  axes: string;
  dtype: string;
  bigtiff: boolean;
  pages: number;
  sha256: string;
  imagej: Record<string, unknown> | null;
  resolution: number | null;
}

const sha256 = (data: ArrayBufferView): string =>
  createHash('sha256')
    .update(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength))
    .digest('hex');

const base: ImageInfo = {
  height: 30,
  width: 40,
  samples: 1,
  type: 'uint16',
  positions: 1,
  times: 1,
  depths: 1,
  channels: 1,
  channelNames: [undefined],
};
const pixelSize = { x: 0.325, y: 0.325, z: 0.5 };

/** What we write, and what tifffile must see in it. */
const ours: Record<string, { info: ImageInfo; big?: boolean; seen: Partial<Seen> }> = {
  grey: { info: { ...base, pixelSize }, seen: { shape: [30, 40], axes: 'YX', dtype: 'uint16', pages: 1 } },
  bytes: { info: { ...base, type: 'uint8' }, seen: { shape: [30, 40], axes: 'YX', dtype: 'uint8', resolution: null } },
  labels: { info: { ...base, type: 'uint32', depths: 3 }, seen: { shape: [3, 30, 40], axes: 'ZYX', dtype: 'uint32' } },
  floats: {
    info: { ...base, type: 'float32', channels: 2 },
    seen: { shape: [2, 30, 40], axes: 'CYX', dtype: 'float32' },
  },
  colour: { info: { ...base, type: 'uint8', samples: 3 }, seen: { shape: [30, 40, 3], axes: 'YXS', dtype: 'uint8' } },
  big: { info: { ...base, times: 2 }, big: true, seen: { shape: [2, 30, 40], axes: 'TYX', bigtiff: true } },
  hyperstack: {
    info: { ...base, times: 2, depths: 3, channels: 2, channelNames: ['DAPI', 'µ'], pixelSize, timeStep: 2.5 },
    seen: { shape: [2, 3, 2, 30, 40], axes: 'TZCYX', bigtiff: false, pages: 12, resolution: 40 / 13 },
  },
};

function* planesOf({ height, width, samples, type, positions, times, depths, channels }: ImageInfo): Generator<Plane> {
  const bits = { uint8: 8, uint16: 16, uint32: 32 }[type as string] ?? 32;
  for (let i = 0; i < positions * times * depths * channels; i++) {
    const count = height * width * samples;
    const all = samplesFor(count * (i + 1), bits, type === 'float32' ? 'float' : 'uint');
    yield { height, width, samples, type, data: all.slice(count * i) };
  }
}

await itWithPython(
  'hundreds of files of tifffile read the same or are refused by name, and tifffile reads ours',
  async (python) => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'ours'));
    for (const [name, { info, big }] of Object.entries(ours)) {
      const bytes = writeTiff(info, planesOf(info), big ? { bigTiff: true } : {});
      await writeFile(join(folder.path, 'ours', `${name}.tif`), bytes);
    }
    await run(python, [script, folder.path]);
    const report = JSON.parse(await readFile(join(folder.path, 'report.json'), 'utf8')) as {
      variants: Record<string, Variant>;
      ours: Record<string, Seen>;
    };

    const wrong: Record<string, unknown> = {};
    const refused: Record<string, string> = {};
    for (const [name, expected] of Object.entries(report.variants)) {
      await using source = await openFileSource(join(folder.path, 'variants', `${name}.tif`));
      try {
        const found = await inspectFile(source, { hash: true });
        const pages = found.pages.map(({ shape, dtype, sha256 }) => ({ shape, dtype, sha256 }));
        expect({ pages, sha256: found.sha256 }).toEqual({ pages: expected.pages, sha256: expected.sha256 });
        if (expected.image !== undefined) expect(found).toMatchObject(expected.image);
        if (expected.plane !== undefined) {
          const image = await openImage(source);
          const plane = await image.readPlane({ position: 0, ...expected.plane });
          expect(sha256(plane.data)).toBe(expected.plane.sha256);
        }
      } catch (error) {
        if (error instanceof Failure) refused[name] = `${error.code}: ${error.advice.why}`;
        else wrong[name] = error;
      }
    }
    expect(wrong).toEqual({});
    expect(refused).toEqual({
      'refused-complex64': 'imageUnsupported: SampleFormat (339) is 6 (complex numbers)',
      'refused-jpegxl': 'imageUnsupported: Compression (259) is 50002 (JPEG XL)',
      'refused-jpegxr': 'imageUnsupported: Compression (259) is 34934 (JPEG XR)',
      'refused-lerc': 'imageUnsupported: Compression (259) is 34887 (LERC)',
      'refused-lzma': 'imageUnsupported: Compression (259) is 34925 (LZMA)',
      'refused-volume': 'imageUnsupported: ImageDepth (32997) is 16',
      'refused-webp': 'imageUnsupported: Compression (259) is 50001 (WebP)',
    });
    expect(Object.keys(report.variants).length).toBeGreaterThanOrEqual(300);

    for (const [name, { info, seen }] of Object.entries(ours)) {
      const all = Buffer.concat([...planesOf(info)].map(({ data }) => new Uint8Array(data.buffer as ArrayBuffer)));
      expect(report.ours[name]).toMatchObject({ ...seen, sha256: sha256(all) });
    }
    expect(report.ours.hyperstack?.imagej).toMatchObject({
      unit: 'micron',
      spacing: 0.5,
      finterval: 2.5,
      channels: 2,
      slices: 3,
      frames: 2,
      hyperstack: true,
      Labels: ['DAPI', 'µ', 'DAPI', 'µ', 'DAPI', 'µ', 'DAPI', 'µ', 'DAPI', 'µ', 'DAPI', 'µ'],
    });
  },
  60_000,
);
