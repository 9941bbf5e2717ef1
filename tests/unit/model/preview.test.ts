import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import type { SampleArray } from '../../../functions/image/image.ts';
import { drawPreview } from '../../../functions/image/preview.ts';

const orange = [255, 160, 0];

/** Width, height and RGB rows of a PNG whose rows are filtered with none or up. */
function decode(png: Uint8Array) {
  const file = Buffer.from(png);
  const [width, height] = [file.readUInt32BE(16), file.readUInt32BE(20)];
  const at = file.indexOf('IDAT');
  const rows = inflateSync(file.subarray(at + 4, at + 4 + file.readUInt32BE(at - 4)));
  const data = new Uint8Array(height * width * 3);
  for (let y = 0; y < height; y++)
    for (let i = 0; i < 3 * width; i++) {
      const above = rows[y * (3 * width + 1)] === 2 ? data[(y - 1) * 3 * width + i]! : 0;
      data[y * 3 * width + i] = rows[y * (3 * width + 1) + 1 + i]! + above;
    }
  return {
    width,
    height,
    pixel: (y: number, x: number) => Array.from(data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)),
  };
}

const draw = async (height: number, width: number, data: SampleArray, labels = new Uint32Array(height * width)) =>
  decode(await drawPreview({ height, width, data }, labels));

describe('drawPreview', () => {
  it('outlines objects, also where two touch', async () => {
    const labels = Uint32Array.from('000000011122011122011122000000', Number);
    const { width, height, pixel } = await draw(5, 6, new Uint8Array(30), labels);
    expect([width, height]).toEqual([6, 5]);
    const drawn = Array.from({ length: 5 }, (_, y) =>
      Array.from({ length: 6 }, (_, x) => (pixel(y, x)[1] === 160 ? '#' : '.')).join(''),
    );
    expect(drawn).toEqual(['......', '.#####', '.#.##.', '.#####', '......']);
    expect(pixel(1, 1)).toEqual(orange);
  });

  it('stretches the contrast between the percentiles 1 and 99.8', async () => {
    const data = Uint16Array.from({ length: 10_000 }, (_, i) => 100 + i);
    data[9_999] = 65_535; // one hot pixel does not darken the rest
    const { pixel } = await draw(100, 100, data);
    expect([pixel(0, 0), pixel(99, 99)]).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
    expect(pixel(50, 50)[0]).toBeGreaterThan(115);
    expect(pixel(50, 50)[0]).toBeLessThan(140);
  });

  it('reduces large planes to 1024 pixels a side, each the mean of its block', async () => {
    const [height, width] = [4, 2050];
    const data = Float32Array.from(
      { length: height * width },
      (_, i) => (i % 2 === 0 ? 10 : 30) + (i % width < 1025 ? 0 : 100),
    );
    const { width: small, height: low, pixel } = await draw(height, width, data);
    expect([small, low]).toEqual([684, 2]);
    expect(pixel(0, 0)).not.toEqual(pixel(0, 683));
  });

  it.each<[string, SampleArray]>([
    ['constant', new Uint16Array(12).fill(500)],
    ['not a number', new Float32Array(12).fill(Number.NaN)],
    ['64-bit', BigInt64Array.from({ length: 12 }, () => -(2n ** 62n))],
  ])('draws a plane that is %s in black', async (_what, data) => {
    const { pixel } = await draw(3, 4, data);
    expect(pixel(1, 2)).toEqual([0, 0, 0]);
  });
});
