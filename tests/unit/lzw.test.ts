import { describe, expect, it } from '@jest/globals';
import { decodeLzw } from '../../functions/image/tiff/lzw.ts';
import { encodeLzw } from '../support/tiff-builder.ts';

let state = 1;
const random = () => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return state >>> 16;
};

/** Data that fills the table several times, with strings from one byte to thousands, and strings of themselves. */
const kinds: Record<string, (i: number) => number> = {
  noise: () => random() & 255,
  'noise of two values': () => random() & 1,
  zeros: () => 0,
  'a ramp': (i) => i & 255,
  'runs of growing length': (i) => Math.floor(Math.sqrt(i)) & 255,
  'words with a still high byte': (i) => (i & 1 ? 3 : random() & 255),
};

describe.each(Object.entries(kinds))('LZW of %s', (_, value) => {
  it.each([false, true])('decodes 200,000 bytes exactly (old order of bits: %s)', (old) => {
    const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => value(i));
    const packed = encodeLzw(bytes, old);
    const out = new Uint8Array(bytes.length);
    expect(decodeLzw(packed, out)).toBe(bytes.length);
    expect(Buffer.compare(out, bytes)).toBe(0);
  });

  it('gives what there is where the end is missing', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => value(i));
    const packed = encodeLzw(bytes);
    const out = new Uint8Array(bytes.length);
    const half = decodeLzw(packed.subarray(0, packed.length >> 1), out);
    expect(half).toBeLessThan(bytes.length);
    expect(Buffer.compare(out.subarray(0, half), bytes.subarray(0, half))).toBe(0);
  });
});
