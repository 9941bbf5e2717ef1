import { deflateSync, zstdCompressSync } from 'node:zlib';

/** A field: `type` as TIFF numbers it; values, or raw bytes for text and blobs. */
export interface RawField {
  type: number;
  values: readonly (number | bigint | readonly [number, number])[] | Uint8Array;
  /** Instead of the number of values: a lie. */
  count?: number;
}

/** One page: samples row-major, interleaved, as the file shall give them back; and how to store them. */
export interface PageSpec {
  height: number;
  width: number;
  samples?: number;
  bits?: number;
  format?: 'uint' | 'int' | 'float';
  data: ArrayLike<number> | ArrayLike<bigint>;
  rowsPerStrip?: number;
  tile?: readonly [height: number, width: number];
  planar?: boolean;
  compression?: keyof typeof compressions;
  predictor?: 1 | 2 | 3;
  lowBitFirst?: boolean;
  photometric?: number;
  /** Fill the last strip up to its full number of rows. */
  fullLastStrip?: boolean;
  /** Added to the directory, or replacing what it has; null leaves a field out. */
  tags?: Record<number, RawField | null>;
  subPages?: readonly PageSpec[];
}

export interface FileSpec {
  little?: boolean;
  big?: boolean;
  pages: readonly PageSpec[];
}

const compressions = {
  none: 1,
  lzw: 5,
  oldLzw: 5,
  deflate: 8,
  deflateOld: 32946,
  packbits: 32773,
  zstd: 50000,
} as const;

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

export const short = (...values: number[]): RawField => ({ type: 3, values });
export const long = (...values: number[]): RawField => ({ type: 4, values });
export const rational = (...values: [number, number][]): RawField => ({ type: 5, values });
export const ascii = (text: string): RawField => ({ type: 2, values: new Uint8Array(Buffer.from(`${text}\0`)) });

function fieldBytes({ type, values }: RawField, little: boolean): Uint8Array {
  if (values instanceof Uint8Array) return values;
  const width = widths[type] ?? 1;
  const view = new DataView(new ArrayBuffer(width * values.length));
  values.forEach((value, i) => {
    const at = i * width;
    if (Array.isArray(value)) {
      view.setUint32(at, (value as [number, number])[0], little);
      view.setUint32(at + 4, (value as [number, number])[1], little);
    } else if (type === 11) view.setFloat32(at, Number(value), little);
    else if (type === 12) view.setFloat64(at, Number(value), little);
    else if (width === 1) view.setUint8(at, Number(value));
    else if (width === 2) view.setUint16(at, Number(value), little);
    else if (width === 4) view.setUint32(at, Number(value), little);
    else view.setBigUint64(at, BigInt.asUintN(64, BigInt(value as number)), little);
  });
  return new Uint8Array(view.buffer);
}

/** The bits of one value, as two halves of 32: high and low. */
function halves(value: number | bigint, bits: number, format: 'uint' | 'int' | 'float'): [high: number, low: number] {
  if (typeof value === 'bigint') return [Number(BigInt.asUintN(32, value >> 32n)), Number(BigInt.asUintN(32, value))];
  if (format !== 'float') return [0, bits === 32 ? value >>> 0 : (value & (2 ** bits - 1)) >>> 0];
  if (bits === 24) return [0, float24(value)];
  if (bits === 16) scratch.setFloat16(0, value);
  else if (bits === 32) scratch.setFloat32(0, value);
  else scratch.setFloat64(0, value);
  if (bits === 64) return [scratch.getUint32(0), scratch.getUint32(4)];
  return [0, bits === 16 ? scratch.getUint16(0) : scratch.getUint32(0)];
}
const scratch = new DataView(new ArrayBuffer(8));

