import type { ObjectRef } from '../../core/object-keys.ts';
import { objectChunks } from '../../object-streams/object-chunks.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

/** Objects asked for before they are needed: a store far away takes 20 ms for each. */
const ahead = 16;

interface Begun {
  chunks: AsyncIterator<Uint8Array>;
  first: Promise<IteratorResult<Uint8Array>>;
}

/** Objects that are read one after the other, the first bytes of the next ones on their way meanwhile. */
export interface ObjectsAhead extends AsyncDisposable {
  open(index: number): AsyncGenerator<Uint8Array>;
}

export function openAhead(refs: readonly ObjectRef[], objects: ObjectStore): ObjectsAhead {
  const begun = new Map<number, Begun>();
  const begin = (index: number): Begun => {
    const known = begun.get(index);
    if (known !== undefined) return known;
    const chunks = objectChunks(objects, refs[index]!);
    const opened = { chunks, first: chunks.next() };
    opened.first.catch(() => {}); // whoever reads it gets the error
    begun.set(index, opened);
    return opened;
  };
  return {
    async *open(index) {
      const { chunks, first } = begin(index);
      begun.delete(index);
      for (let next = index + 1; next < Math.min(refs.length, index + 1 + ahead); next++) begin(next);
      try {
        for (let chunk = await first; chunk.done !== true; chunk = await chunks.next()) yield chunk.value;
      } finally {
        await chunks.return?.();
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...begun.values()].map(({ chunks }) => chunks.return?.()));
    },
  };
}
