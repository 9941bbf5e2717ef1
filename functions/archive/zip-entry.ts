import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { Failure } from '../core/errors.ts';
import { ByteCursor } from './byte-cursor.ts';
import { pipeThrough } from './pipe-through.ts';
import { label, localHeaderBytes, type ZipEntry } from './zip-directory.ts';

export const stored = 0;
const deflated = 8;

/** APPNOTE 4.4.5, as users may know them. */
const methodNames: Record<number, string> = {
  1: 'shrink',
  6: 'implode',
  9: 'deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'zstd',
  95: 'xz',
  96: 'JPEG',
  98: 'PPMd',
  99: 'AES encryption',
};

const flag = { encrypted: 0x1, sizesFollow: 0x8, patch: 0x20, strongEncryption: 0x40, masked: 0x2000 };

/** Why an entry cannot be unpacked, as its directory record tells; undefined when it can. */
export function entryRefusal(entry: ZipEntry): Failure | undefined {
  if ((entry.flags & (flag.encrypted | flag.strongEncryption | flag.masked)) !== 0 || entry.method === 99)
    return new Failure('archiveUnsupported', { feature: 'it is encrypted' });
  if ((entry.flags & flag.patch) !== 0)
    return new Failure('archiveUnsupported', { feature: 'it is a patch of another file' });
  if (entry.kind === 'symbolic link' || entry.kind === 'special file')
    return new Failure('archiveUnsupported', { feature: `it is a ${entry.kind}, not a file` });
  if (entry.method !== stored && entry.method !== deflated) {
    const name = methodNames[entry.method];
    return new Failure('archiveUnsupported', {
      feature: `it is compressed with ${name === undefined ? `the unknown method ${entry.method}` : `${name} (method ${entry.method})`}`,
    });
  }
  if (entry.method === stored && entry.bytes !== entry.packedBytes)
    return new Failure('archiveBroken', {
      detail: `it is stored, yet ${entry.packedBytes} bytes are to make ${entry.bytes}`,
    });
  return undefined;
}

/** Bytes of the file that an entry's local header and data can take; the local extra field has at most 65,535. */
export const entrySpan = ({ offset, limit, rawName, packedBytes }: ZipEntry): { start: number; end: number } => ({
  start: offset,
  end: Math.min(limit, offset + localHeaderBytes + rawName.length + 0xffff + packedBytes),
});

/** Of what comes out; see ports/object-chunks. */
const chunkBytes = 256 * 1024;
/** Up to here an entry is inflated in one call, which takes a tenth of the time that a stream needs to start. */
const smallBytes = 64 * 1024;

/** Where a stored entry's own bytes are in the archive, after the checks that entryChunks makes of its header. */
export async function storedRange(
  entry: ZipEntry,
  span: AsyncIterable<Uint8Array>,
): Promise<{ start: number; end: number }> {
  const cursor = new ByteCursor(span);
  try {
    const { dataStart } = await checkLocalHeader(entry, cursor);
    return { start: dataStart, end: dataStart + entry.packedBytes };
  } finally {
    await cursor.close();
  }
}

/**
 * The unpacked bytes of one entry from the bytes of its span. Checks that the local header agrees with the directory,
 * that header and data end before the next entry, that the packed data end where they should and that exactly
 * `entry.bytes` come out; never yields more. Chunks of `span` may be valid until the next is asked for only, and so are
 * those that are yielded. The CRC-32 is left to the consumer, who sees all bytes anyway. Throws
 * `archiveBroken` and `archiveUnsafe`; what `span` throws goes through as it is.
 */
export async function* entryChunks(entry: ZipEntry, span: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const cursor = new ByteCursor(span);
  try {
    await checkLocalHeader(entry, cursor);
    let bytes = 0;
    for await (const chunk of entry.method === stored ? cursor.stream(entry.packedBytes) : inflate(entry, cursor)) {
      bytes += chunk.length;
      if (bytes > entry.bytes) throw tooMany(entry);
      yield chunk;
    }
    if (bytes !== entry.bytes) throw broken(`${bytes} of the declared ${entry.bytes} bytes come out`);
  } finally {
    await cursor.close();
  }
}

