import type { ZipEntry } from '../../archive/zip-directory.ts';
import { entryChunks, entrySpan, stored, storedRange } from '../../archive/zip-entry.ts';
import { Failure } from '../../core/errors.ts';
import type { ObjectRef } from '../../core/object-keys.ts';
import type { ObjectStore } from '../../ports/object-store.ts';

export type Chunks = AsyncIterable<Uint8Array>;
/** Opened by whoever reads it, so that nothing is left open when it is not read. */
export type OpenSpan = () => Chunks | Promise<Chunks>;

/** Why the archive's entry is bad; undefined when it was written. What is the service's trouble is thrown. */
type Verdict = Promise<Failure | undefined>;

/** Writes one image from the bytes of its entry's span. */
export async function writeEntry(entry: ZipEntry, open: OpenSpan, ref: ObjectRef, objects: ObjectStore): Verdict {
  let bad: Failure | undefined;
  const body = async function* () {
    try {
      yield* entryChunks(entry, await open());
    } catch (error) {
      if (isBad(error)) bad = error;
      throw error;
    }
  };
  try {
    await objects.put(ref, body(), { crc32: entry.crc32, bytes: entry.bytes });
    return undefined;
  } catch (error) {
    return bad ?? wrongChecksum(error);
  }
}

/** Does the store copy it from the archive without its bytes coming here? */
export const isCopied = ({ method, bytes }: ZipEntry, { copiesFrom }: ObjectStore): boolean =>
  method === stored && copiesFrom !== undefined && bytes >= copiesFrom;

/** As writeEntry: only the header is read, and the store holds what it copies against the checksum of the directory. */
export async function copyEntry(entry: ZipEntry, archive: ObjectRef, ref: ObjectRef, objects: ObjectStore): Verdict {
  try {
    const range = await storedRange(entry, headerChunks(entry, archive, objects));
    await objects.compose(ref, [{ from: archive, range, crc32: entry.crc32 }]);
    return undefined;
  } catch (error) {
    return isBad(error) ? error : wrongChecksum(error);
  }
}

/** Holds nearly every local header; the others take one more request. */
const usualHeaderBytes = 512;

async function* headerChunks(entry: ZipEntry, archive: ObjectRef, objects: ObjectStore): AsyncGenerator<Uint8Array> {
  const { start, end } = entrySpan(entry);
  const most = end - entry.packedBytes;
  const usual = Math.min(most, start + usualHeaderBytes);
  yield* await objects.get(archive, { start, end: usual });
  yield* await objects.get(archive, { start: usual, end: most });
}

const isBad = (error: unknown): error is Failure => error instanceof Failure && error.code.startsWith('archive');

function wrongChecksum(error: unknown): Failure {
  if (error instanceof Failure && error.code === 'objectCorrupt')
    return new Failure(
      'archiveBroken',
      { detail: 'its bytes do not have the CRC-32 that the zip states' },
      { cause: error },
    );
  throw error;
}
