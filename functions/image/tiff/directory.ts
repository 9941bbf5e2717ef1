import { Failure } from '../../core/errors.ts';
import { formatByName, startInWords } from '../../core/file-signatures.ts';
import { formatOfBytes, howToConvert } from '../../core/image-names.ts';
import type { Window } from './window.ts';

/** How numbers of the file are stored. Source: TIFF 6.0 section 2; BigTIFF design by Aware Systems. */
export interface Format {
  little: boolean;
  /** BigTIFF: offsets and counts of 8 bytes. */
  big: boolean;
}

/** One entry of a directory; `at` is where its values are in the file. */
export interface Field {
  tag: number;
  type: number;
  /** A number of values, not of bytes. */
  count: number;
  at: number;
}

/** The first field of each tag, as libtiff takes it. */
export interface FieldMap {
  get(tag: number): Field | undefined;
  has(tag: number): boolean;
}

export interface Directory {
  /** Byte of the file where it starts. */
  readonly offset: number;
  readonly fields: FieldMap;
  /** Later fields of a tag that came before: Micro-Manager writes ImageDescription twice. */
  readonly repeated: Field[];
  /** Byte where the next directory starts, 0 after the last. */
  readonly next: number;
  /** Bytes of the directory itself. */
  readonly bytes: number;
  /** Its entries as they are in the file. */
  readonly entries: DataView;
}

/** Bytes a value of each type takes: BYTE ASCII SHORT LONG RATIONAL SBYTE UNDEFINED SSHORT SLONG SRATIONAL FLOAT DOUBLE IFD, LONG8 SLONG8 IFD8. */
export const widths: Record<number, number> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** More entries than any writer makes; tifffile draws the line at the same number. */
const mostEntries = 4096;

/** Reads an unsigned 64-bit number; beyond 2^53 it cannot be an offset in a file and is kept only as "far outside". */
export const u64 = (view: DataView, at: number, little: boolean): number => Number(view.getBigUint64(at, little));

/** Reads the header; `name` of the file says what it was to be. Source: TIFF 6.0 section 2. Throws imageEmpty, imageNotTiff, imageBroken. */
export async function readHeader(window: Window, name?: string): Promise<Format & { first: number }> {
  if (window.size === 0) throw new Failure('imageEmpty', {});
  const start = await window.view(0, Math.min(8, window.size), 'the header');
  const bytes = new Uint8Array(start.buffer, start.byteOffset, start.byteLength);
  const order = latin1(bytes.subarray(0, 2));
  const little = order === 'II';
  const magic = bytes.length < 4 ? 0 : start.getUint16(2, little);
  if ((order !== 'II' && order !== 'MM') || (bytes.length >= 4 && magic !== 42 && magic !== 43)) {
    const first = await window.view(0, Math.min(16, window.size), 'the header');
    const sixteen = new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
    const format = formatOfBytes(sixteen);
    if (format !== undefined) throw new Failure('imageLeftOut', { why: howToConvert(format) });
    throw new Failure('imageNotTiff', { format: formatByName(name), found: startInWords(sixteen) });
  }
  const big = magic === 43;
  if (window.size < (big ? 16 : 8))
    throw new Failure('imageBroken', { detail: `it ends in its header (${window.size} bytes)` });
  const header = await window.view(0, big ? 16 : 8, 'the header');
  if (big && (header.getUint16(4, little) !== 8 || header.getUint16(6, little) !== 0))
    throw new Failure('imageUnsupported', { feature: `BigTIFF with offsets of ${header.getUint16(4, little)} bytes` });
  return { little, big, first: big ? u64(header, 8, little) : header.getUint32(4, little) };
}

const countBytes = (big: boolean): number => (big ? 8 : 2);
const entryBytes = (big: boolean): number => (big ? 20 : 12);
const inlineBytes = (big: boolean): number => (big ? 8 : 4);

/** A directory whose entries are looked up where they lie: a file may have a million of them. */
class StoredDirectory implements Directory, FieldMap {
  readonly offset: number;
  readonly next: number;
  readonly entries: DataView;
  readonly #format: Format;

  constructor(format: Format, offset: number, entries: DataView, next: number) {
    this.#format = format;
    this.offset = offset;
    this.entries = entries;
    this.next = next;
  }

