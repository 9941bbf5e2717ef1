import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { Failure } from '../core/errors.ts';
import { entryName } from './zip-name.ts';

/** Random access to the bytes of an archive: exactly `length` bytes from `offset`, inside `0..size`. */
export interface ArchiveSource {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** What an archive may claim. Each is checked on the directory alone, before anything is unpacked. */
export interface ZipLimits {
  /** Entries of any kind; each costs about 1 kB of memory while the archive is read. */
  entries: number;
  /** Unpacked bytes of all entries together. */
  totalBytes: number;
  /** Packed bytes swell at most this much in an archive or entry of more than `ratioFrom` unpacked bytes. */
  ratio: number;
  ratioFrom: number;
}

/**
 * Blank images and masks are real and shrink 1000:1, so a ratio means nothing until it fills a disk: 200:1 is refused
 * from 4 GiB on. No limit could be lower for small ones than deflate's own, 1032:1 (zlib's technical notes).
 */
export const zipLimits: ZipLimits = {
  entries: 200_000,
  totalBytes: 2 * 1024 ** 4,
  ratio: 200,
  ratioFrom: 4 * 1024 ** 3,
};

/** One entry as the central directory tells it; nothing of it is proven yet. */
export interface ZipEntry {
  /** Undefined where the archive marks it as UTF-8 and it is not. */
  name: string | undefined;
  rawName: Uint8Array;
  kind: 'file' | 'directory' | 'symbolic link' | 'special file';
  /** APPNOTE 4.4.5: 0 stored, 8 deflated; others are not unpacked. */
  method: number;
  /** APPNOTE 4.4.4. */
  flags: number;
  crc32: number;
  bytes: number;
  packedBytes: number;
  /** Where its local header starts. */
  offset: number;
  /** Where the next entry, or the central directory, starts: its header and data end before. */
  limit: number;
}

/**
 * The central directory, in order of the entries' offsets in the file. Throws `archiveBroken` when it is not a whole
 * zip, `archiveUnsupported` when the directory itself is encrypted or split, `archiveUnsafe` when entries overlap or
 * claim more than the limits. What the source throws goes through as it is.
 */
export async function readZipDirectory(source: ArchiveSource, limits: ZipLimits = zipLimits): Promise<ZipEntry[]> {
  const reader = new DirectoryReader(source);
  const { entries, start } = await openDirectory(reader, limits).catch((error: unknown) => {
    if (reader.trouble !== undefined) throw reader.trouble;
    if (error instanceof Failure) throw error;
    throw refusal(error instanceof Error ? error.message : String(error));
  });
  entries.sort((a, b) => a.offset - b.offset);
  for (const [i, entry] of entries.entries()) {
    entry.limit = entries[i + 1]?.offset ?? start;
    const end = entry.offset + localHeaderBytes + entry.rawName.length + entry.packedBytes;
    if (end > start)
      throw new Failure('archiveBroken', { detail: `${label(entry)} reaches beyond the end of the data` });
    if (end > entry.limit)
      throw new Failure('archiveUnsafe', { detail: `${label(entry)} and ${label(entries[i + 1]!)} overlap` });
  }
  refuseBombs(entries, limits);
  return entries;
}

/** As messages name it: quoted, so that no control character reaches a terminal. */
export const label = ({ name, rawName }: Pick<ZipEntry, 'name' | 'rawName'>): string =>
  JSON.stringify(name ?? Buffer.from(rawName).toString('latin1'));

export const localHeaderBytes = 30;
const directorySignature = 0x02014b50;

async function openDirectory(
  reader: DirectoryReader,
  limits: ZipLimits,
): Promise<{ entries: ZipEntry[]; start: number }> {
  const zip = await fromRandomAccessReaderPromise(reader, reader.source.size, {
    autoClose: false,
    decodeStrings: false, // a bad name is that entry's trouble, not the archive's
    validateEntrySizes: false, // likewise; checked by entryChunks
  });
  if (zip.entryCount > limits.entries)
    throw new Failure('archiveUnsafe', {
      detail: `it has ${zip.entryCount} entries; at most ${limits.entries} are unpacked`,
    });
  const start = cursor(zip);
  const entries: ZipEntry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entryOf(entry));
  // Writers that lose the upper bits of the count would hide entries from us.
  if ((await reader.uint32(cursor(zip))) === directorySignature)
    throw new Failure('archiveBroken', { detail: `it has more entries than the ${entries.length} it declares` });
  return { entries, start };
}

