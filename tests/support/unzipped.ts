import { readZipDirectory } from '../../functions/archive/zip-directory.ts';
import { entryChunks, entrySpan } from '../../functions/archive/zip-entry.ts';
import { bytesOf } from './bytes.ts';

/** The files of a zip by their names. */
export async function unzipped(zip: Buffer): Promise<Map<string, Buffer>> {
  const read = async function* (start: number, end: number) {
    yield zip.subarray(start, end);
  };
  const source = { size: zip.length, read: async (at: number, length: number) => zip.subarray(at, at + length) };
  const files = new Map<string, Buffer>();
  for (const entry of await readZipDirectory(source)) {
    const span = entrySpan(entry);
    files.set(entry.name!, await bytesOf(entryChunks(entry, read(span.start, span.end))));
  }
  return files;
}
