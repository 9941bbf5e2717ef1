/** One field to be written: `count` values of `type` in little-endian `bytes`. */
export interface Tag {
  tag: number;
  type: number;
  count: number;
  bytes: Uint8Array;
}

const packed = (width: number, values: readonly number[], put: (view: DataView, at: number, value: number) => void) => {
  const view = new DataView(new ArrayBuffer(width * values.length));
  values.forEach((number, i) => {
    put(view, i * width, number);
  });
  return new Uint8Array(view.buffer);
};

const shorts = (tag: number, values: readonly number[]): Tag => ({
  tag,
  type: 3,
  count: values.length,
  bytes: packed(2, values, (view, at, number) => view.setUint16(at, number, true)),
});
const longs = (tag: number, values: readonly number[]): Tag => ({
  tag,
  type: 4,
  count: values.length,
  bytes: packed(4, values, (view, at, number) => view.setUint32(at, number, true)),
});
const longs8 = (tag: number, values: readonly number[]): Tag => ({
  tag,
  type: 16,
  count: values.length,
  bytes: packed(8, values, (view, at, number) => view.setBigUint64(at, BigInt(number), true)),
});

/** Makes fields by the type of their values. Source: TIFF 6.0 section 2. */
export const value = {
  shorts,
  longs,
  offsets: (tag: number, values: readonly number[], big: boolean): Tag => (big ? longs8 : longs)(tag, values),
  rationals: (tag: number, values: readonly (readonly [number, number])[]): Tag => ({
    ...longs(tag, values.flat()),
    type: 5,
    count: values.length,
  }),
  bytes: (tag: number, bytes: Uint8Array): Tag => ({ tag, type: 1, count: bytes.length, bytes }),
  text: (tag: number, text: string): Tag => {
    const bytes = new TextEncoder().encode(`${text}\0`);
    return { tag, type: 2, count: bytes.length, bytes };
  },
};

/** The first bytes of a file whose first directory follows at once. */
export function header(big: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(big ? 16 : 8));
  view.setUint16(0, 0x4949);
  view.setUint16(2, big ? 43 : 42, true);
  if (big) {
    view.setUint16(4, 8, true);
    view.setBigUint64(8, 16n, true);
  } else view.setUint32(4, 8, true);
  return new Uint8Array(view.buffer);
}

const widths = (big: boolean) => (big ? { count: 8, entry: 20, inline: 8 } : { count: 2, entry: 12, inline: 4 });
const even = (length: number): number => length + (length % 2);

/** Bytes that a directory and its values take; always even. */
export function directorySize(tags: readonly Tag[], big: boolean): number {
  const { count, entry, inline } = widths(big);
  const outside = tags.reduce((sum, { bytes }) => sum + (bytes.length > inline ? even(bytes.length) : 0), 0);
  return count + tags.length * entry + inline + outside;
}

/** A directory at byte `at` of the file, its values right behind it. */
export function directoryBytes(
  tags: readonly Tag[],
  { big, at, next }: { big: boolean; at: number; next: number },
): Uint8Array {
  const { count, entry, inline } = widths(big);
  const out = new Uint8Array(directorySize(tags, big));
  const view = new DataView(out.buffer);
  const offset = (where: number, what: number) =>
    big ? view.setBigUint64(where, BigInt(what), true) : view.setUint32(where, what, true);
  if (big) view.setBigUint64(0, BigInt(tags.length), true);
  else view.setUint16(0, tags.length, true);
  let values = count + tags.length * entry + inline;
  [...tags]
    .sort((a, b) => a.tag - b.tag)
    .forEach(({ tag, type, count: number, bytes }, i) => {
      const entryAt = count + i * entry;
      view.setUint16(entryAt, tag, true);
      view.setUint16(entryAt + 2, type, true);
      offset(entryAt + 4, number);
      const valueAt = entryAt + 4 + inline;
      if (bytes.length <= inline) out.set(bytes, valueAt);
      else {
        offset(valueAt, at + values);
        out.set(bytes, values);
        values += even(bytes.length);
      }
    });
  offset(count + tags.length * entry, next);
  return out;
}
