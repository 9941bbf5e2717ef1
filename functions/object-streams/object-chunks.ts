import type { ObjectRef } from '../core/object-keys.ts';
import type { ByteSource } from '../image/image.ts';
import type { ObjectStore } from '../ports/object-store.ts';

/** Small enough to stay in a core's cache from the read to the write: fresh memory for each chunk takes twice the time. */
const chunkBytes = 256 * 1024;

/**
 * An object to be passed on, chunk by chunk, in memory that is used again: a chunk is valid until the next is asked for,
 * which is all that put needs. Opened when the first chunk is asked for. Throws `objectMissing`.
 */
export async function* objectChunks(store: ObjectStore, ref: ObjectRef): AsyncGenerator<Uint8Array> {
  if (store.open === undefined) {
    yield* await store.get(ref);
    return;
  }
  await using source = await store.open(ref);
  yield* sourceChunks(source, 0, source.size);
}

/** The same of a range of an open object, with one chunk read ahead. */
export async function* sourceChunks(source: ByteSource, start: number, end: number): AsyncGenerator<Uint8Array> {
  const read = async (at: number, buffer: Uint8Array) => {
    const chunk = buffer.subarray(0, end - at);
    if (source.readInto === undefined) return source.read(at, chunk.length);
    await source.readInto(at, chunk);
    return chunk;
  };
  const size = Math.min(chunkBytes, end - start);
  let ahead: Promise<Uint8Array> | undefined;
  let [current, next] = [Buffer.allocUnsafeSlow(size), Buffer.allocUnsafeSlow(end - start > size ? size : 0)];
  try {
    for (let at = start; at < end; ) {
      const chunk = await (ahead ?? read(at, current));
      at += chunk.length;
      ahead = at < end ? read(at, next) : undefined;
      ahead?.catch(() => {}); // thrown when its turn comes
      yield chunk;
      [current, next] = [next, current];
    }
  } finally {
    await ahead?.catch(() => {}); // no read goes into a buffer, or a file, that is let go
  }
}
