import { zlibError } from './zlib-error.ts';

/** Largest window that a decoder must have memory for, where it is asked for no more: zstd's own limit. */
const mostWindow = 1 << 27;

/** zlib's zstdDecompress, as a promise; browsers have none. Throws ERR_BUFFER_TOO_LARGE and ZSTD_error. */
export async function zstdDecompress(
  input: Uint8Array,
  { maxOutputLength: most }: { maxOutputLength: number },
): Promise<Uint8Array> {
  const { Decompress } = await import('fzstd');
  const out = new Uint8Array(most);
  let length = 0;
  const stream = new Decompress((part) => {
    if (length + part.length > most) throw zlibError('ERR_BUFFER_TOO_LARGE', `more than ${most} bytes`);
    out.set(part, length);
    length += part.length;
  });
  if (windowOf(input) > Math.max(most, mostWindow)) throw zlibError('ZSTD_error', 'its window is too large');
  try {
    stream.push(input, true);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw error;
    throw zlibError('ZSTD_error', 'incorrect data', error);
  }
  return out.subarray(0, length);
}

/** Bytes that the first frame says a decoder needs, before it takes memory for them. Source: RFC 8878, section 3.1.1.1. */
function windowOf(input: Uint8Array): number {
  const [descriptor = 0, window = 0] = input.subarray(4);
  const isSingle = (descriptor & 0x20) !== 0;
  if (!isSingle) return 2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8);
  const sizeBytes = [1, 2, 4, 8][descriptor >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const size = input.subarray(5 + dictionaryBytes, 5 + dictionaryBytes + sizeBytes);
  const value = size.reduceRight((sum, byte) => 256 * sum + byte, 0);
  return sizeBytes === 2 ? value + 256 : value;
}
