/** The first `most` bytes of a stream, and whether there is more; then the whole of it. */
export async function peekStream(
  chunks: AsyncIterable<Uint8Array>,
  most: number,
): Promise<{ ended: boolean; all: AsyncIterable<Uint8Array> }> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let bytes = 0;
  let ended = false;
  while (!ended && bytes <= most) {
    const next = await iterator.next();
    if (next.done === true) ended = true;
    else {
      first.push(next.value);
      bytes += next.value.length;
    }
  }
  async function* all() {
    yield* first.splice(0);
    if (!ended) yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { ended, all: all() };
}