/** yauzl 3: a number; its types say boolean. */
const cursor = (zip: ZipFile): number => zip.readEntryCursor as unknown as number;

function entryOf(entry: Entry): ZipEntry {
  return {
    name: entryName(entry),
    rawName: entry.fileNameRaw,
    kind: kindOf(entry),
    method: entry.compressionMethod,
    flags: entry.generalPurposeBitFlag,
    crc32: entry.crc32,
    bytes: entry.uncompressedSize,
    packedBytes: entry.compressedSize,
    offset: entry.relativeOffsetOfLocalHeader,
    limit: 0,
  };
}

/** Unix keeps the file type in the upper half of the external attributes (stat's S_IFMT); other systems leave it 0. */
function kindOf({ externalFileAttributes, fileNameRaw }: Entry): ZipEntry['kind'] {
  const last = fileNameRaw.at(-1);
  if (last === 0x2f || last === 0x5c) return 'directory'; // `/`, and Windows's `\`
  switch ((externalFileAttributes >>> 16) & 0o170000) {
    case 0:
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'directory';
    case 0o120000:
      return 'symbolic link';
    default:
      return 'special file';
  }
}

function refuseBombs(entries: readonly ZipEntry[], { totalBytes, ratio, ratioFrom }: ZipLimits): void {
  let bytes = 0;
  let packedBytes = 0;
  for (const entry of entries) {
    bytes += entry.bytes;
    packedBytes += entry.packedBytes;
    if (entry.bytes > ratioFrom && entry.bytes > ratio * entry.packedBytes)
      throw new Failure('archiveUnsafe', {
        detail: `${label(entry)} would grow from ${entry.packedBytes} to ${entry.bytes} bytes, more than ${ratio}:1`,
      });
  }
  if (bytes > totalBytes)
    throw new Failure('archiveUnsafe', {
      detail: `it would unpack to ${bytes} bytes; at most ${totalBytes} are unpacked`,
    });
  if (bytes > ratioFrom && bytes > ratio * packedBytes)
    throw new Failure('archiveUnsafe', {
      detail: `it would grow from ${packedBytes} to ${bytes} bytes, more than ${ratio}:1`,
    });
}

/** yauzl's words for what it does not do, apart from what is broken. */
const refusal = (detail: string): Failure =>
  /not supported/.test(detail)
    ? new Failure('archiveUnsupported', { feature: detail })
    : new Failure('archiveBroken', { detail });

/** Serves yauzl's many small reads from one window of the source, so that a directory costs a few ranged gets. */
class DirectoryReader extends RandomAccessReader {
  static readonly windowBytes = 1024 * 1024;
  readonly source: ArchiveSource;
  /** What the source threw, apart from yauzl's opinion of the bytes. */
  trouble: unknown;
  private window: Buffer = Buffer.alloc(0);
  private windowStart = 0;

  constructor(source: ArchiveSource) {
    super();
    this.source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    this.slice(position, length).then(
      (bytes) => callback(null, bytes.copy(buffer, offset)),
      (error: Error) => callback(error),
    );
  }

  async uint32(position: number): Promise<number | undefined> {
    const bytes = await this.slice(position, 4);
    return bytes.length === 4 ? bytes.readUInt32LE() : undefined;
  }

  /** Shorter than `length` at the end of the file. */
  private async slice(position: number, length: number): Promise<Buffer> {
    const { size } = this.source;
    const start = Math.min(position, size);
    const end = Math.min(position + length, size);
    if (start < this.windowStart || end > this.windowStart + this.window.length) {
      const windowEnd = Math.min(size, Math.max(end, start + DirectoryReader.windowBytes));
      try {
        const { buffer, byteOffset, length } = await this.source.read(start, windowEnd - start);
        this.window = Buffer.from(buffer, byteOffset, length);
      } catch (error) {
        this.trouble = error;
        throw error;
      }
      this.windowStart = start;
    }
    return this.window.subarray(start - this.windowStart, end - this.windowStart);
  }
}
