import type { ByteSource } from '../../../functions/image/image.ts';

/** The first bytes of a file: its header, and of most files the description of the image. */
const headBytes = 1 << 13;
/** Larger reads are pixels, and lie where the directories say. */
const smallBytes = 1 << 13;
/** Reads that are begun before they are asked for. */
const mostAhead = 16;

interface Begun {
  length: number;
  bytes: Promise<Uint8Array>;
}

/**
 * A source of which each read is a trip to a service, with fewer trips one after the other: a directory of a TIFF says where
 * the next one is, and most programs write the planes of a stack at equal distances. Where small reads leap twice by the same
 * distance, the next ones are begun as well.
 */
export function readingAhead(source: ByteSource): ByteSource {
  let head: Promise<Uint8Array> | undefined;
  let begun = new Map<number, Begun>();
  let last = 0;
  let leap = 0;

  const readHead = (): Promise<Uint8Array> => {
    if (head === undefined) {
      head = source.read(0, Math.min(headBytes, source.size));
      head.catch(() => {
        head = undefined; // whoever waits for it has the failure; the next one asks again
      });
    }
    return head;
  };

  const begin = (from: number, length: number) => {
    for (let at = from + leap; at < source.size && begun.size < mostAhead; at += leap) {
      if (begun.has(at)) continue;
      const wanted = Math.min(length, source.size - at);
      const bytes = source.read(at, wanted);
      bytes.catch(() => begun.delete(at)); // read again, should it be asked for
      begun.set(at, { length: wanted, bytes });
    }
  };

  const small = async (offset: number, length: number): Promise<Uint8Array> => {
    const found = begun.get(offset);
    begun.delete(offset);
    const follows = offset - last === leap && leap > length;
    if (!follows) begun = new Map();
    leap = offset - last;
    last = offset;
    const isThere = found !== undefined && found.length >= length;
    const own = isThere ? found.bytes.catch(() => source.read(offset, length)) : source.read(offset, length);
    if (follows) begin(offset, length); // behind what is waited for
    const bytes = await own;
    return bytes.length === length ? bytes : bytes.subarray(0, length);
  };

  return {
    size: source.size,
    async read(offset, length) {
      if (length > smallBytes || length === 0) return source.read(offset, length);
      if (offset >= 0 && offset + length <= Math.min(headBytes, source.size))
        return (await readHead()).slice(offset, offset + length);
      return small(offset, length);
    },
  };
}
