import { promisify } from 'node:util';
import { crc32, deflate } from 'node:zlib';

const compress = promisify(deflate);
const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
/** Colour type by samples a pixel: grey, grey with alpha, RGB, RGBA. */
const colourTypes: Record<number, number> = { 1: 0, 2: 4, 3: 2, 4: 6 };
/** Filter types. Source: PNG specification, third edition, section 9. */
const none = 0;
const up = 2;

/** A plane of 8-bit samples: rows x columns x samples, row-major, interleaved. */
export interface PngImage {
  height: number;
  width: number;
  /** 1 grey, 2 grey with alpha, 3 RGB, 4 RGB with alpha. */
  samples: number;
  type?: 'uint8';
  data: Uint8Array;
}

export interface PngOptions {
  /** Of compression, 0 to 9. */
  level?: number;
  /** Pixels an inch, for programs that place pictures on paper. */
  perInch?: number;
}

/** Encodes an image as PNG, not interlaced; the same image gives the same bytes. Throws RangeError where it is no such image. */
export async function encodePng(
  { height, width, samples, data }: PngImage,
  { level = 6, perInch }: PngOptions = {},
): Promise<Uint8Array> {
  const colourType = colourTypes[samples];
  if (colourType === undefined || height < 1 || width < 1 || data.length !== height * width * samples)
    throw new RangeError(`no PNG: ${width} x ${height} pixels, ${samples} samples each, ${data.length} in all`);
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8); // bits a sample
  header.setUint8(9, colourType);
  const rows = filterRows(data, height, width * samples);
  return Buffer.concat([
    signature,
    chunk('IHDR', new Uint8Array(header.buffer)),
    ...(perInch === undefined ? [] : [chunk('pHYs', sizeOnPaper(perInch))]),
    chunk('IDAT', await compress(rows, { level })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Pixels a metre, along x and y. */
function sizeOnPaper(perInch: number): Uint8Array {
  const out = new DataView(new ArrayBuffer(9));
  for (const at of [0, 4]) out.setUint32(at, Math.round(perInch / 0.0254));
  out.setUint8(8, 1); // the unit is the metre
  return new Uint8Array(out.buffer);
}

/** Each row as differences to the one above, where their sum is smaller: the heuristic of the specification, section 12.7. */
function filterRows(data: Uint8Array, height: number, length: number): Uint8Array {
  const out = new Uint8Array(height * (length + 1));
  for (let row = 0; row < height; row++) {
    const from = row * length;
    const to = row * (length + 1);
    let plain = 0;
    let differing = 0;
    for (let i = 0; row > 0 && i < length; i++) {
      plain += magnitude(data[from + i]!);
      differing += magnitude((data[from + i]! - data[from + i - length]!) & 255);
    }
    const filter = row > 0 && differing < plain ? up : none;
    out[to] = filter;
    if (filter === none) out.set(data.subarray(from, from + length), to + 1);
    else for (let i = 0; i < length; i++) out[to + 1 + i] = data[from + i]! - data[from + i - length]!;
  }
  return out;
}

const magnitude = (byte: number): number => (byte < 128 ? byte : 256 - byte);

function chunk(name: string, bytes: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + bytes.length);
  out.writeUInt32BE(bytes.length, 0);
  out.write(name, 4, 'latin1');
  out.set(bytes, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + bytes.length)), 8 + bytes.length);
  return out;
}
