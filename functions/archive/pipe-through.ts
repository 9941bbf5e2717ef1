import type { Duplex } from 'node:stream';

/**
 * What comes out of a zlib stream for the chunks that go in. A chunk goes in only when the last one is used up, so its
 * memory may be used again. Throws what either side throws; ends when the stream does, however much would still go in.
 */
export async function* pipeThrough(transform: Duplex, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const feed = async () => {
    for await (const chunk of chunks) {
      await new Promise<void>((resolve, reject) => {
        transform.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    }
    transform.end();
  };
  // Not awaited: a stream that ended before its input never calls back.
  feed().catch((error: Error) => transform.destroy(error));
  try {
    yield* transform as AsyncIterable<Uint8Array>;
  } finally {
    transform.destroy();
  }
}
