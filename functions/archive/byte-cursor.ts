/** Walks a stream of chunks: so many bytes now, the next so many as a stream. */
export class ByteCursor {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private current: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next `length` bytes in one piece; fewer where the stream ends before. */
  async take(length: number): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    for await (const part of this.stream(length)) parts.push(part);
    return parts.length === 1 ? view(parts[0]!) : Buffer.concat(parts);
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

const view = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
