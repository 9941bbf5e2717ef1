import { Failure } from '../core/errors.ts';
import type { ByteSource } from './image.ts';

/** Formats that are read beside TIFF: their file is the one strip of a TIFF page. */
export type OtherFormat = 'PNG' | 'JPEG';

/** Field types of TIFF 6.0 section 2. */
const short = 3;
const long = 4;
type Entry = readonly [tag: number, type: number, ...values: number[]];

const pngSignature = '89504e470d0a1a0a';
/** Source: PNG specification, third edition, 11.2.1: samples a pixel by colour type; 3 is a palette. */
const pngSamples: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** More pieces of metadata than any program writes before its picture: each is a read. */
const mostMarkers = 1000;

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The format of a file that is PNG or JPEG by its first bytes. */
export async function otherFormat(source: ByteSource): Promise<OtherFormat | undefined> {
  if (source.size < 8) return undefined;
  const start = hex(await source.read(0, 8));
  return start === pngSignature ? 'PNG' : start.startsWith('ffd8ff') ? 'JPEG' : undefined;
}

/**
 * The same file with a TIFF header before it, whose one strip it is: TIFF has both formats as compressions (7 and 34933), so that
 * one reader judges, decodes and reports them all. Orientation and density of the file are left aside, as in TIFF. Throws
 * imageBroken and imageUnsupported.
 */
export async function asTiff(source: ByteSource, format: OtherFormat): Promise<ByteSource> {
  if (source.size >= 2 ** 32 - 2 ** 16)
    throw new Failure('imageTooLarge', { detail: `a ${format} file of ${source.size} bytes` });
  const entries = format === 'PNG' ? await pngEntries(source) : await jpegEntries(source);
  return after(header(entries, source.size), source);
}

async function pngEntries(source: ByteSource): Promise<Entry[]> {
  if (source.size < 33) throw new Failure('imageBroken', { detail: 'a PNG file that ends in its header' });
  const view = viewOf(await source.read(8, 25));
  const [bits, colour, interlaced] = [view.getUint8(16), view.getUint8(17), view.getUint8(20)];
  const samples = pngSamples[colour];
  if (view.getUint32(4) !== 0x49484452 || samples === undefined || ![1, 2, 4, 8, 16].includes(bits))
    throw new Failure('imageBroken', { detail: 'a PNG file without a valid header' });
  if (interlaced !== 0) throw new Failure('imageUnsupported', { feature: 'an interlaced PNG' });
  const palette = colour === 3 ? await pngPalette(source, bits) : undefined;
  return [
    ...size(view.getUint32(8), view.getUint32(12)),
    [258, short, ...new Array<number>(samples).fill(bits)],
    [259, short, 34933],
    [262, short, palette ? 3 : samples >= 3 ? 2 : 1],
    [277, short, samples],
    ...(palette ? [[320, short, ...palette] as const] : []),
    ...(samples === 2 || samples === 4 ? [[338, short, 2] as const] : []), // alpha
  ];
}

/** Colours as a ColorMap has them: reds, greens, blues of 16 bits, 2^bits each. */
async function pngPalette(source: ByteSource, bits: number): Promise<number[]> {
  let at = 33;
  for (let chunks = 0; chunks < mostMarkers && at + 12 <= source.size; chunks++) {
    const head = viewOf(await source.read(at, 8));
    const [length, kind] = [head.getUint32(0), head.getUint32(4)];
    if (kind === 0x49444154 || at + 12 + length > source.size) break; // IDAT
    if (kind === 0x504c5445) {
      const colours = await source.read(at + 8, Math.min(length, 3 * 2 ** bits));
      return [0, 1, 2].flatMap((sample) =>
        Array.from({ length: 2 ** bits }, (_, i) => 257 * (colours[3 * i + sample] ?? 0)),
      );
    }
    at += 12 + length;
  }
  throw new Failure('imageBroken', { detail: 'a PNG file without its palette' });
}

async function jpegEntries(source: ByteSource): Promise<Entry[]> {
  let at = 2;
  for (let markers = 0; markers < mostMarkers && at + 10 <= source.size; markers++) {
    const view = viewOf(await source.read(at, 10));
    const marker = view.getUint8(1);
    if (view.getUint8(0) !== 0xff) break;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      const samples = view.getUint8(9);
      if (samples !== 1 && samples !== 3)
        throw new Failure('imageUnsupported', { feature: `a JPEG of ${samples} components` });
      return [
        ...size(view.getUint16(7), view.getUint16(5)),
        [258, short, ...new Array<number>(samples).fill(view.getUint8(4))],
        [259, short, 7],
        [262, short, samples === 3 ? 6 : 1],
        [277, short, samples],
      ];
    }
    at += marker === 0xff ? 1 : 2 + view.getUint16(2);
  }
  throw new Failure('imageBroken', { detail: 'a JPEG file that ends before its picture' });
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const size = (width: number, height: number): Entry[] => [
  [256, long, width],
  [257, long, height],
];

/** A big-endian TIFF of one directory (PNG's samples are big-endian), its strip right behind it. */
function header(entries: readonly Entry[], stripBytes: number): Uint8Array {
  const rows = entries.find(([tag]) => tag === 257)![2]!;
  const all: Entry[] = [...entries, [278, long, rows], [279, long, stripBytes], [273, long, 0]];
  const widths = (type: number) => (type === short ? 2 : 4);
  const lengthOf = ([, type, ...values]: Entry) =>
    values.length * widths(type) > 4 ? values.length * widths(type) : 0;
  const start = 8 + 2 + 12 * all.length + 4;
  const total = all.reduce((sum, entry) => sum + lengthOf(entry), start);
  const view = new DataView(new ArrayBuffer(total));
  view.setUint32(0, 0x4d4d002a);
  view.setUint32(4, 8);
  view.setUint16(8, all.length);
  let free = start;
  for (const [i, entry] of all.entries()) {
    const [tag, type, ...values] = entry;
    const at = 10 + 12 * i;
    view.setUint16(at, tag);
    view.setUint16(at + 2, type);
    view.setUint32(at + 4, values.length);
    let to = at + 8;
    if (lengthOf(entry) > 0) {
      view.setUint32(to, free);
      to = free;
      free += lengthOf(entry);
    }
    for (const [v, value] of (tag === 273 ? [total] : values).entries())
      if (type === short) view.setUint16(to + 2 * v, value);
      else view.setUint32(to + 4 * v, value);
  }
  return new Uint8Array(view.buffer);
}

/** A source with some bytes before another's. */
function after(head: Uint8Array, source: ByteSource): ByteSource {
  const length = head.length;
  return {
    size: length + source.size,
    async read(offset, count) {
      if (!(offset >= 0 && count >= 0 && offset + count <= length + source.size))
        throw new RangeError(`bytes ${offset}..${offset + count} of ${length + source.size}`);
      if (offset >= length) return source.read(offset - length, count);
      const bytes = new Uint8Array(count);
      bytes.set(head.subarray(offset, offset + count));
      const own = Math.min(count, length - offset);
      if (own < count) bytes.set(await source.read(0, count - own), own);
      return bytes;
    },
  };
}