async function* inflate(entry: ZipEntry, cursor: ByteCursor): AsyncGenerator<Uint8Array> {
  if (entry.packedBytes <= smallBytes && entry.bytes <= smallBytes) {
    yield inflateSmall(entry, await cursor.take(entry.packedBytes));
    return;
  }
  const inflater = createInflateRaw({ chunkSize: chunkBytes });
  try {
    yield* pipeThrough(inflater, cursor.stream(entry.packedBytes));
  } catch (error) {
    throw inflateError(error, entry);
  }
  checkEnd(inflater.bytesWritten, entry);
}

function inflateSmall(entry: ZipEntry, packed: Buffer): Uint8Array {
  try {
    const { buffer, engine } = inflateRawSync(packed, { info: true, maxOutputLength: entry.bytes + 1 }) as unknown as {
      buffer: Buffer;
      engine: { bytesWritten: number };
    };
    checkEnd(engine.bytesWritten, entry);
    return buffer;
  } catch (error) {
    throw inflateError(error, entry);
  }
}

function inflateError(error: unknown, entry: ZipEntry): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_BUFFER_TOO_LARGE') return tooMany(entry);
  return code?.startsWith('Z_') ? broken(message) : error;
}

/** `consumed`: packed bytes up to the mark that ends deflated data. */
function checkEnd(consumed: number, { packedBytes }: ZipEntry): void {
  if (consumed !== packedBytes) throw broken(`the data end after ${consumed} of ${packedBytes} bytes`);
}

/** APPNOTE 4.3.7: what the local header says must be what the directory says, or readers would disagree about the file. */
async function checkLocalHeader(entry: ZipEntry, cursor: ByteCursor): Promise<{ dataStart: number }> {
  const header = await cursor.take(localHeaderBytes);
  if (header.length < localHeaderBytes || header.readUInt32LE(0) !== 0x04034b50)
    throw broken(`there is no entry at byte ${entry.offset}`);
  const nameBytes = header.readUInt16LE(26);
  const extraBytes = header.readUInt16LE(28);
  const dataStart = entry.offset + localHeaderBytes + nameBytes + extraBytes;
  if (dataStart + entry.packedBytes > entry.limit)
    throw new Failure('archiveUnsafe', { detail: `${label(entry)} overlaps what comes after it` });
  const rest = await cursor.take(nameBytes + extraBytes);
  if (!rest.subarray(0, nameBytes).equals(entry.rawName)) throw disagrees('names');
  const flags = header.readUInt16LE(6);
  if (((flags ^ entry.flags) & (flag.encrypted | flag.strongEncryption)) !== 0) throw disagrees('encryption');
  if (header.readUInt16LE(8) !== entry.method) throw disagrees('compression methods');
  const { bytes, packedBytes } = localSizes(header, rest.subarray(nameBytes));
  // Bit 3: the values may be left 0 here and follow the data instead.
  const follows = (flags & flag.sizesFollow) !== 0;
  const agrees = (local: number, listed: number) => local === listed || (follows && local === 0);
  if (!agrees(header.readUInt32LE(14), entry.crc32)) throw disagrees('checksums');
  if (!agrees(bytes, entry.bytes) || !agrees(packedBytes, entry.packedBytes)) throw disagrees('sizes');
  return { dataStart };
}

/** Sizes of the local header, taken from the Zip64 field where they do not fit (APPNOTE 4.5.3: both are there, in this order). */
function localSizes(header: Buffer, extra: Buffer): { bytes: number; packedBytes: number } {
  const packedBytes = header.readUInt32LE(18);
  const bytes = header.readUInt32LE(22);
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 0x0001) continue;
    const field = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
    const large = [bytes, packedBytes].map((size) => size === 0xffffffff);
    if (field.length < 8 * large.filter(Boolean).length) break;
    return {
      bytes: large[0] ? Number(field.readBigUInt64LE(0)) : bytes,
      packedBytes: large[1] ? Number(field.readBigUInt64LE(large[0] ? 8 : 0)) : packedBytes,
    };
  }
  return { bytes, packedBytes };
}

const tooMany = ({ bytes }: ZipEntry): Failure => broken(`more than the declared ${bytes} bytes come out`);
const broken = (detail: string): Failure => new Failure('archiveBroken', { detail });
const disagrees = (what: string): Failure =>
  new Failure('archiveUnsafe', { detail: `its two headers disagree about their ${what}` });
