import { Failure } from '../../core/errors.ts';
import { type Field, type Format, latin1, u64, widths } from './directory.ts';
import { tagName } from './tags.ts';
import type { Window } from './window.ts';

/** The first `most` values of a field, all of which are in the file. */
async function valueView(window: Window, field: Field, most: number): Promise<{ view: DataView; width: number }> {
  const width = widths[field.type];
  if (width === undefined)
    throw new Failure('imageBroken', { detail: `${tagName(field.tag)} has the unknown type ${field.type}` });
  const whole = field.count * width;
  // what lies outside is refused with all its values
  const length = field.at + whole > window.size ? whole : Math.min(whole, most * width);
  return { view: await window.view(field.at, length, `${tagName(field.tag)}`), width };
}

/** The first `most` values of a field as numbers; rationals as quotients. Throws imageBroken for text and for what lies outside the file. */
export async function numbers(
  window: Window,
  { little }: Format,
  field: Field,
  most = Number.POSITIVE_INFINITY,
): Promise<Float64Array> {
  if (field.type === 2 || field.type === 7)
    throw new Failure('imageBroken', { detail: `${tagName(field.tag)} has the type ${field.type}, not numbers` });
  const { view, width } = await valueView(window, field, most);
  const values = new Float64Array(Math.min(field.count, most));
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
  const { view } = await valueView(window, field, Number.POSITIVE_INFINITY);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
}

/** The text of a field, as decodeText takes it. */
export async function text(window: Window, field: Field): Promise<string> {
  return decodeText(await rawBytes(window, field));
}

/**
 * Text up to its first NUL: UTF-16 where it starts so (XML may be written in it), else UTF-8 where it is valid, else Latin-1 (a
 * lone µ in ImageJ's unit).
 */
export function decodeText(bytes: Uint8Array): string {
  const [a, b] = bytes;
  if ((a === 0xff && b === 0xfe) || (a === 0x3c && b === 0)) return untilNul(new TextDecoder('utf-16le').decode(bytes));
  if ((a === 0xfe && b === 0xff) || (a === 0 && b === 0x3c)) return untilNul(new TextDecoder('utf-16be').decode(bytes));
  const end = bytes.indexOf(0);
  const used = end === -1 ? bytes : bytes.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(used);
  } catch {
    return latin1(used);
  }
}

const untilNul = (text: string): string => {
  const end = text.indexOf('\0');
  return end === -1 ? text : text.slice(0, end);
};
