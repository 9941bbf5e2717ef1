import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openFileSource } from '../../functions/image/file-source.ts';
import { inspectFile } from '../../functions/image/inspect.ts';
import { encodePng } from '../../functions/image/png.ts';
import { openImage } from '../../functions/image/tiff/image.ts';
import { memorySource } from '../support/memory-source.ts';

const folder = join(import.meta.dirname, '../fixtures/other-formats');
const hashes = JSON.parse(readFileSync(join(folder, 'hashes.json'), 'utf8')) as Record<
  string,
  { shape: number[]; dtype: string; sha256: string }
>;
const names = readdirSync(folder).filter((name) => /\.(png|jpg)$/.test(name));
const fixture = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
const why = (bytes: Uint8Array) =>
  inspectFile(memorySource(bytes), { hash: true }).then(
    () => 'read',
    (error: { code: string; advice: { why: string } }) => `${error.code}: ${error.advice.why}`,
  );

describe('PNG and JPEG files', () => {
  it.each(names)('%s has the samples that Pillow and imagecodecs read', async (name) => {
    await using source = await openFileSource(join(folder, name));
    const { format, pages } = await inspectFile(source, { hash: true });
    const [{ shape, dtype, sha256 }] = pages as [(typeof pages)[0]];
    expect(format).toBe(name.endsWith('.png') ? 'PNG' : 'JPEG');
    expect({ shape, dtype, sha256 }).toEqual(hashes[name]);
  });

  it.each([
    ['grey.png', { samples: 1, type: 'uint8', channels: 1 }],
    ['grey-16.png', { samples: 1, type: 'uint16', channels: 1 }],
    ['rgb.png', { samples: 3, type: 'uint8', channels: 1 }],
    ['rgba.png', { samples: 4, type: 'uint8', channels: 1 }],
    ['colour.jpg', { samples: 3, type: 'uint8', channels: 1 }],
    ['grey.jpg', { samples: 1, type: 'uint8', channels: 1 }],
  ])('%s is an image like one from TIFF', async (name, info) => {
    const image = await openImage(memorySource(fixture(name)));
    expect(image.info).toMatchObject({ height: 35, width: 51, times: 1, depths: 1, ...info });
    expect(image.info.pixelSize).toBeUndefined();
  });

  it('that labdeploy writes are read back, whatever their size', async () => {
    for (const [height, width] of [
      [1, 1],
      [700, 800],
    ] as const) {
      const data = Uint8Array.from({ length: height * width }, (_, i) => (i * i) >> 4);
      const image = await openImage(memorySource(await encodePng({ height, width, samples: 1, data })));
      expect((await image.readPlane({ position: 0, time: 0, depth: 0, channel: 0 })).data).toEqual(data);
    }
  });

  it('that are damaged are refused by name', async () => {
    const changed = fixture('grey.png');
    changed[60]! ^= 1;
    expect(await why(changed)).toMatch(
      /^imageBroken: a PNG strip does not decode \(its chunk at byte \d+ is damaged\)$/,
    );
    expect(await why(fixture('grey.png').slice(0, 500))).toBe(
      'imageBroken: a PNG strip does not decode (it is cut off)',
    );
    expect(await why(fixture('grey.png').slice(0, 20))).toBe('imageBroken: a PNG file that ends in its header');
    expect(await why(fixture('colour.jpg').slice(0, 100))).toBe(
      'imageBroken: a JPEG file that ends before its picture',
    );
    expect(await why(fixture('colour.jpg').slice(0, 800))).toBe('imageBroken: strip 0 does not decode as JPEG');
    const palette = fixture('palette.png');
    palette.set(Buffer.from('PLTX'), Buffer.from(palette).indexOf('PLTE'));
    expect(await why(palette)).toBe('imageBroken: a PNG file without its palette');
  });

  it.each(['grey.png', 'palette.png', 'colour.jpg', 'progressive.jpg'])(
    '%s with bytes changed or cut off gives a result or a Failure',
    async (name) => {
      const valid = fixture(name);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ at: fc.nat(valid.length - 1), value: fc.nat(255) }), { maxLength: 3 }),
          fc.option(fc.nat(valid.length), { nil: undefined, freq: 4 }),
          async (changes, end) => {
            const bytes = valid.slice(0, end);
            for (const { at, value } of changes) if (at < bytes.length) bytes[at] = value;
            expect(await why(bytes)).toMatch(/^(read|image[A-Z]\w+: .+)$/);
          },
        ),
        { numRuns: 100, seed: 7 },
      );
    },
  );

  it('that are interlaced, or claim more than they hold, are refused by name', async () => {
    const interlaced = fixture('rgb.png');
    interlaced[28] = 1;
    expect(await why(interlaced)).toBe('imageUnsupported: an interlaced PNG');
    const huge = fixture('rgb.png');
    huge.set([0, 1, 0, 0, 0, 1, 0, 0], 16);
    expect(await why(huge)).toMatch(/^imageTooLarge: a plane of 65536 x 65536 pixels/);
    const large = fixture('rgb.png');
    large.set([0, 0, 32, 0, 0, 0, 32, 0], 16);
    expect(await why(large)).toMatch(/^imageBroken: strip 0 cannot become 201326592 bytes from 3557$/);
  });
});
