import type { ByteSource } from '../../functions/image/image.ts';

/** A file that is only in memory; counts what is read from it. */
export function memorySource(bytes: Uint8Array): ByteSource & { reads: { offset: number; length: number }[] } {
  const reads: { offset: number; length: number }[] = [];
  return {
    size: bytes.length,
    reads,
    async read(offset, length) {
      if (!(offset >= 0 && length >= 0 && offset + length <= bytes.length))
        throw new RangeError(`bytes ${offset}..${offset + length} of ${bytes.length}`);
      reads.push({ offset, length });
      return bytes.slice(offset, offset + length);
    },
  };
}

/** All chunks of a stream as one piece of memory. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return new Uint8Array(Buffer.concat(all));
}
