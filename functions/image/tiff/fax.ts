import { Failure } from '../../core/errors.ts';
import { type CodeTable, mode, modeBits, modeTable, runBits, runTables } from './fax-codes.ts';

/** How a bilevel strip is coded. */
export interface FaxOptions {
  /** `rows` and `words`: each row by itself, from a whole byte or two; `t4`: with an end of line each; `t6`: each against the row above. */
  scheme: 'rows' | 'words' | 't4' | 't6';
  /** Of `t4`: a row may be coded against the one above. */
  twoDimensional: boolean;
}

/** Compression values that are decoded here. */
export const isFax = (compression: number): boolean => schemes[compression] !== undefined;

const schemes: Record<number, FaxOptions['scheme']> = { 2: 'rows', 3: 't4', 4: 't6', 32771: 'words' };

/** `options`: T4Options or T6Options, whose bit 1 lets rows lie uncompressed among the others; undefined for those. */
export function faxOptions(compression: number, options: number): FaxOptions | undefined {
  if ((options & 2) !== 0) return undefined;
  return { scheme: schemes[compression]!, twoDimensional: (options & 1) === 1 };
}

const broken = (row: number, why: string) => new Failure('imageBroken', { detail: `row ${row} of a fax strip ${why}` });

/** Bits of a strip, the highest of each byte first; behind its end there are zeros. */
class BitReader {
  readonly #bytes: Uint8Array;
  /** Of the next bit. */
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.at >= 8 * this.#bytes.length;
  }

  /** The next bits, at most 13, which stay. */
  peek(count: number): number {
    const first = this.at >> 3;
    const three =
      ((this.#bytes[first] ?? 0) << 16) | ((this.#bytes[first + 1] ?? 0) << 8) | (this.#bytes[first + 2] ?? 0);
    return (three >> (24 - (this.at & 7) - count)) & (2 ** count - 1);
  }

  /** What the next code stands for; undefined where there is none. */
  take(table: CodeTable, bits: number): number | undefined {
    const found = table[this.peek(bits)]!;
    if (found === 0 || this.isAtEnd) return undefined;
    this.at += found & 15;
    return (found >> 4) - 1;
  }

  align(bits: number): void {
    this.at = Math.ceil(this.at / bits) * bits;
  }
}

/** Where a row changes its colour, from white at its left end on: every other one to black. */
type Changes = number[];

/** Adds a change; two at one place are none. */
function change(changes: Changes, at: number): void {
  if (changes.at(-1) === at) changes.pop();
  else changes.push(at);
}

/**
 * Decodes a strip of one bit a pixel, black 1, rows from whole bytes on. Sources: ITU-T T.4 and T.6; TIFF 6.0 sections 10 and 11. A
 * code that is none, a row of another length and a strip that ends early are imageBroken.
 */
export function decodeFax(
  input: Uint8Array,
  { scheme, twoDimensional }: FaxOptions,
  width: number,
  rows: number,
): Uint8Array {
  const bits = new BitReader(input);
  const stride = Math.ceil(width / 8);
  const out = new Uint8Array(stride * rows);
  let above: Changes = [];
  for (let row = 0; row < rows; row++) {
    let alone = scheme !== 't6';
    if (scheme === 't4') {
      const ended = skipLineEnd(bits);
      if (twoDimensional && ended) {
        alone = bits.peek(1) === 1;
        bits.at++;
      }
    }
    if (bits.isAtEnd) throw broken(row, `of ${rows} is not there`);
    above = alone ? readRow(bits, width, row) : readRowBelow(bits, above, width, row);
    paint(above, width, out.subarray(row * stride, (row + 1) * stride));
    if (scheme === 'rows') bits.align(8);
    if (scheme === 'words') bits.align(16);
  }
  return out;
}

/** Zeros, eleven at least, and a one end a line, and one begins the strip; some writers leave them out. */
function skipLineEnd(bits: BitReader): boolean {
  let zeros = 0;
  while (!bits.isAtEnd && bits.peek(1) === 0) {
    zeros++;
    bits.at++;
  }
  if (zeros >= 11 && !bits.isAtEnd) {
    bits.at++;
    return true;
  }
  bits.at -= zeros;
  return false;
}

/** The length of one run: any number of make-up codes and a terminating one. */
function readRun(bits: BitReader, colour: 0 | 1, most: number, row: number): number {
  for (let length = 0; ; ) {
    const run = bits.take(runTables[colour], runBits);
    if (run === undefined) throw broken(row, 'has a code that is none');
    length += run;
    if (length > most) throw broken(row, 'is longer than the image is wide');
    if (run < 64) return length;
  }
}

function readRow(bits: BitReader, width: number, row: number): Changes {
  const changes: Changes = [];
  let colour: 0 | 1 = 0;
  for (let at = 0; at < width; ) {
    at += readRun(bits, colour, width - at, row);
    if (at < width) change(changes, at);
    colour = colour === 0 ? 1 : 0;
  }
  return changes;
}

function readRowBelow(bits: BitReader, above: Changes, width: number, row: number): Changes {
  const changes: Changes = [];
  let colour: 0 | 1 = 0;
  let next = 0; // the first change above that may be right of `at`
  for (let at = -1; at < width; ) {
    // the first change above, right of here, to the other colour
    while (next > 0 && above[next - 1]! > at) next--;
    while (next < above.length && (above[next]! <= at || (next & 1) !== colour)) next++;
    const found = bits.take(modeTable, modeBits);
    if (found === undefined) throw broken(row, 'has a mode that is none');
    if (found === mode.extension)
      throw new Failure('imageUnsupported', { feature: 'a fax strip with uncompressed rows' });
    if (found === mode.pass) at = above[next + 1] ?? width;
    else if (found === mode.horizontal) {
      const from = Math.max(0, at);
      const middle = from + readRun(bits, colour, width - from, row);
      if (middle < width) change(changes, middle);
      at = middle + readRun(bits, colour === 0 ? 1 : 0, width - middle, row);
      if (at < width) change(changes, at);
    } else {
      const to = (above[next] ?? width) + found - 3;
      if (to < Math.max(0, at) || to > width) throw broken(row, 'changes its colour outside of the image');
      if (to < width) change(changes, to);
      at = to;
      colour = colour === 0 ? 1 : 0;
    }
  }
  return changes;
}

/** Sets the black pixels of a row that is white. */
function paint(changes: Changes, width: number, out: Uint8Array): void {
  for (let i = 0; i < changes.length; i += 2) {
    const [from, end] = [changes[i]!, changes[i + 1] ?? width];
    const [first, last] = [from >> 3, (end - 1) >> 3];
    const head = 255 >> (from & 7);
    const tail = (255 << (7 - ((end - 1) & 7))) & 255;
    if (first === last) {
      out[first]! |= head & tail;
      continue;
    }
    out[first]! |= head;
    out.fill(255, first + 1, last);
    out[last]! |= tail;
  }
}
