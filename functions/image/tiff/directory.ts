import { Failure } from '../../core/errors.ts';
import type { ByteSource } from '../image.ts';
import { tagName } from './tags.ts';

/** How numbers of the file are stored. Source: TIFF 6.0 section 2; BigTIFF design by Aware Systems. */
export interface Format {
  little: boolean;
  /** BigTIFF: offsets and counts of 8 bytes. */
  big: boolean;
}

/** One entry of a directory; `at` is where its values lie in the file. */
export interface Field {
  tag: number;
  type: number;
  /** A number of values, not of bytes. */
  count: number;
  at: number;
}

export interface Directory {
  /** Byte of the file where it starts. */
  offset: number;
  /** The first field of each tag, as libtiff takes it. */
  fields: Map<number, Field>;
  /** Later fields of a tag that came before: Micro-Manager writes ImageDescription twice. */
  repeated: Field[];
  /** Byte where the next directory starts, 0 after the last. */
  next: number;
  /** Bytes of the directory itself. */
  bytes: number;
}

/** Bytes a value of each type takes: BYTE ASCII SHORT LONG RATIONAL SBYTE UNDEFINED SSHORT SLONG SRATIONAL FLOAT DOUBLE IFD, LONG8 SLONG8 IFD8. */
const widths: Record<number, number> = {
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

/** Small reads of neighbouring bytes are served from one window, so that a file of many directories is not read in crumbs. */
export interface Window {
  readonly size: number;
  /** A view that must not be changed and is valid now only. `what` names it in the failure when it lies outside the file. */
  view(offset: number, length: number, what: string): Promise<DataView>;
}

export function windowOver(source: ByteSource, ahead = 1 << 14): Window {
  let start = 0;
  let held = new Uint8Array(0);
  return {
    size: source.size,
    async view(offset, length, what) {
      if (!(offset >= 0 && length >= 0 && offset + length <= source.size))
        throw new Failure('imageBroken', {
          detail: `${what} lies outside the file (bytes ${offset} to ${offset + length} of ${source.size})`,
        });
      if (offset < start || offset + length > start + held.length) {
        const wanted = Math.max(length, Math.min(ahead, source.size - offset));
        const bytes = await source.read(offset, wanted);
        if (length > ahead) return new DataView(bytes.buffer, bytes.byteOffset, length); // too large to keep
        held = bytes as Uint8Array<ArrayBuffer>;
        start = offset;
      }
      return new DataView(held.buffer, held.byteOffset + offset - start, length);
    },
  };
}

/** Reads an unsigned 64-bit number; beyond 2^53 it cannot be a place in a file and is kept only as "far outside". */
const u64 = (view: DataView, at: number, little: boolean): number => Number(view.getBigUint64(at, little));

/** Reads the header. Source: TIFF 6.0 section 2. Throws imageEmpty, imageNotTiff, imageBroken. */
export async function readHeader(window: Window): Promise<Format & { first: number }> {
  if (window.size === 0) throw new Failure('imageEmpty', {});
  const start = await window.view(0, Math.min(8, window.size), 'the header');
  const bytes = new Uint8Array(start.buffer, start.byteOffset, start.byteLength);
  const order = latin1(bytes.subarray(0, 2));
  const little = order === 'II';
  const magic = bytes.length < 4 ? 0 : start.getUint16(2, little);
  if ((order !== 'II' && order !== 'MM') || (bytes.length >= 4 && magic !== 42 && magic !== 43))
    throw new Failure('imageNotTiff', {
      found: /^[\x20-\x7e]+$/.test(latin1(bytes.subarray(0, 4)))
        ? `"${latin1(bytes.subarray(0, 4))}"`
        : `bytes ${Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, '0')).join('')}`,
    });
  const big = magic === 43;
  if (window.size < (big ? 16 : 8))
    throw new Failure('imageBroken', { detail: `it ends in its header (${window.size} bytes)` });
  const header = await window.view(0, big ? 16 : 8, 'the header');
  if (big && (header.getUint16(4, little) !== 8 || header.getUint16(6, little) !== 0))
    throw new Failure('imageUnsupported', { feature: `BigTIFF with offsets of ${header.getUint16(4, little)} bytes` });
  return { little, big, first: big ? u64(header, 8, little) : header.getUint32(4, little) };
}

/** Reads the directory at byte `offset`. Values that do not fit into their entry are left in the file. Source: TIFF 6.0 section 2. */
export async function readDirectory(window: Window, { little, big }: Format, offset: number): Promise<Directory> {
  const where = `the directory at byte ${offset}`;
  const countWidth = big ? 8 : 2;
  const entryWidth = big ? 20 : 12;
  const inline = big ? 8 : 4;
  const head = await window.view(offset, countWidth, where);
  const entries = big ? u64(head, 0, little) : head.getUint16(0, little);
  if (entries === 0) throw new Failure('imageBroken', { detail: `${where} has no entries` });
  if (entries > mostEntries) throw new Failure('imageBroken', { detail: `${where} claims ${entries} entries` });
  const length = countWidth + entries * entryWidth;
  const view = await window.view(offset, length + inline, where);
  const fields = new Map<number, Field>();
  const repeated: Field[] = [];
  for (let at = countWidth; at < length; at += entryWidth) {
    const type = view.getUint16(at + 2, little);
    const count = big ? u64(view, at + 4, little) : view.getUint32(at + 4, little);
    const value = at + (big ? 12 : 8);
    const fits = count * (widths[type] ?? 0) <= inline;
    const field: Field = {
      tag: view.getUint16(at, little),
      type,
      count,
      at: fits ? offset + value : big ? u64(view, value, little) : view.getUint32(value, little),
    };
    if (fields.has(field.tag)) repeated.push(field);
    else fields.set(field.tag, field);
  }
  const next = big ? u64(view, length, little) : view.getUint32(length, little);
  return { offset, fields, repeated, next, bytes: length + inline };
}

async function valueView(window: Window, field: Field): Promise<{ view: DataView; width: number }> {
  const width = widths[field.type];
  if (width === undefined)
    throw new Failure('imageBroken', { detail: `${tagName(field.tag)} has the unknown type ${field.type}` });
  return { view: await window.view(field.at, field.count * width, `${tagName(field.tag)}`), width };
}

/** All values of a field as numbers; rationals as quotients. Throws imageBroken for text and for what lies outside the file. */
export async function numbers(window: Window, { little }: Format, field: Field): Promise<Float64Array> {
  if (field.type === 2 || field.type === 7)
    throw new Failure('imageBroken', { detail: `${tagName(field.tag)} has the type ${field.type}, not numbers` });
  const { view, width } = await valueView(window, field);
  const values = new Float64Array(field.count);
  const one = reader(field.type);
  for (let i = 0; i < values.length; i++) values[i] = one(view, i * width, little);
  return values;
}

function reader(type: number): (view: DataView, at: number, little: boolean) => number {
  switch (type) {
    case 1:
      return (view, at) => view.getUint8(at);
    case 3:
      return (view, at, little) => view.getUint16(at, little);
    case 4:
    case 13:
      return (view, at, little) => view.getUint32(at, little);
    case 5:
      return (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little);
    case 6:
      return (view, at) => view.getInt8(at);
    case 8:
      return (view, at, little) => view.getInt16(at, little);
    case 9:
      return (view, at, little) => view.getInt32(at, little);
    case 10:
      return (view, at, little) => view.getInt32(at, little) / view.getInt32(at + 4, little);
    case 11:
      return (view, at, little) => view.getFloat32(at, little);
    case 12:
      return (view, at, little) => view.getFloat64(at, little);
    case 17:
      return (view, at, little) => Number(view.getBigInt64(at, little));
    default:
      return u64;
  }
}

/** The bytes of a field, whatever its type; a copy. */
export async function rawBytes(window: Window, field: Field): Promise<Uint8Array> {
  const { view } = await valueView(window, field);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** The text of a field up to its first NUL: UTF-8 where it is valid, else Latin-1 (a lone µ in ImageJ's unit). */
export async function text(window: Window, field: Field): Promise<string> {
  const bytes = await rawBytes(window, field);
  const end = bytes.indexOf(0);
  const used = end === -1 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(used);
  } catch {
    return latin1(used);
  }
}

/** Bytes as the first 256 characters of Unicode. Without Buffer: the page reads headers with this file too. */
function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
