import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import { readZipDirectory, type ZipEntry, zipLimits } from '../archive/zip-directory.ts';
import { entryChunks, entryRefusal, entrySpan } from '../archive/zip-entry.ts';
import { Failure } from '../core/errors.ts';
import { mostRoiBytes } from '../core/regions-file.ts';
import type { ByteSource } from '../image/image.ts';
import { type Roi, readRoi } from './roi-file.ts';

/** ROIs of one image: more are objects, not regions, and would make a table of their own of each image. */
export const mostRegions = 1000;

/** The ROIs of a zip as Fiji's ROI Manager saves it, one a file, called by their files. Throws `regionsUnreadable`, of more than `most` too. */
export async function readRoiSet(source: ByteSource, file: string, most = mostRegions): Promise<Roi[]> {
  try {
    const limits = { ...zipLimits, entries: 10 * most, totalBytes: mostRoiBytes };
    const entries = (await readZipDirectory(source, limits)).filter(
      ({ kind, name }) => kind !== 'directory' && isRoi(name),
    );
    if (entries.length > most)
      throw new Failure('regionsUnreadable', {
        file,
        detail: `it has ${entries.length} ROIs, at most ${most} are read`,
      });
    const rois: Roi[] = [];
    for (const entry of entries) {
      const name = entry.name!.slice(entry.name!.lastIndexOf('/') + 1, -'.roi'.length);
      rois.push({ ...readRoi(await unpacked(entry, source), `${file}, ${entry.name}`), name });
    }
    return rois;
  } catch (error) {
    if (!(error instanceof Failure) || !error.code.startsWith('archive')) throw error;
    throw new Failure('regionsUnreadable', { file, detail: error.message }, { cause: error });
  }
}

/** Finder adds files of its own to a zip. */
const isRoi = (name: string | undefined): boolean =>
  name !== undefined && /\.roi$/i.test(name) && !/(^|\/)(\._|__MACOSX\/)/.test(name);

async function unpacked(entry: ZipEntry, source: ByteSource): Promise<Uint8Array> {
  const refused = entryRefusal(entry);
  if (refused !== undefined) throw refused;
  const { start, end } = entrySpan(entry);
  const span = await source.read(start, end - start);
  const bytes = await buffer(entryChunks(entry, once(span)));
  if (crc32(bytes) !== entry.crc32)
    throw new Failure('archiveBroken', { detail: `the checksum of ${entry.name} is wrong` });
  return bytes;
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
  yield chunk;
}