/** Stored bytes of one strip or tile, given its samples, before compression. */
function packSegment(
  values: readonly (number | bigint)[],
  rows: number,
  rowSamples: number,
  stride: number,
  { bits = 8, format = 'uint', predictor = 1 }: PageSpec,
  little: boolean,
): Uint8Array {
  const rowBytes = Math.ceil((rowSamples * bits) / 8);
  const out = new Uint8Array(rows * rowBytes);
  const size = bits / 8;
  // each value as its bytes, highest first, where it has whole ones; else only the low half counts
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  const byteOf = (high: number, low: number, byte: number) => {
    view.setUint32(0, high);
    view.setUint32(4, low);
    return bytes[8 - size + byte]!;
  };
  for (let row = 0; row < rows; row++) {
    const start = row * rowBytes;
    let bit = 0;
    for (let i = 0; i < rowSamples; i++) {
      let [high, low] = halves(values[row * rowSamples + i]!, bits, format);
      if (predictor === 2 && i >= stride) {
        const [highBefore, lowBefore] = halves(values[row * rowSamples + i - stride]!, bits, format);
        high = (high - highBefore - (low < lowBefore ? 1 : 0)) >>> 0;
        low = (low - lowBefore) >>> 0;
      }
      if (predictor === 3)
        for (let byte = 0; byte < size; byte++) out[start + byte * rowSamples + i] = byteOf(high, low, byte);
      else if (bits % 8 === 0 && (bits !== 24 || format === 'float'))
        for (let byte = 0; byte < size; byte++)
          out[start + i * size + byte] = byteOf(high, low, little ? size - 1 - byte : byte);
      // highest bit first, whatever the byte order
      else for (let b = bits - 1; b >= 0; b--, bit++) if ((low >>> b) & 1) out[start + (bit >> 3)]! |= 128 >> (bit & 7);
    }
    if (predictor === 3) for (let i = rowBytes - 1; i >= stride; i--) out[start + i]! -= out[start + i - stride]!;
  }
  return out;
}

/** 1 sign, 7 exponent and 16 fraction bits, for values that fit exactly. */
function float24(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const exponent = (bits >>> 23) & 255;
  const fraction = (bits & 0x7fffff) >>> 7;
  const sign = (bits >>> 31) << 23;
  if (exponent === 0) return sign;
  return exponent === 255 ? sign | (127 << 16) | fraction : sign | ((exponent - 127 + 63) << 16) | fraction;
}

export function encodePackBits(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    let run = 1;
    while (run < 128 && bytes[at + run] === bytes[at]) run++;
    if (run > 1) {
      out.push(257 - run, bytes[at]!);
      at += run;
      continue;
    }
    const start = at;
    while (at < bytes.length && at - start < 128 && bytes[at] !== bytes[at + 1]) at++;
    if (at === start) at++;
    out.push(at - start - 1, ...bytes.subarray(start, at));
  }
  return Uint8Array.from(out);
}

/** LZW as TIFF 6.0 section 13 has it, or with `old` as programs before 1992 wrote it: lowest bits first, widths one code later. */
export function encodeLzw(bytes: Uint8Array, old = false): Uint8Array {
  const out: number[] = [];
  let held = 0;
  let heldBits = 0;
  let width = 9;
  const put = (code: number) => {
    held = old ? held | (code << heldBits) : (held << width) | code;
    heldBits += width;
    for (; heldBits >= 8; heldBits -= 8) {
      out.push((old ? held : held >> (heldBits - 8)) & 255);
      held = old ? held >> 8 : held & ((1 << (heldBits - 8)) - 1);
    }
  };
  const widen = () => {
    if (next > (1 << width) - (old ? 0 : 1)) width++;
  };
  const table = new Map<number, number>(); // code of the prefix * 256 + byte
  let next = 258;
  let current = -1;
  put(256);
  for (const byte of bytes) {
    const longer = current === -1 ? byte : table.get(current * 256 + byte);
    if (longer !== undefined) {
      current = longer;
      continue;
    }
    put(current);
    table.set(current * 256 + byte, next++);
    if (next === 4094) {
      put(256);
      table.clear();
      next = 258;
      width = 9;
    } else widen();
    current = byte;
  }
  if (current !== -1) {
    put(current);
    next++;
    widen();
  }
  put(257);
  if (heldBits > 0) out.push((old ? held : held << (8 - heldBits)) & 255);
  return Uint8Array.from(out);
}

const reversed = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
);
const reverse = (bytes: Uint8Array) => bytes.map((byte) => reversed[byte]!);

function compressSegment(bytes: Uint8Array, { compression = 'none', lowBitFirst = false }: PageSpec): Uint8Array {
  const packed = {
    none: () => bytes,
    lzw: () => encodeLzw(bytes),
    oldLzw: () => encodeLzw(bytes, true),
    deflate: () => deflateSync(bytes),
    deflateOld: () => deflateSync(bytes),
    packbits: () => encodePackBits(bytes),
    zstd: () => zstdCompressSync(bytes),
  }[compression]();
  return lowBitFirst ? reverse(packed) : packed;
}

