import { Failure } from '../../../functions/core/errors.ts';
import { mostRoiBytes } from '../../../functions/core/regions-file.ts';
import type { ByteSource } from '../../../functions/image/image.ts';
import { type Roi, readRoi } from '../../../functions/regions/roi-file.ts';
import { inflate } from '../browser/inflate.ts';
import { crc32 } from '../browser/node-parts.ts';

/*
 * The zip of Fiji's ROI Manager, read in the browser: up to 65,535 small files, stored or deflated. The sizes are those of the
 * central directory, which comes last (APPNOTE 4.3.12, 4.3.16).
 */

const endBytes = 22;
const longestComment = 0xffff;
const signature = { end: 0x06054b50, entry: 0x02014b50, local: 0x04034b50 };
const method = { stored: 0, deflated: 8 };

interface Entry {
  name: string;
  method: number;
  crc: number;
  packedBytes: number;
  bytes: number;
  offset: number;
}

/** Throws `regionsUnreadable`, of more than `most` ROIs too. */
export async function readRoiZip(source: ByteSource, file: string, most: number): Promise<Roi[]> {
  const broken = (detail: string, cause?: unknown) => new Failure('regionsUnreadable', { file, detail }, { cause });
  if (source.size > mostRoiBytes) throw broken(`it has ${source.size} bytes, at most ${mostRoiBytes} are read`);
  try {
    const zip = new DataView((await source.read(0, source.size)).buffer as ArrayBuffer);
    const entries = entriesOf(zip).filter(({ name }) => isRoi(name));
    if (entries.length > most) throw broken(`it has ${entries.length} ROIs, at most ${most} are read`);
    if (entries.reduce((sum, { bytes }) => sum + bytes, 0) > mostRoiBytes)
      throw broken(`its files have more than ${mostRoiBytes} bytes`);
    const rois: Roi[] = [];
    for (const entry of entries) rois.push(readRoi(await unpacked(zip, entry), `${file}, ${entry.name}`));
    return rois;
  } catch (error) {
    if (error instanceof RangeError) throw broken('it is cut off', error); // beyond the end of the view
    if (error instanceof BrokenZip) throw broken(error.message, error);
    throw error;
  }
}

class BrokenZip extends Error {}

/** Finder adds files of its own to a zip. */
const isRoi = (name: string): boolean => /\.roi$/i.test(name) && !/(^|\/)(\._|__MACOSX\/)/.test(name);

function entriesOf(zip: DataView): Entry[] {
  const end = endOf(zip);
  const count = zip.getUint16(end + 10, true);
  let at = zip.getUint32(end + 16, true);
  const entries: Entry[] = [];
  for (let i = 0; i < count; i++) {
    if (zip.getUint32(at, true) !== signature.entry) throw new BrokenZip('its directory is damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => zip.getUint16(at + field, true));
    const [crc, packedBytes, bytes, offset] = [16, 20, 24, 42].map((field) => zip.getUint32(at + field, true));
    entries.push({
      name: new TextDecoder().decode(part(zip, at + 46, nameBytes!)),
      method: zip.getUint16(at + 10, true),
      ...{ crc: crc!, packedBytes: packedBytes!, bytes: bytes!, offset: offset! },
    });
    at += 46 + nameBytes! + extraBytes! + commentBytes!;
  }
  return entries;
}

/** Where the record at the end of a zip begins, before a comment of any length. */
function endOf(zip: DataView): number {
  const first = Math.max(0, zip.byteLength - endBytes - longestComment);
  for (let at = zip.byteLength - endBytes; at >= first; at--)
    if (zip.getUint32(at, true) === signature.end && at + endBytes + zip.getUint16(at + 20, true) === zip.byteLength)
      return at;
  throw new BrokenZip('it is no whole zip');
}

async function unpacked(
  zip: DataView,
  { name, method: by, crc, packedBytes, bytes, offset }: Entry,
): Promise<Uint8Array> {
  if (zip.getUint32(offset, true) !== signature.local) throw new BrokenZip(`the head of ${name} is damaged`);
  const start = offset + 30 + zip.getUint16(offset + 26, true) + zip.getUint16(offset + 28, true);
  const packed = part(zip, start, packedBytes);
  if (by !== method.stored && by !== method.deflated)
    throw new BrokenZip(`${name} is compressed in a way that is not read`);
  const found = by === method.stored ? packed : await inflated(packed, bytes, name);
  if (found.length !== bytes || crc32(found) !== crc) throw new BrokenZip(`the checksum of ${name} is wrong`);
  return found;
}

async function inflated(packed: Uint8Array<ArrayBuffer>, bytes: number, name: string): Promise<Uint8Array> {
  try {
    return await inflate(packed, { maxOutputLength: bytes }, 'deflate-raw');
  } catch (error) {
    throw new BrokenZip(`${name} is damaged`, { cause: error });
  }
}

/** A copy. Throws RangeError where there are fewer bytes. */
function part(zip: DataView, start: number, length: number): Uint8Array<ArrayBuffer> {
  if (start + length > zip.byteLength) throw new RangeError(`${start}+${length}`);
  return new Uint8Array((zip.buffer as ArrayBuffer).slice(zip.byteOffset + start, zip.byteOffset + start + length));
}
