import { crc32 } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { crc32Combine } from '../../../functions/core/crc32-combine.ts';
import { noise } from '../../support/bytes.ts';

describe('the CRC-32 of two pieces', () => {
  const data = noise(100_003);
  it.each([0, 1, 7, 8, 255, 4096, 65_537, 99_999, 100_003])('is that of the whole, cut at %d', (cut) => {
    const [first, second] = [data.subarray(0, cut), data.subarray(cut)];
    expect(crc32Combine(crc32(first), crc32(second), second.length)).toBe(crc32(data));
  });

  it('counts pieces that 32 bits cannot', () => {
    let zeros = crc32(Buffer.alloc(5));
    for (let bytes = 5; bytes < 5 * 2 ** 30; bytes *= 2) zeros = crc32Combine(zeros, zeros, bytes);
    // python3: zlib.crc32 of b'head' and 5 GiB of zeros
    expect(crc32Combine(crc32('head'), zeros, 5 * 2 ** 30)).toBe(1_369_698_933);
  });
});
