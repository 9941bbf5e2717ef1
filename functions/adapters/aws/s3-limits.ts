import type { ByteRange } from '../../ports/object-store.ts';

const MiB = 2 ** 20;

/** Source of what S3 sets: Amazon S3 user guide, multipart upload limits. */
export const s3Limits = {
  /** S3: of every part but the last. */
  smallestPart: 5 * MiB,
  /** What is sent at once. */
  sentPart: 8 * MiB,
  /** What is copied in one request; S3 takes 5 GiB, smaller ones are copied side by side. */
  copiedPart: 1024 * MiB,
  /** S3: of an object that one CopyObject copies. */
  copiedWhole: 5 * 1024 * MiB,
  /** Shorter gaps to `smallestPart` are filled with the next range's first bytes, instead of by an object in between. */
  borrowed: 1 * MiB,
  /** S3 numbers 10,000 parts. From the first number on, parts are put together in groups of the second. */
  directParts: 5000,
  groupedParts: 9000,
};
export type S3Limits = typeof s3Limits;

/** In even pieces of at most so many bytes. */
export function cut({ start, end }: ByteRange, most: number): ByteRange[] {
  const count = Math.ceil((end - start) / most);
  const at = (i: number) => start + Math.floor(((end - start) * i) / count);
  return Array.from({ length: count }, (_, i) => ({ start: at(i), end: at(i + 1) }));
}
