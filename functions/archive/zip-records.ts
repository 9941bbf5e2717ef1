/** APPNOTE 4.3; all values of it that are the same in every entry we write. */
export const header = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  zip64Field: 0x0001,
  /** 1980-01-01 00:00: an archive of the same files has the same bytes, whenever it is made. */
  time: 0,
  date: 0x0021,
  utf8: 0x800,
  sizesFollow: 0x8,
  /** Unix, so that the mode below counts; version 4.5. */
  madeBy: (3 << 8) | 45,
  /** A plain file, rw-r--r--. */
  mode: 0o100644 * 0x10000,
};

export const u32 = 0xffffffff;
const u16 = 0xffff;
/** Deflated data may be larger than the file, by less than 1/1000 (zlib's deflateBound): from here on Zip64 is used. */
export const deflatedLimit = u32 - u32 / 1000;

/** What the records of one entry are written from. */
export interface WrittenEntry {
  name: Buffer;
  method: number;
  flags: number;
  crc32: number;
  bytes: number;
  packedBytes: number;
  offset: number;
  zip64: boolean;
}

/** APPNOTE 4.4.3: 4.5 for Zip64, 2.0 for deflate, 1.0 otherwise. */
const versionNeeded = (entry: WrittenEntry): number =>
  entry.zip64 || entry.offset >= u32 ? 45 : entry.method === 8 ? 20 : 10;

/** APPNOTE 4.3.7 */
export function localHeader(entry: WrittenEntry): Buffer {
  const follows = (entry.flags & header.sizesFollow) !== 0;
  const extra = entry.zip64 ? zip64Field(follows ? [0, 0] : [entry.bytes, entry.packedBytes]) : Buffer.alloc(0);
  const fixed = Buffer.alloc(30);
  fixed.writeUInt32LE(header.local, 0);
  fixed.writeUInt16LE(versionNeeded(entry), 4);
  fixed.writeUInt16LE(entry.flags, 6);
  fixed.writeUInt16LE(entry.method, 8);
  fixed.writeUInt16LE(header.time, 10);
  fixed.writeUInt16LE(header.date, 12);
  fixed.writeUInt32LE(entry.crc32, 14); // 0 where it follows
  fixed.writeUInt32LE(entry.zip64 ? u32 : entry.packedBytes, 18);
  fixed.writeUInt32LE(entry.zip64 ? u32 : follows ? 0 : entry.bytes, 22);
  fixed.writeUInt16LE(entry.name.length, 26);
  fixed.writeUInt16LE(extra.length, 28);
  return Buffer.concat([fixed, entry.name, extra]);
}

/** APPNOTE 4.3.9; sizes have 8 bytes in Zip64 entries. */
export function descriptor({ flags, crc32, packedBytes, bytes, zip64 }: WrittenEntry): Buffer {
  if ((flags & header.sizesFollow) === 0) return Buffer.alloc(0);
  const record = Buffer.alloc(zip64 ? 24 : 16);
  record.writeUInt32LE(header.descriptor, 0);
  record.writeUInt32LE(crc32, 4);
  if (zip64) {
    record.writeBigUInt64LE(BigInt(packedBytes), 8);
    record.writeBigUInt64LE(BigInt(bytes), 16);
  } else {
    record.writeUInt32LE(packedBytes, 8);
    record.writeUInt32LE(bytes, 12);
  }
  return record;
}

/** APPNOTE 4.3.12 */
export function centralHeader(entry: WrittenEntry): Buffer {
  const far = entry.offset >= u32;
  const large = [...(entry.zip64 ? [entry.bytes, entry.packedBytes] : []), ...(far ? [entry.offset] : [])];
  const extra = large.length > 0 ? zip64Field(large) : Buffer.alloc(0);
  const fixed = Buffer.alloc(46);
  fixed.writeUInt32LE(header.central, 0);
  fixed.writeUInt16LE(header.madeBy, 4);
  fixed.writeUInt16LE(versionNeeded(entry), 6);
  fixed.writeUInt16LE(entry.flags, 8);
  fixed.writeUInt16LE(entry.method, 10);
  fixed.writeUInt16LE(header.time, 12);
  fixed.writeUInt16LE(header.date, 14);
  fixed.writeUInt32LE(entry.crc32, 16);
  fixed.writeUInt32LE(entry.zip64 ? u32 : entry.packedBytes, 20);
  fixed.writeUInt32LE(entry.zip64 ? u32 : entry.bytes, 24);
  fixed.writeUInt16LE(entry.name.length, 28);
  fixed.writeUInt16LE(extra.length, 30);
  // 32 comment length, 34 disk, 36 internal attributes: 0
  fixed.writeUInt32LE(header.mode, 38);
  fixed.writeUInt32LE(far ? u32 : entry.offset, 42);
  return Buffer.concat([fixed, entry.name, extra]);
}

/** APPNOTE 4.5.3 */
function zip64Field(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(header.zip64Field, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [i, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
  return field;
}

/** APPNOTE 4.3.14 to 4.3.16 */
export function endRecords(entries: number, bytes: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(header.end, 0);
  end.writeUInt16LE(Math.min(entries, u16), 8);
  end.writeUInt16LE(Math.min(entries, u16), 10);
  end.writeUInt32LE(Math.min(bytes, u32), 12);
  end.writeUInt32LE(Math.min(offset, u32), 16);
  if (entries < u16 && bytes < u32 && offset < u32) return end;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(header.end64, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeUInt16LE(header.madeBy, 12);
  end64.writeUInt16LE(45, 14);
  end64.writeBigUInt64LE(BigInt(entries), 24);
  end64.writeBigUInt64LE(BigInt(entries), 32);
  end64.writeBigUInt64LE(BigInt(bytes), 40);
  end64.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(header.locator64, 0);
  locator.writeBigUInt64LE(BigInt(offset + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([end64, locator, end]);
}
