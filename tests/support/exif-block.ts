/** A tag with its bytes; `type` as TIFF 6.0 numbers it. `block`: another directory that it leads to. */
export interface ExifTag {
  tag: number;
  type: number;
  count: number;
  bytes: Buffer;
  block?: readonly ExifTag[];
}

export const ascii = (tag: number, text: string): ExifTag => {
  const bytes = Buffer.from(`${text}\0`, 'latin1');
  return { tag, type: 2, count: bytes.length, bytes };
};
export const blob = (tag: number, bytes: Buffer): ExifTag => ({ tag, type: 7, count: bytes.length, bytes });
export const shorts = (tag: number, little: boolean, ...values: number[]): ExifTag => {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries())
    if (little) bytes.writeUInt16LE(value, 2 * i);
    else bytes.writeUInt16BE(value, 2 * i);
  return { tag, type: 3, count: values.length, bytes };
};
export const rationals = (tag: number, little: boolean, ...values: number[]): ExifTag => {
  const bytes = Buffer.alloc(8 * values.length);
  for (const [i, value] of values.flatMap((each) => [Math.round(each * 100), 100]).entries())
    if (little) bytes.writeUInt32LE(value, 4 * i);
    else bytes.writeUInt32BE(value, 4 * i);
  return { tag, type: 5, count: values.length, bytes };
};
export const directory = (tag: number, block: readonly ExifTag[]): ExifTag => ({
  ...{ tag, type: 4, count: 1, bytes: Buffer.alloc(4), block },
});

/** An EXIF block as cameras write it (CIPA DC-008, 4.5): the first directory, and with `thumbnail` a second that holds it. */
export function exifOf(
  tags: readonly ExifTag[],
  { little = true, thumbnail }: { little?: boolean; thumbnail?: Buffer },
) {
  const parts: Buffer[] = [Buffer.from(little ? 'II*\0\x08\0\0\0' : 'MM\0*\0\0\0\x08', 'latin1')];
  let size = 8;
  const u16 = (to: Buffer, value: number, at: number) =>
    little ? to.writeUInt16LE(value, at) : to.writeUInt16BE(value, at);
  const u32 = (to: Buffer, value: number, at: number) =>
    little ? to.writeUInt32LE(value, at) : to.writeUInt32BE(value, at);
  /** Writes a directory with its values behind it; returns the word that leads to the next. */
  const write = (given: readonly ExifTag[]): { next: Buffer } => {
    const sorted = [...given].sort((a, b) => a.tag - b.tag);
    const head = Buffer.alloc(2 + 12 * sorted.length + 4);
    u16(head, sorted.length, 0);
    parts.push(head);
    size += head.length;
    for (const [i, { tag, type, count, bytes, block }] of sorted.entries()) {
      const at = 2 + 12 * i;
      u16(head, tag, at);
      u16(head, type, at + 2);
      u32(head, count, at + 4);
      if (block === undefined && bytes.length <= 4) {
        bytes.copy(head, at + 8);
        continue;
      }
      u32(head, size, at + 8);
      if (block !== undefined) write(block);
      else {
        const even = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(1)]);
        parts.push(even);
        size += even.length;
      }
    }
    return { next: head.subarray(head.length - 4) };
  };
  const { next } = write(tags);
  if (thumbnail !== undefined) {
    u32(next, size, 0);
    const long = (tag: number, value: number): ExifTag => {
      const bytes = Buffer.alloc(4);
      u32(bytes, value, 0);
      return { tag, type: 4, count: 1, bytes };
    };
    const start = size + 2 + 3 * 12 + 4;
    write([shorts(0x0103, little, 6), long(0x0201, start), long(0x0202, thumbnail.length)]);
    parts.push(thumbnail);
  }
  return Buffer.concat(parts);
}
