import { Failure } from '../../core/errors.ts';

const clear = 256;
const end = 257;
const firstFree = 258;
const most = 4096; // codes have at most 12 bits

const broken = (detail: string): Failure => new Failure('imageBroken', [`an LZW strip ${detail}`]);

/**
 * Decodes one LZW strip into `out` and returns how many bytes it gave. Source: TIFF 6.0 section 13; the old order of bits
 * (lowest first, width grows one code later) as libtiff's LZWDecodeCompat reads it.
 *
 * Every string of the table but the first 256 has already been written: it is the previous string and one byte
 * more, and both lie next to each other in `out`. So the table holds places in `out`, and no string is ever built.
 */
export function decodeLzw(input: Uint8Array, out: Uint8Array): number {
  const old = input.length >= 2 && input[0] === 0 && (input[1]! & 1) === 1;
  return old ? decodeOldLzw(input, out) : decodeNewLzw(input, out);
}

/** After the last row only the end code and padding may follow. */
function surplus(bytesLeft: number, written: number): number {
  if (bytesLeft > 4) throw broken('holds more than its rows');
  return written;
}

// one pair of tables for all calls: decoding never yields, so no two calls overlap
const starts = new Int32Array(most);
const lengths = new Int32Array(most);

function decodeNewLzw(input: Uint8Array, out: Uint8Array): number {
  const inputLength = input.length;
  const size = out.length;
  let at = 0; // next byte of input
  let held = 0; // bits read and not used, right-aligned
  let heldBits = 0;
  let width = 9;
  let mask = 511;
  let growAt = 510; // one code earlier than the codes need
  let next = firstFree;
  let written = 0;
  let previousStart = -1; // the string of the previous code in `out`; -1 after a clear code
  let previousLength = 0;
  for (;;) {
    if (heldBits < width) {
      if (at + 1 < inputLength) {
        held = ((held << 16) | (input[at]! << 8) | input[at + 1]!) & 0x0fffffff;
        at += 2;
        heldBits += 16;
      } else if (at < inputLength) {
        held = ((held << 8) | input[at++]!) & 0x0fffffff;
        heldBits += 8;
        if (heldBits < width) return written;
      } else return written; // the end code is missing: what is there counts
    }
    heldBits -= width;
    const code = (held >>> heldBits) & mask;
    if (code < clear) {
      if (written === size) return surplus(inputLength - at, written);
      if (previousStart >= 0 && next < most) {
        starts[next] = previousStart;
        lengths[next++] = previousLength + 1;
      }
      previousStart = written;
      previousLength = 1;
      out[written++] = code;
    } else if (code >= firstFree) {
      if (previousStart < 0) throw broken('does not start with a plain byte');
      if (next < most) {
        starts[next] = previousStart;
        lengths[next++] = previousLength + 1;
      }
      if (code >= next) throw broken(`uses code ${code} before it is defined`);
      let from = starts[code]!;
      const length = lengths[code]!;
      previousStart = written;
      previousLength = length;
      const stop = written + length;
      if (stop > size) return written === size ? surplus(inputLength - at, written) : surplus(inputLength, written);
      if (length > 64 && from + length <= written) {
        out.copyWithin(written, from, from + length);
        written = stop;
      } else while (written < stop) out[written++] = out[from++]!; // may overlap: the last byte is the first one just written
    } else if (code === clear) {
      width = 9;
      mask = 511;
      growAt = 510;
      next = firstFree;
      previousStart = -1;
      continue;
    } else return written;
    if (next > growAt && width < 12) {
      width++;
      mask = (1 << width) - 1;
      growAt = mask - 1;
    }
  }
}

function decodeOldLzw(input: Uint8Array, out: Uint8Array): number {
  let at = 0;
  let held = 0;
  let heldBits = 0;
  let width = 9;
  let next = firstFree;
  let written = 0;
  let previousStart = -1;
  let previousLength = 0;
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
      previousStart = -1;
      continue;
    }
    if (previousStart >= 0 && next < most) {
      starts[next] = previousStart;
      lengths[next++] = previousLength + 1;
    }
    if (code > end && (previousStart < 0 || code >= next)) throw broken(`uses code ${code} before it is defined`);
    const length = code < clear ? 1 : lengths[code]!;
    if (written + length > out.length)
      return surplus(written === out.length ? input.length - at : input.length, written);
    previousStart = written;
    previousLength = length;
    if (code < clear) out[written++] = code;
    else for (let from = starts[code]!, stop = written + length; written < stop; ) out[written++] = out[from++]!;
    if (next > (1 << width) - 1 && width < 12) width++;
  }
}
