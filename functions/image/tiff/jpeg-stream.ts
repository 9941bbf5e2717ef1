import { Failure } from '../../core/errors.ts';

/** What a stream says of itself. */
export interface Frame {
  width: number;
  height: number;
  /** Of one sample. */
  bits: number;
  components: number;
}

/** How the JPEG streams of a page are read. */
export interface JpegOptions {
  /** The JPEGTables tag: what all strips share. */
  tables?: Uint8Array;
  /** The three components are red, green and blue, whatever a decoder would guess; not where the stream is JFIF. */
  rgb?: boolean;
}

const broken = (name: string, detail: string) =>
  new Failure('imageBroken', { detail: `${name} is no JPEG stream (${detail})` });

/** Markers without a length: restarts, start and end. */
const isBare = (marker: number): boolean => (marker >= 0xd0 && marker <= 0xd9) || marker === 1;
/** Frames that libjpeg-turbo decodes to 8 bits: baseline, extended and progressive, with Huffman codes. */
const readable: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** Says that components are stored as they are (transform 0). Source: Adobe technical note 5116, "Adobe marker". */
const adobeRgb = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);

/**
 * One whole stream of a strip or tile, with its frame. Source: ITU T.81 annex B; TIFF technical note 2, "JPEGTables": the strip
 * leaves out what the tables hold. Throws imageBroken, and imageUnsupported for frames that are not read.
 */
export function jpegStream(
  input: Uint8Array,
  { tables, rgb = false }: JpegOptions,
  name: string,
): { stream: Uint8Array; frame: Frame } {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (input.length < 4 || view.getUint16(0) !== 0xffd8) throw broken(name, 'it does not start as one');
  const parts: Uint8Array[] = [input.subarray(0, 2)];
  if (tables !== undefined && tables.length > 4)
    parts.push(tables.subarray(2, tables.length - (endsStream(tables) ? 2 : 0)));
  let jfif = false;
  let frame: Frame | undefined;
  const kept: Uint8Array[] = [];
  let at = 2;
  for (;;) {
    if (at + 4 > input.length) throw broken(name, 'it ends before its pixels');
    if (input[at] !== 0xff) throw broken(name, `no marker at byte ${at}`);
    const marker = input[at + 1]!;
    if (marker === 0xff || isBare(marker)) {
      at += marker === 0xff ? 1 : 2; // a marker may be preceded by fill bytes
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (marker === 0xda) break;
    if (end > input.length) throw broken(name, `a marker of byte ${at} goes beyond its end`);
    if (marker === 0xe0 && String.fromCharCode(...input.subarray(at + 4, at + 8)) === 'JFIF') jfif = true;
    if (isFrame(marker)) frame = frameAt(view, at, end, marker, name);
    if (marker !== 0xee || !rgb) kept.push(input.subarray(at, end));
    at = end;
  }
  if (frame === undefined) throw broken(name, 'it has no frame');
  refuseManyScans(input.subarray(at), name);
  if (rgb && !jfif && frame.components === 3) parts.push(adobeRgb);
  return { stream: joined([...parts, ...kept, input.subarray(at)]), frame };
}

/**
 * Scans of a few bytes, each of which makes a decoder walk over the whole image. libjpeg's own progressive files have 10
 * (jcparam.c), one for each component and bit of a coefficient would be 3 x 14.
 */
const mostScans = 100;

/** `scans`: from the first one on. What is behind the end of the image does not count: phones put films there. */
function refuseManyScans(scans: Uint8Array, name: string): void {
  const view = new DataView(scans.buffer, scans.byteOffset, scans.byteLength); // no Buffer: the page reads JPEG too
  let count = 0;
  for (let at = scans.indexOf(0xff); at >= 0 && at + 4 <= scans.length; at = scans.indexOf(0xff, at)) {
    const marker = scans[at + 1]!;
    if (marker === 0xd9) return;
    if (marker === 0xff) at += 1;
    else if (marker < 0xc0 || isBare(marker))
      at += 2; // reserved ones too: a decoder that seeks a restart passes over them alone
    else {
      if (marker === 0xda && ++count > mostScans)
        throw new Failure('imageUnsupported', { feature: `${name} is JPEG of more than ${mostScans} scans` });
      at += 2 + view.getUint16(at + 2);
    }
  }
}

const endsStream = (bytes: Uint8Array): boolean => bytes.at(-2) === 0xff && bytes.at(-1) === 0xd9;

function frameAt(view: DataView, at: number, end: number, marker: number, name: string): Frame {
  if (!readable.has(marker))
    throw new Failure('imageUnsupported', {
      feature: `${name} is ${marker === 0xc3 ? 'lossless JPEG' : `JPEG of frame type ${marker - 0xc0}`}`,
    });
  if (end < at + 10) throw broken(name, 'its frame is cut off');
  const bits = view.getUint8(at + 4);
  if (bits !== 8) throw new Failure('imageUnsupported', { feature: `${name} is JPEG of ${bits} bits` });
  return { bits, height: view.getUint16(at + 5), width: view.getUint16(at + 7), components: view.getUint8(at + 9) };
}

/** All parts one after the other. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** A JPEG 2000 codestream begins within so many bytes, also in the boxes of a JP2 file. */
const boxBytes = 4096;
const mostComponents = 4;

/** Where SOC and SIZ follow each other; -1: nowhere. */
const codestreamAt = (input: Uint8Array): number =>
  input
    .subarray(0, boxBytes - 3)
    .findIndex((_, i) => [0xff, 0x4f, 0xff, 0x51].every((byte, k) => input[i + k] === byte));

/** The stream as it is, with its frame. Source: ITU T.800 annex A.5.1 (SIZ). */
export function jpeg2000Stream(input: Uint8Array, name: string): { stream: Uint8Array; frame: Frame } {
  const at = codestreamAt(input);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  if (at === -1 || at + 42 > input.length)
    throw new Failure('imageBroken', { detail: `${name} is no JPEG 2000 stream (it does not start as one)` });
  const word = (offset: number) => view.getUint32(at + offset);
  const components = view.getUint16(at + 40);
  if (components < 1 || components > mostComponents || at + 42 + 3 * components > input.length)
    throw new Failure('imageUnsupported', { feature: `${name} is JPEG 2000 of ${components} components` });
  const [first, ...others] = Array.from({ length: components }, (_, i) => {
    const own = at + 42 + 3 * i;
    return [view.getUint8(own), view.getUint8(own + 1), view.getUint8(own + 2)] as const;
  });
  if (first!.join() !== `${first![0]},1,1` || others.some((other) => other.join() !== first!.join()))
    throw new Failure('imageUnsupported', { feature: `${name} is JPEG 2000 with components of different sizes` });
  if (first![0] & 0x80) throw new Failure('imageUnsupported', { feature: `${name} is JPEG 2000 with signed samples` });
  const frame = { width: word(8) - word(16), height: word(12) - word(20), bits: first![0] + 1, components };
  // tiles of a few pixels would make a decoder work without an end
  const tiles = Math.ceil(word(8) / Math.max(1, word(24))) * Math.ceil(word(12) / Math.max(1, word(28)));
  if (tiles > input.length)
    throw new Failure('imageBroken', { detail: `${name} claims ${tiles} tiles in ${input.length} bytes` });
  return { stream: input, frame };
}
