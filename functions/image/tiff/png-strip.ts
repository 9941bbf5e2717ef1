import { crc32, inflateSync } from 'node:zlib';
import { Failure } from '../../core/errors.ts';
import { joined } from './jpeg-stream.ts';

const broken = (detail: string, cause?: unknown) =>
  new Failure(
    'imageBroken',
    { detail: `a PNG strip does not decode (${detail})` },
    cause === undefined ? undefined : { cause },
  );

/** Samples a pixel by colour type. */
const samplesOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** The compressed rows of a PNG file. */
interface PngRows {
  deflated: Uint8Array;
  /** Of the rows once they are inflated, each with its filter. */
  bytes: number;
  /** Undoes the filters; returns the bytes written. */
  write(filtered: Uint8Array, out: Uint8Array): number;
}

/**
 * Decodes a PNG file into `out`: packed rows as PNG and TIFF both have them, samples of 16 bits big-endian. Returns the bytes
 * written. Source: PNG specification, third edition, sections 5 and 9. Throws imageBroken, imageUnsupported where interlaced.
 */
export function decodePng(input: Uint8Array, out: Uint8Array): number {
  const { deflated, bytes, write } = pngRows(input, out.length);
  return write(inflated(deflated, bytes), out);
}

/** The same with zlib on another thread, or by the browser. */
export async function decodePngLater(
  input: Uint8Array,
  out: Uint8Array,
  inflate: (deflated: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>,
): Promise<number> {
  const { deflated, bytes, write } = pngRows(input, out.length);
  return write(await inflate(deflated, { maxOutputLength: bytes }).catch(explain), out);
}

function pngRows(input: Uint8Array, most: number): PngRows {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const data: Uint8Array[] = [];
  let header: DataView | undefined;
  for (let at = 8; ; ) {
    if (at + 12 > input.length) throw broken('it is cut off');
    const length = view.getUint32(at);
    const kind = view.getUint32(at + 4);
    const end = at + 8 + length;
    if (end + 4 > input.length) throw broken('it is cut off');
    if (crc32(input.subarray(at + 4, end)) !== view.getUint32(end)) throw broken(`its chunk at byte ${at} is damaged`);
    if (kind === 0x49484452 && length === 13) header = new DataView(view.buffer, view.byteOffset + at + 8, 13); // IHDR
    if (kind === 0x49444154) data.push(input.subarray(at + 8, end)); // IDAT
    if (kind === 0x49454e44) break; // IEND
    at = end + 4;
  }
  if (header === undefined) throw broken('it has no header');
  if (header.getUint8(12) !== 0) throw new Failure('imageUnsupported', { feature: 'an interlaced PNG' });
  const [width, height, bits] = [header.getUint32(0), header.getUint32(4), header.getUint8(8)];
  const pixelBits = bits * (samplesOf[header.getUint8(9)] ?? 0);
  const row = Math.ceil((width * pixelBits) / 8);
  const needed = height * row;
  if (needed === 0 || needed > most) throw broken(`it has ${needed} bytes of ${most}`);
  const bytes = height * (row + 1);
  return {
    deflated: data.length === 1 ? data[0]! : joined(data),
    bytes,
    write(filtered, out) {
      if (filtered.length !== bytes) throw broken(`it has ${filtered.length} of ${bytes} bytes`);
      undoFilters(filtered, out, row, Math.max(1, pixelBits >> 3));
      return needed;
    },
  };
}

function inflated(deflated: Uint8Array, most: number): Uint8Array {
  try {
    return inflateSync(deflated, { maxOutputLength: most });
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined || !/^(Z_|ERR_BUFFER_TOO_LARGE)/.test(code)) throw error;
  throw broken(message, error);
}

/** Each row of `filtered` starts with the number of its filter. */
function undoFilters(filtered: Uint8Array, out: Uint8Array, row: number, pixel: number): void {
  const zeros = new Uint8Array(row);
  for (let from = 0, to = 0; from < filtered.length; from += row + 1, to += row) {
    const own = filtered.subarray(from + 1, from + 1 + row);
    const above = to === 0 ? zeros : out.subarray(to - row, to);
    const target = out.subarray(to, to + row);
    switch (filtered[from]) {
      case 0:
        target.set(own);
        break;
      case 1:
        for (let i = 0; i < row; i++) target[i] = own[i]! + (i < pixel ? 0 : target[i - pixel]!);
        break;
      case 2:
        for (let i = 0; i < row; i++) target[i] = own[i]! + above[i]!;
        break;
      case 3:
        for (let i = 0; i < row; i++) target[i] = own[i]! + (((i < pixel ? 0 : target[i - pixel]!) + above[i]!) >> 1);
        break;
      case 4:
        for (let i = 0; i < row; i++)
          target[i] = own[i]! + paeth(i < pixel ? 0 : target[i - pixel]!, above[i]!, i < pixel ? 0 : above[i - pixel]!);
        break;
      default:
        throw broken(`a row has the filter ${filtered[from]}`);
    }
  }
}

/** The neighbour nearest to left + above - corner. */
function paeth(left: number, above: number, corner: number): number {
  const [a, b, c] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
