import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';

import { pipeThrough } from './pipe-through.ts';
import {
  centralHeader,
  deflatedLimit,
  descriptor,
  endRecords,
  header,
  localHeader,
  u32,
  type WrittenEntry,
} from './zip-records.ts';

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

function entryOf(item: ZipItem, small: Deflated | undefined, offset: number): WrittenEntry {
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
async function* deflateItem(item: ZipItem, entry: WrittenEntry): AsyncGenerator<Uint8Array> {
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
