/** The CRC-32 polynomial of zip, PNG and S3, bits reversed: the highest bit is x⁰. */
const polynomial = 0xedb88320;
const one = 0x80000000;
const x8 = 0x00800000;

/** Product of two polynomials over GF(2), modulo the CRC's. */
function multiply(a: number, b: number): number {
  let product = 0;
  for (let bit = one, factor = b; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 1 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product;
}

/**
 * CRC-32 of two pieces in a row from theirs, without the bytes. `secondBytes`: length of the second. A CRC is linear, and
 * each byte behind a piece multiplies its remainder by x⁸.
 */
export function crc32Combine(first: number, second: number, secondBytes: number): number {
  let shift = one;
  for (let left = secondBytes, power = x8; left > 0; left = Math.floor(left / 2), power = multiply(power, power)) {
    if (left % 2 === 1) shift = multiply(power, shift);
  }
  return (multiply(shift, first) ^ second) >>> 0;
}