/** All strips or tiles of a page in file order. */
function segmentsOf(page: PageSpec, little: boolean): Uint8Array[] {
  const { height, width, samples = 1, tile, planar = false, rowsPerStrip = height, data } = page;
  const together = planar ? 1 : samples;
  const [rows, columns] = tile ?? [Math.min(rowsPerStrip, height), width];
  const segments: Uint8Array[] = [];
  for (let plane = 0; plane < (planar ? samples : 1); plane++)
    for (let top = 0; top < height; top += rows)
      for (let left = 0; left < width; left += columns) {
        const used = tile || page.fullLastStrip ? rows : Math.min(rows, height - top);
        const values: (number | bigint)[] = [];
        for (let y = top; y < top + used; y++)
          for (let x = left; x < left + columns; x++)
            for (let s = 0; s < together; s++) {
              // beyond the image: its last pixel again, which must not show
              const [row, column] = [Math.min(y, height - 1), Math.min(x, width - 1)];
              values.push(data[(row * width + column) * samples + (planar ? plane : s)]!);
            }
        segments.push(compressSegment(packSegment(values, used, columns * together, together, page, little), page));
      }
  return segments;
}

const formats = { uint: 1, int: 2, float: 3 };

/** Writes a whole file: header, then for each page its data, its values and its directory. */
export function buildTiff({ little = true, big = false, pages }: FileSpec): Uint8Array {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const add = (bytes: Uint8Array): number => {
    const at = size;
    chunks.push(bytes);
    size += bytes.length;
    if (size % 2 === 1) {
      chunks.push(new Uint8Array(1));
      size++;
    }
    return at;
  };
  const offsetType = big ? 16 : 4;
  const inline = big ? 8 : 4;
  const header = new DataView(new ArrayBuffer(big ? 16 : 8));
  header.setUint16(0, little ? 0x4949 : 0x4d4d);
  header.setUint16(2, big ? 43 : 42, little);
  if (big) header.setUint16(4, 8, little);
  add(new Uint8Array(header.buffer));
  const link = (view: DataView, at: number, target: number) =>
    big ? view.setBigUint64(at, BigInt(target), little) : view.setUint32(at, target, little);

  const addDirectory = (page: PageSpec): { at: number; view: DataView; next: number } => {
    const { height, width, samples = 1, bits = 8, format = 'uint', tile, planar = false } = page;
    const segments = segmentsOf(page, little);
    const offsets = segments.map(add);
    const counts = segments.map((segment) => segment.length);
    const subs = (page.subPages ?? []).map((sub) => addDirectory(sub).at);
    const own: Record<number, RawField | null> = {
      256: long(width),
      257: long(height),
      258: short(...new Array<number>(samples).fill(bits)),
      259: short(compressions[page.compression ?? 'none']),
      262: short(page.photometric ?? (samples >= 3 ? 2 : 1)),
      ...(page.lowBitFirst ? { 266: short(2) } : {}),
      277: short(samples),
      ...(tile
        ? { 322: long(tile[1]), 323: long(tile[0]), 324: { type: offsetType, values: offsets }, 325: long(...counts) }
        : { 273: { type: offsetType, values: offsets }, 278: long(page.rowsPerStrip ?? height), 279: long(...counts) }),
      284: short(planar ? 2 : 1),
      ...(page.predictor && page.predictor > 1 ? { 317: short(page.predictor) } : {}),
      ...(subs.length > 0 ? { 330: { type: offsetType, values: subs } } : {}),
      339: short(...new Array<number>(samples).fill(formats[format])),
      ...page.tags,
    };
    const fields = Object.entries(own)
      .filter((entry): entry is [string, RawField] => entry[1] !== null)
      .map(([tag, field]) => ({ tag: Number(tag), field, bytes: fieldBytes(field, little) }));
    const valueOffsets = fields.map(({ bytes }) => (bytes.length > inline ? add(bytes) : -1));
    const countWidth = big ? 8 : 2;
    const entry = big ? 20 : 12;
    const directory = new Uint8Array(countWidth + fields.length * entry + inline);
    const view = new DataView(directory.buffer);
    if (big) view.setBigUint64(0, BigInt(fields.length), little);
    else view.setUint16(0, fields.length, little);
    fields.forEach(({ tag, field, bytes }, i) => {
      const at = countWidth + i * entry;
      view.setUint16(at, tag, little);
      view.setUint16(at + 2, field.type, little);
      link(view, at + 4, field.count ?? bytes.length / (widths[field.type] ?? 1));
      if (valueOffsets[i] === -1) directory.set(bytes, at + 4 + inline);
      else link(view, at + 4 + inline, valueOffsets[i]!);
    });
    return { at: add(directory), view, next: countWidth + fields.length * entry };
  };

  let previous: { view: DataView; next: number } = { view: header, next: big ? 8 : 4 };
  for (const page of pages) {
    const directory = addDirectory(page);
    link(previous.view, previous.next, directory.at);
    previous = directory;
  }
  return new Uint8Array(Buffer.concat(chunks));
}
