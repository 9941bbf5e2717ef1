/** Walks a stream of chunks: so many bytes now, the next so many as a stream. A chunk of it may be valid until the next is asked for only. */
export class ByteCursor {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private current: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `length` bytes in memory of their own; fewer where the stream ends before. */
  async take(length: number): Promise<Buffer> {
    const taken = Buffer.allocUnsafe(length);
    let bytes = 0;
    for await (const part of this.stream(length)) {
      taken.set(part, bytes);
      bytes += part.length;
    }
    return taken.subarray(0, bytes);
  }

  /** The next `length` bytes as they come; fewer where the stream ends before. */
  async *stream(length: number): AsyncGenerator<Uint8Array> {
    for (let left = length; left > 0; ) {
      if (this.current.length === 0) {
        const next = await this.chunks.next();
        if (next.done) return;
        this.current = next.value;
        continue;
      }
      const part = this.current.subarray(0, left);
      this.current = this.current.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  /** Lets the stream go, read to its end or not. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }
}
