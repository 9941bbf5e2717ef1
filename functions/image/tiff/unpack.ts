import type { SampleArray } from '../image.ts';

/**
 * Unpacks samples of 1 to 32 bits, highest bit first, rows starting at whole bytes, into `out`; negative ones are extended.
 * Source: TIFF 6.0 section 3, "BitsPerSample" and "FillOrder".
 */
export function unpackBits(
  packed: Uint8Array,
  out: Exclude<SampleArray, BigUint64Array | BigInt64Array>,
  rows: number,
  rowSamples: number,
  bits: number,
): void {
  const rowLength = Math.ceil((rowSamples * bits) / 8);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    let at = row * rowLength;
    if (bits === 1) {
      for (let i = 0; i < rowSamples; i++) out[to++] = (packed[at + (i >> 3)]! >> (7 - (i & 7))) & 1;
    } else if (bits <= 24) {
      const mask = (1 << bits) - 1;
      let held = 0;
      let heldBits = 0;
      for (let i = 0; i < rowSamples; i++) {
        while (heldBits < bits) {
          held = (held << 8) | packed[at++]!;
          heldBits += 8;
        }
        heldBits -= bits;
        out[to++] = (held >>> heldBits) & mask;
      }
    } else {
      let bit = 0;
      for (let i = 0; i < rowSamples; i++, bit += bits) {
        let value = 0; // a number, not an int: up to 39 bits are taken before the last ones are dropped
        const first = at + (bit >> 3);
        const last = at + ((bit + bits - 1) >> 3);
        for (let byte = first; byte <= last; byte++) value = value * 256 + packed[byte]!;
        const surplus = (last - at + 1) * 8 - bit - bits;
        out[to++] = Math.floor(value / 2 ** surplus) % 2 ** bits;
      }
    }
  }
  if (out instanceof Int8Array || out instanceof Int16Array || out instanceof Int32Array) {
    const shift = 32 - bits;
    for (let i = 0; i < to; i++) out[i] = (out[i]! << shift) >> shift;
  }
}

/** Widens 24-bit floats (1 sign, 7 exponent, 16 fraction bits), all exactly. Source: Adobe DNG 1.4, "Floating Point Image Data". */
export function widenFloat24(bytes: Uint8Array, little: boolean): Float32Array {
  const out = new Float32Array(Math.floor(bytes.length / 3));
  const pattern = new Uint32Array(out.buffer);
  const [high, low] = little ? [2, 0] : [0, 2];
  for (let i = 0, at = 0; i < out.length; i++, at += 3) {
    const top = bytes[at + high]!;
    const fraction = (bytes[at + 1]! << 8) | bytes[at + low]!;
    const exponent = top & 127;
    const sign = top & 128 ? -1 : 1;
    if (exponent === 127) pattern[i] = ((top & 128) << 24) | 0x7f800000 | (fraction << 7);
    else if (exponent === 0) out[i] = sign * fraction * 2 ** -78;
    else out[i] = sign * (1 + fraction / 65_536) * 2 ** (exponent - 63);
  }
  return out;
}

const reversed = Uint8Array.from({ length: 256 }, (_, byte) => {
  let turned = 0;
  for (let bit = 0; bit < 8; bit++) if (byte & (1 << bit)) turned |= 128 >> bit;
  return turned;
});

/** Turns the bits of each byte around, in place. */
export function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = reversed[bytes[i]!]!;
}
