import { Failure } from '../../core/errors.ts';

const clear = 256;
const end = 257;
const firstFree = 258;
const maxCodes = 4096; // codes have at most 12 bits

const broken = (detail: string): Failure => new Failure('imageBroken', { detail: `an LZW strip ${detail}` });

/**
 * Decodes one LZW strip into `out` and returns how many bytes it gave. Source: TIFF 6.0 section 13; the old order of bits
 * (lowest first, width grows one code later) as libtiff's LZWDecodeCompat reads it.
 */
export function decodeLzw(input: Uint8Array, out: Uint8Array): number {
  const old = input.length >= 2 && input[0] === 0 && (input[1]! & 1) === 1;
  return old ? decodeOldLzw(input, out) : decodeNewLzw(input, out);
}

/** After the last row only the end code and padding may follow. */
function refuseSurplus(bytesLeft: number): void {
  if (bytesLeft > 4) throw broken('holds more than its rows');
}

// Strings of the codes, for all calls: decoding never yields, so no two calls overlap. Every string but the first 256 has
// been written once: it is the previous string and the byte after it. So `starts` says where, and only its first four
// bytes are kept, which are all that most strings have: they are written at once, without a branch on the length.
const heads = Int32Array.from({ length: maxCodes }, (_, byte) => byte); // first byte lowest
const lengths = new Uint16Array(maxCodes).fill(1);
const starts = new Int32Array(maxCodes);

/** Where decoding stands between two clear codes. */
interface Position {
  /** Byte of the input where the next code starts, and bits of it already used. */
  at: number;
  used: number;
  written: number;
  ended: boolean;
}

/** Bytes behind the input that may be read (not used): a code is taken from a word of four bytes. */
const margin = 4;

/** A strip that was read together with others has bytes behind it; a lone one is copied. */
function withMargin({ buffer, byteOffset, length }: Uint8Array): DataView {
  if (byteOffset + length + margin <= buffer.byteLength) return new DataView(buffer, byteOffset, length + margin);
  const copy = new Uint8Array(length + margin);
  copy.set(new Uint8Array(buffer, byteOffset, length));
  return new DataView(copy.buffer);
}

function decodeNewLzw(strip: Uint8Array, out: Uint8Array): number {
  const input = withMargin(strip);
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  const position: Position = { at: 0, used: 0, written: 0, ended: false };
  while (!position.ended) decodeToClear(input, strip.length, out, view, position);
  return position.written;
}

/** Decodes up to the next clear code. A function of its own, because engines optimise one that is called often better. */
function decodeToClear(input: DataView, length: number, out: Uint8Array, view: DataView, position: Position): void {
  const size = out.length;
  // up to here neither the input nor the space for four bytes can end
  const lastAt = length - 4;
  const lastWritten = size - 4;
  let { at, used, written } = position;
  let shift = 32 - 9; // 32 less the width of a code
  let mask = 511;
  let next = firstFree; // the code that is defined next
  let growAt = 511; // its value that makes codes a bit wider: one earlier than they need it
  let head = 0; // the previous string's first bytes
  let long = 0; // its length, 0 after a clear code
  let start = 0;
  position.ended = true;
  for (;;) {
    // the end code is missing: what is there counts
    if (at > lastAt && (length - at) * 8 < used + 32 - shift) break;
    const code = (input.getInt32(at) >>> (shift - used)) & mask;
    used += 32 - shift;
    at += used >> 3;
    used &= 7;
    if ((code | 1) === end) {
      if (code === clear) position.ended = false;
      break;
    }
    if (code >= next) {
      if (code > next || next === maxCodes || long === 0) throw broken(`uses code ${code} before it is defined`);
      // not defined yet: the previous string and its own first byte
      heads[code] = head | (((head & 255) << ((long & 3) << 3)) & ((long - 4) >> 31));
      lengths[code] = long + 1;
      starts[code] = start;
    }
    const now = heads[code]!;
    if (long !== 0 && next < maxCodes) {
      // the byte goes behind the previous string, where that is shorter than four: without a branch
      heads[next] = head | (((now & 255) << ((long & 3) << 3)) & ((long - 4) >> 31));
      lengths[next] = long + 1;
      starts[next] = start;
      if (++next === growAt && shift > 20) {
        shift--;
        mask = mask * 2 + 1;
        growAt = mask;
      }
    }
    head = now;
    long = lengths[code]!;
    start = written;
    if (written > lastWritten || long > 4) {
      const stop = written + long;
      if (stop > size) {
        refuseSurplus(written === size ? length - at : length);
        break;
      }
      for (let i = 0; i < long && i < 4; i++) out[written + i] = head >> (8 * i);
      if (long > 4) copyRest(out, starts[code]! + 4, written + 4, stop);
      written = stop;
    } else {
      view.setInt32(written, head, true); // up to three bytes too many: the next string overwrites them
      written += long;
    }
  }
  position.at = at;
  position.used = used;
  position.written = written;
}

/** Copies what follows the first four bytes of a string; it may overlap, where its last byte is the first one just written. */
function copyRest(out: Uint8Array, source: number, target: number, stop: number): void {
  const length = stop - target;
  if (length > 64 && source + length <= target - 4) {
    out.copyWithin(target, source, source + length);
    return;
  }
  for (let from = source, to = target; to < stop; ) out[to++] = out[from++]!;
}

function decodeOldLzw(input: Uint8Array, out: Uint8Array): number {
  let at = 0;
  let held = 0;
  let heldBits = 0;
  let width = 9;
  let next = firstFree;
  let long = 0;
  let start = 0;
  let written = 0;
  for (;;) {
    while (heldBits < width) {
      if (at === input.length) return written;
      held |= input[at++]! << heldBits;
      heldBits += 8;
    }
    const code = held & ((1 << width) - 1);
    held >>>= width;
    heldBits -= width;
    if (code === end) return written;
    if (code === clear) {
      width = 9;
      next = firstFree;
      long = 0;
      continue;
    }
    if (long > 0 && next < maxCodes) {
      lengths[next] = long + 1;
      starts[next++] = start;
    }
    if (code > end && (long === 0 || code >= next)) throw broken(`uses code ${code} before it is defined`);
    long = lengths[code]!;
    start = written;
    if (written + long > out.length) {
      refuseSurplus(written === out.length ? input.length - at : input.length);
      return written;
    }
    if (code < clear) out[written++] = code;
    else for (let from = starts[code]!, stop = written + long; written < stop; ) out[written++] = out[from++]!;
    if (next === 1 << width && width < 12) width++;
  }
}
