/** One entry of a directory as it stands there: the last number is the value, or where the values are. */
export type RawEntry = readonly [tag: number, type: number, count: number, value: number];

/**
 * A little-endian TIFF with directories that a writer would not make: `blob` at byte 8, then `count` directories, linked, with
 * the entries of each.
 */
export function rawTiff(
  blob: Uint8Array,
  count: number,
  entriesOf: (directory: number) => readonly RawEntry[],
): Uint8Array {
  const first = 8 + blob.length + (blob.length % 2);
  const each = 2 + 12 * entriesOf(0).length + 4;
  const bytes = new Uint8Array(first + count * each);
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from('II*\0'));
  view.setUint32(4, first, true);
  bytes.set(blob, 8);
  for (let directory = 0; directory < count; directory++) {
    let at = first + directory * each;
    const entries = entriesOf(directory);
    view.setUint16(at, entries.length, true);
    at += 2;
    for (const [tag, type, values, value] of entries) {
      view.setUint16(at, tag, true);
      view.setUint16(at + 2, type, true);
      view.setUint32(at + 4, values, true);
      view.setUint32(at + 8, value, true);
      at += 12;
    }
    view.setUint32(at, directory + 1 < count ? at + 4 : 0, true);
  }
  return bytes;
}

/** Entries of a page of `width` x `height` bytes in one strip at byte 8. */
export const plainEntries = (width: number, height: number): RawEntry[] => [
  [256, 4, 1, width],
  [257, 4, 1, height],
  [258, 3, 1, 8],
  [262, 3, 1, 1],
  [273, 4, 1, 8],
  [278, 4, 1, height],
  [279, 4, 1, width * height],
];
