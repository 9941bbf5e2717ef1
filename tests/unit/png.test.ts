import { describe, expect, it } from '@jest/globals';
import { encodePng } from '../../functions/image/png.ts';
import { decodePng } from '../support/decode-png.ts';

const image = (samples: number, sample: (i: number) => number) => {
  const [height, width] = [19, 23];
  return {
    height,
    width,
    samples,
    type: 'uint8' as const,
    data: Uint8Array.from({ length: height * width * samples }, (_, i) => sample(i)),
  };
};

describe('encodePng', () => {
  it.each([1, 2, 3, 4])('keeps every sample of %i samples', async (samples) => {
    const noisy = image(samples, (i) => (i * 40_503) >>> 3);
    const found = decodePng(await encodePng(noisy));
    expect(found.names).toEqual(['IHDR', 'IDAT', 'IEND']);
    expect(found.bits).toBe(8);
    expect(found.image).toEqual(noisy);
  });

  it('stores rows as differences to the one above where that is smaller', async () => {
    const even = image(1, (i) => 100 + (i % 23));
    const found = decodePng(await encodePng(even));
    expect(found.filters).toEqual(new Set([0, 2]));
    expect(found.image).toEqual(even);
  });

  it.each([
    { height: 0, width: 1, samples: 1, type: 'uint8' as const, data: new Uint8Array(0) },
    { height: 1, width: 1, samples: 5, type: 'uint8' as const, data: new Uint8Array(5) },
    { height: 2, width: 2, samples: 3, type: 'uint8' as const, data: new Uint8Array(11) },
  ])('refuses $height x $width x $samples with other data', async (wrong) => {
    await expect(encodePng(wrong)).rejects.toThrow(RangeError);
  });
});

it('says how large a picture is on paper where that is asked for', async () => {
  const { chunks } = decodePng(
    await encodePng(
      image(1, () => 0),
      { perInch: 288 },
    ),
  );
  expect([...chunks.pHYs!]).toEqual([0, 0, 0x2c, 0x4b, 0, 0, 0x2c, 0x4b, 1]); // 11,339 pixels a metre
});
