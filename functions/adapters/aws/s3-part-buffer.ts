/** The bytes of an object that no part has taken yet, in order; memory of parts that were sent is used again. */
export class PartBuffer {
  /** Bytes that wait. */
  filled = 0;
  #bytes: Buffer = Buffer.alloc(0);
  readonly #spare: Buffer[] = [];
  readonly #capacity: number;

  /** `capacity`: most bytes that wait at once. */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Takes as many of the bytes as there is capacity for, and returns how many. */
  add(data: Uint8Array): number {
    const count = Math.min(data.length, this.#capacity - this.filled);
    if (this.#bytes.length < this.filled + count) this.#grow(this.filled + count);
    this.#bytes.set(data.subarray(0, count), this.filled);
    this.filled += count;
    return count;
  }

  #grow(least: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(this.#capacity, Math.max(least, 2 * this.#bytes.length, 65_536)));
    larger.set(this.#bytes.subarray(0, this.filled));
    this.#bytes = larger;
  }

  /** All that waits, as it is until more is added. */
  peek(): Buffer {
    return this.#bytes.subarray(0, this.filled);
  }

  /** All that waits, in memory of its own. */
  takeCopy(): Buffer {
    const copy = Buffer.from(this.peek());
    this.filled = 0;
    return copy;
  }

  /** The first `count` bytes; what is behind them goes on waiting. `release` when they are sent. */
  take(count: number): { bytes: Uint8Array; release(): void } {
    const sent = this.#bytes;
    const rest = sent.subarray(count, this.filled);
    this.#bytes = this.#spare.pop() ?? Buffer.allocUnsafeSlow(this.#capacity);
    this.filled = 0;
    if (rest.length > 0) this.add(rest);
    return { bytes: sent.subarray(0, count), release: () => void this.#spare.push(sent) };
  }
}
