import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

import { pipeThrough } from './pipe-through.ts';

type Chunks = AsyncIterable<Uint8Array>;

/** One file of an archive to be. `bytes` must be what `read` gives; a chunk of it may be valid until the next is asked for only. */
export interface ZipItem {
  /** Folders with `/`; at most 65,535 bytes of UTF-8. */
  name: string;
  bytes: number;
  /** Stored as it is under this checksum; deflated when absent. */
  crc32?: number;
  read(): Chunks | Promise<Chunks>;
}

type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** APPNOTE 4.3; all values of it that are the same in every entry we write. */
const header = {
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

const u32 = 0xffffffff;
const u16 = 0xffff;
/** Deflated data may be larger than the file, by less than 1/1000 (zlib's deflateBound): from here on Zip64 is used. */
const deflatedLimit = u32 - u32 / 1000;

interface Written {
  name: Buffer;
  method: number;
  flags: number;
  crc32: number;
  bytes: number;
  packedBytes: number;
  offset: number;
  zip64: boolean;
}

/** Up to here a file is deflated in one call, which takes a sixth of the time that a stream needs to start. */
const smallBytes = 128 * 1024;
const level = 6;

/** Records and small files go out together in pieces of this size, larger chunks as they come. */
const pieceBytes = 64 * 1024;

/**
 * A zip of the items, in their order, as a stream. The bytes depend on names and contents only. Zip64 records are there
 * only where a size, an offset or the count needs them. Sizes stand before the data, but behind it (data descriptor)
 * where a large item is deflated, so nothing is held but two chunks and 100 bytes an item. Throws what `read` throws, and
 * an Error when an item is not what it was said to be. A chunk is valid until the next is asked for only.
 */
export async function* zipStream(items: Items<ZipItem>): AsyncGenerator<Uint8Array> {
  const piece = Buffer.alloc(pieceBytes);
  let filled = 0;
  for await (const chunk of wholeRecords(items)) {
    if (filled > 0 && filled + chunk.length > pieceBytes) {
      yield piece.subarray(0, filled);
      filled = 0;
    }
    if (chunk.length >= pieceBytes) yield chunk;
    else {
      piece.set(chunk, filled);
      filled += chunk.length;
    }
  }
  yield piece.subarray(0, filled); // at least the end record
}

async function* wholeRecords(items: Items<ZipItem>): AsyncGenerator<Uint8Array> {
  for await (const piece of zipPieces(items)) {
    if (piece instanceof Uint8Array) yield piece;
    else yield* storedBytes(piece);
  }
}

/** The same zip for who can put the bytes of stored items in by itself: each such item stands where its bytes belong. */
export async function* zipPieces<Item extends ZipItem>(items: Items<Item>): AsyncGenerator<Uint8Array | Item> {
  const directory: Buffer[] = [];
  let offset = 0;
  for await (const item of items) {
    const small = item.crc32 === undefined && item.bytes <= smallBytes ? await deflateSmall(item) : undefined;
    const entry = entryOf(item, small, offset);
    const local = localHeader(entry);
    yield local;
    if (small !== undefined) yield small.packed;
    else if (item.crc32 !== undefined) yield item;
    else yield* deflateItem(item, entry);
    const tail = descriptor(entry);
    if (tail.length > 0) yield tail;
    offset += local.length + entry.packedBytes + tail.length;
    directory.push(centralHeader(entry));
  }
  let directoryBytes = 0;
  for (const record of directory) directoryBytes += record.length;
  for (let i = 0; i < directory.length; i += 1000) yield Buffer.concat(directory.slice(i, i + 1000));
  yield endRecords(directory.length, directoryBytes, offset);
}

interface Deflated {
  packed: Buffer;
  crc32: number;
}

function entryOf(item: ZipItem, small: Deflated | undefined, offset: number): Written {
  const stored = item.crc32 !== undefined;
  const follows = !stored && small === undefined;
  return {
    name: Buffer.from(item.name),
    method: stored ? 0 : 8,
    flags: header.utf8 | (follows ? header.sizesFollow : 0),
    crc32: item.crc32 ?? small?.crc32 ?? 0,
    bytes: item.bytes,
    packedBytes: stored ? item.bytes : (small?.packed.length ?? 0),
    offset,
    zip64: item.bytes >= (stored ? u32 : deflatedLimit),
  };
}

async function deflateSmall(item: ZipItem): Promise<Deflated> {
  const data = Buffer.alloc(item.bytes);
  let bytes = 0;
  for await (const chunk of await item.read()) {
    if (bytes + chunk.length > data.length) throw changed(item);
    data.set(chunk, bytes);
    bytes += chunk.length;
  }
  if (bytes !== data.length) throw changed(item);
  return { packed: deflateRawSync(data, { level }), crc32: crc32(data) };
}

/** The bytes of a stored item; throws where they are not what it was said to have. */
export async function* storedBytes(item: ZipItem): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  let bytes = 0;
  for await (const chunk of await item.read()) {
    checksum = crc32(chunk, checksum);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes !== item.bytes || checksum !== item.crc32) throw changed(item);
}

/** Fills in what is only known behind the data. */
async function* deflateItem(item: ZipItem, entry: Written): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  const source = await item.read();
  async function* counted() {
    for await (const chunk of source) {
      entry.crc32 = crc32(chunk, entry.crc32);
      bytes += chunk.length;
      yield chunk;
    }
  }
  for await (const chunk of pipeThrough(createDeflateRaw({ level }), counted())) {
    entry.packedBytes += chunk.length;
    yield chunk;
  }
  if (bytes !== item.bytes) throw changed(item);
}

const changed = ({ name }: ZipItem): Error => new Error(`${name} changed while it was packed`);

/** APPNOTE 4.4.3: 4.5 for Zip64, 2.0 for deflate, 1.0 otherwise. */
const versionNeeded = (entry: Written): number =>
  entry.zip64 || entry.offset >= u32 ? 45 : entry.method === 8 ? 20 : 10;

/** APPNOTE 4.3.7 */
function localHeader(entry: Written): Buffer {
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
function descriptor({ flags, crc32, packedBytes, bytes, zip64 }: Written): Buffer {
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
function centralHeader(entry: Written): Buffer {
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
function endRecords(entries: number, bytes: number, offset: number): Buffer {
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
