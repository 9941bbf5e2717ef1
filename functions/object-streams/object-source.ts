import { Failure } from '../core/errors.ts';
import type { ObjectRef } from '../core/object-keys.ts';
import type { ObjectStore, OpenObject } from '../ports/object-store.ts';

/** Bytes fetched for a small read, so that the next ones near it need no request. */
const blockBytes = 1 << 20;
/** Blocks kept of one object: what bounds its memory. A TIFF is read near its header, its directories and its strips. */
const blocksKept = 8;

/**
 * Random access to an object of any store. A store without it is read in ranges: small reads through a cache of aligned
 * blocks, reads of a block and more directly. Throws `objectMissing`; `objectCorrupt` when the object shrinks meanwhile.
 */
export async function objectSource(store: ObjectStore, ref: ObjectRef): Promise<OpenObject> {
  if (store.open !== undefined) return store.open(ref);
  const head = await store.head(ref);
  if (head === undefined) throw new Failure('objectMissing', { key: ref.key });
  const size = head.bytes;

  const fetchInto = async (start: number, target: Uint8Array): Promise<void> => {
    let filled = 0;
    for await (const chunk of await store.get(ref, { start, end: start + target.length })) {
      target.set(chunk as Uint8Array, filled);
      filled += (chunk as Uint8Array).length;
    }
    if (filled !== target.length) {
      throw new Failure('objectCorrupt', {
        key: ref.key,
        detail: `bytes ${start} to ${start + target.length}: only ${filled} came`,
      });
    }
  };

  const blocks = new Map<number, Promise<Uint8Array>>(); // in order of their last use
  const block = (number: number): Promise<Uint8Array> => {
    const start = number * blockBytes;
    const known = blocks.get(number);
    blocks.delete(number);
    const bytes = known ?? fetchBlock(start, Math.min(blockBytes, size - start));
    blocks.set(number, bytes);
    if (blocks.size > blocksKept) blocks.delete(blocks.keys().next().value!);
    if (known === undefined) {
      bytes.catch(() => {
        if (blocks.get(number) === bytes) blocks.delete(number); // the next read tries again
      });
    }
    return bytes;
  };
  const fetchBlock = async (start: number, length: number) => {
    const bytes = new Uint8Array(length);
    await fetchInto(start, bytes);
    return bytes;
  };

  const readInto = async (offset: number, target: Uint8Array): Promise<void> => {
    if (!(offset >= 0 && offset + target.length <= size)) {
      throw new RangeError(`bytes ${offset} to ${offset + target.length} of ${size}`);
    }
    if (target.length >= blockBytes) return fetchInto(offset, target);
    for (let done = 0; done < target.length; ) {
      const at = offset + done;
      const bytes = await block(Math.floor(at / blockBytes));
      const piece = bytes.subarray(at % blockBytes, (at % blockBytes) + target.length - done);
      target.set(piece, done);
      done += piece.length;
    }
  };
  return {
    size,
    readInto,
    async read(offset, length) {
      if (!(length >= 0 && offset + length <= size))
        throw new RangeError(`bytes ${offset} to ${offset + length} of ${size}`);
      const bytes = new Uint8Array(length);
      await readInto(offset, bytes);
      return bytes;
    },
    async [Symbol.asyncDispose]() {
      blocks.clear();
    },
  };
}