  get fields(): FieldMap {
    return this;
  }

  get bytes(): number {
    return countBytes(this.#format.big) + this.entries.byteLength + inlineBytes(this.#format.big);
  }

  get repeated(): Field[] {
    const seen = new Set<number>();
    const width = entryBytes(this.#format.big);
    return Array.from({ length: this.entries.byteLength / width }, (_, i) => this.#field(i * width)).filter(
      (field) => seen.has(field.tag) || !seen.add(field.tag),
    );
  }

  has(tag: number): boolean {
    return this.#find(tag) !== -1;
  }

  get(tag: number): Field | undefined {
    const at = this.#find(tag);
    return at === -1 ? undefined : this.#field(at);
  }

  #find(tag: number): number {
    const { little, big } = this.#format;
    const width = entryBytes(big);
    for (let at = 0; at < this.entries.byteLength; at += width)
      if (this.entries.getUint16(at, little) === tag) return at;
    return -1;
  }

  /** Values that do not fit into their entry are left in the file. */
  #field(at: number): Field {
    const { little, big } = this.#format;
    const type = this.entries.getUint16(at + 2, little);
    const count = big ? u64(this.entries, at + 4, little) : this.entries.getUint32(at + 4, little);
    const value = at + (big ? 12 : 8);
    const fits = count * (widths[type] ?? 0) <= inlineBytes(big);
    return {
      tag: this.entries.getUint16(at, little),
      type,
      count,
      at: fits
        ? this.offset + countBytes(big) + value
        : big
          ? u64(this.entries, value, little)
          : this.entries.getUint32(value, little),
    };
  }
}

/** Reads the directory at byte `offset`. Source: TIFF 6.0 section 2. */
export async function readDirectory(window: Window, format: Format, offset: number): Promise<Directory> {
  const { little, big } = format;
  const where = `the directory at byte ${offset}`;
  const head = window.viewNow(offset, countBytes(big)) ?? (await window.view(offset, countBytes(big), where));
  const count = big ? u64(head, 0, little) : head.getUint16(0, little);
  if (count === 0) throw new Failure('imageBroken', { detail: `${where} has no entries` });
  if (count > mostEntries) throw new Failure('imageBroken', { detail: `${where} claims ${count} entries` });
  const length = countBytes(big) + count * entryBytes(big);
  const whole = length + inlineBytes(big);
  const view = window.viewNow(offset, whole) ?? (await window.view(offset, whole, where));
  const next = big ? u64(view, length, little) : view.getUint32(length, little);
  return new StoredDirectory(format, offset, window.keep(view, countBytes(big), length), next);
}

/** The values of a field that has numbers in its entry; undefined where they lie elsewhere or are none. */
export function inlineNumber(
  { entries, offset }: Directory,
  { little, big }: Format,
  field: Field,
): number | undefined {
  const at = field.at - offset - countBytes(big);
  if (field.count !== 1 || at < 0 || at + inlineBytes(big) > entries.byteLength) return undefined;
  if (field.type === 3) return entries.getUint16(at, little);
  if (field.type === 4) return entries.getUint32(at, little);
  return field.type === 16 && big ? u64(entries, at, little) : undefined;
}

/**
 * Whether two directories have the same entries and, for `relevant` tags, the same values; false also where those do not are in
 * the entries.
 */
export function sameFields(
  a: Directory,
  b: Directory,
  { little, big }: Format,
  relevant: ReadonlySet<number>,
): boolean {
  const [one, other] = [a.entries, b.entries];
  if (one.byteLength !== other.byteLength) return false;
  const width = entryBytes(big);
  for (let at = 0; at < one.byteLength; at += width) {
    if (one.getUint32(at) !== other.getUint32(at)) return false; // tag and type
    const number = one.getUint16(at, little);
    if (!relevant.has(number)) continue;
    for (let word = at + 4; word < at + width; word += 4)
      if (one.getUint32(word) !== other.getUint32(word)) return false;
    const count = big ? u64(one, at + 4, little) : one.getUint32(at + 4, little);
    if (count * (widths[one.getUint16(at + 2, little)] ?? 0) > inlineBytes(big)) return false;
  }
  return true;
}

/** Bytes as the first 256 characters of Unicode. Without Buffer: the page reads headers with this file too. */
export function latin1(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join('');
}
