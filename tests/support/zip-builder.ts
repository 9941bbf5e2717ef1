import { crc32, deflateRawSync } from 'node:zlib';

/** Header fields as they are to be written; what is left out is what an honest zip would say. */
interface Fields {
  rawName?: Buffer;
  method?: number;
  flags?: number;
  crc32?: number;
  packedBytes?: number;
  bytes?: number;
  extra?: Buffer;
}

export interface BuiltEntry extends Fields {
  name?: string;
  data?: Uint8Array;
  /** What lies in the file instead of the packed data. */
  packed?: Uint8Array;
  /** Where the local header differs from the central one. */
  local?: Fields;
  /** Of the local header, as the central one says; or no local header and no data at all with `absent`. */
  offset?: number;
  absent?: boolean;
  /** What follows the data. */
  after?: Uint8Array;
  madeBy?: number;
  externalAttributes?: number;
  comment?: string;
}

export interface BuiltZip {
  entries: readonly BuiltEntry[];
  comment?: Uint8Array;
  before?: Uint8Array;
  after?: Uint8Array;
  /** Of the end record, where they differ from the truth. */
  end?: { disk?: number; entries?: number; directoryOffset?: number };
  /** Zip64 end record and locator, as writers of large zips make them. */
  zip64?: boolean | { entries?: number; recordOffset?: number };
}

export const utf8Flag = 0x800;
export const descriptorFlag = 0x8;
const u16 = (value: number) => bytesOf(2, (b) => b.writeUInt16LE(value));
const u32 = (value: number) => bytesOf(4, (b) => b.writeUInt32LE(value));
const u64 = (value: number) => bytesOf(8, (b) => b.writeBigUInt64LE(BigInt(value)));

function bytesOf(length: number, write: (buffer: Buffer) => void): Buffer {
  const buffer = Buffer.alloc(length);
  write(buffer);
  return buffer;
}

/** APPNOTE 4.5.1 */
export const extraField = (id: number, data: Uint8Array): Buffer => Buffer.concat([u16(id), u16(data.length), data]);
/** APPNOTE 4.5.3 */
export const zip64Extra = (...values: number[]): Buffer => extraField(1, Buffer.concat(values.map(u64)));
/** APPNOTE 4.6.9 */
export const unicodePath = (rawName: Uint8Array, name: string, checksum = crc32(rawName)): Buffer =>
  extraField(0x7075, Buffer.concat([Buffer.of(1), u32(checksum), Buffer.from(name)]));

/** APPNOTE 4.3.9; `wide` as in Zip64 entries. */
export const descriptor = (data: Uint8Array, packedBytes: number, { signature = true, wide = false } = {}): Buffer => {
  const size = wide ? u64 : u32;
  return Buffer.concat([
    ...(signature ? [u32(0x08074b50)] : []),
    u32(crc32(data)),
    size(packedBytes),
    size(data.length),
  ]);
};

/** A zip with bit-exact control over its headers: what no honest writer can be talked into. */
export function buildZip({ entries, comment, before, after, end = {}, zip64 = false }: BuiltZip): Buffer {
  const parts: Uint8Array[] = before === undefined ? [] : [before];
  let at = before?.length ?? 0;
  const push = (...pieces: Uint8Array[]) => {
    for (const piece of pieces) {
      parts.push(piece);
      at += piece.length;
    }
  };
  const directory: Buffer[] = [];
  for (const entry of entries) {
    const data = entry.data ?? new Uint8Array(0);
    const method = entry.method ?? 0;
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(data) : data);
    const central = {
      rawName: entry.rawName ?? Buffer.from(entry.name ?? 'a.tif'),
      method,
      flags: entry.flags ?? 0,
      crc32: entry.crc32 ?? crc32(data),
      packedBytes: entry.packedBytes ?? packed.length,
      bytes: entry.bytes ?? data.length,
      extra: entry.extra ?? Buffer.alloc(0),
    };
    const local = { ...central, extra: Buffer.alloc(0), ...entry.local };
    const offset = entry.offset ?? at;
    if (!entry.absent) {
      push(u32(0x04034b50), common(local), local.rawName, local.extra, packed, entry.after ?? new Uint8Array(0));
    }
    const entryComment = Buffer.from(entry.comment ?? '');
    directory.push(
      Buffer.concat([
        ...[u32(0x02014b50), u16(entry.madeBy ?? (3 << 8) | 20), common(central), u16(entryComment.length)],
        ...[u16(0), u16(0), u32(entry.externalAttributes ?? 0), u32(offset)],
        ...[central.rawName, central.extra, entryComment],
      ]),
    );
  }
  const directoryOffset = at;
  push(...directory);
  const directoryBytes = at - directoryOffset;
  if (zip64 !== false) {
    const { entries: count = entries.length, recordOffset = at } = zip64 === true ? {} : zip64;
    push(u32(0x06064b50), u64(44), u16(45), u16(45), u32(0), u32(0));
    push(u64(count), u64(count), u64(directoryBytes), u64(directoryOffset));
    push(u32(0x07064b50), u32(0), u64(recordOffset), u32(1));
  }
  const count = end.entries ?? (zip64 === false ? entries.length : 0xffff);
  push(u32(0x06054b50), u16(end.disk ?? 0), u16(0), u16(count), u16(count));
  push(u32(zip64 === false ? directoryBytes : 0xffffffff));
  push(u32(end.directoryOffset ?? (zip64 === false ? directoryOffset : 0xffffffff)));
  push(u16(comment?.length ?? 0), comment ?? new Uint8Array(0), after ?? new Uint8Array(0));
  return Buffer.concat(parts);
}

/** What the local and the central header share: APPNOTE 4.3.7, from the version to the length of the extra field. */
function common({ rawName, method, flags, crc32, packedBytes, bytes, extra }: Required<Fields>): Buffer {
  return Buffer.concat([
    ...[u16(20), u16(flags), u16(method), u16(0), u16(0x21)],
    ...[u32(crc32), u32(packedBytes), u32(bytes), u16(rawName.length), u16(extra.length)],
  ]);
}
