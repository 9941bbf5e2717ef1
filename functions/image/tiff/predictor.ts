import { endianness } from 'node:os';

type Whole = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** Undoes horizontal differencing in place, rows x width x samples. Source: TIFF 6.0 section 14; sums wrap around. */
export function undoDifferences(data: Whole, rows: number, rowLength: number, samples: number): void {
  if (data instanceof BigUint64Array) {
    undoBig(data, rows, rowLength, samples);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const start = row * rowLength;
    const stop = start + rowLength;
    if (samples === 1) {
      let sum = 0;
      for (let i = start; i < stop; i++) {
        sum = (sum + data[i]!) | 0; // a typed array keeps the low bits
        data[i] = sum;
      }
    } else if (samples === 3) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let i = start; i + 2 < stop; i += 3) {
        red = (red + data[i]!) | 0;
        green = (green + data[i + 1]!) | 0;
        blue = (blue + data[i + 2]!) | 0;
        data[i] = red;
        data[i + 1] = green;
        data[i + 2] = blue;
      }
    } else for (let i = start + samples; i < stop; i++) data[i] = (data[i]! + data[i - samples]!) | 0;
  }
}

function undoBig(data: BigUint64Array, rows: number, rowLength: number, samples: number): void {
  for (let row = 0; row < rows; row++)
    for (let i = row * rowLength + samples, stop = (row + 1) * rowLength; i < stop; i++)
      data[i] = data[i]! + data[i - samples]!;
}

const hostLittle = endianness() === 'LE';

/**
 * Undoes the floating-point predictor: `stored` holds, for each row, first all highest bytes, then all second ones, and so on,
 * as differences. The result, in `out`, is in the byte order of this machine, whatever the file's. Source: Adobe, TIFF technical note 3.
 */
export function undoFloatPredictor(
  stored: Uint8Array,
  out: Uint8Array,
  rows: number,
  rowSamples: number,
  samples: number,
  width: number,
): void {
  const rowLength = rowSamples * width;
  if (width === 4 && samples === 1 && out.byteOffset % 4 === 0) {
    const words = new Uint32Array(out.buffer, out.byteOffset, rows * rowSamples);
    for (let row = 0; row < rows; row++) undoFloat32Row(stored, row * rowLength, words, row * rowSamples, rowSamples);
    return;
  }
  for (let row = 0; row < rows; row++) {
    const start = row * rowLength;
    const stop = start + rowLength;
    if (samples === 1) {
      let sum = 0;
      for (let i = start; i < stop; i++) {
        sum = (sum + stored[i]!) & 255;
        stored[i] = sum;
      }
    } else for (let i = start + samples; i < stop; i++) stored[i] = stored[i]! + stored[i - samples]!;
    for (let byte = 0; byte < width; byte++) {
      let from = start + byte * rowSamples;
      for (let to = start + (hostLittle ? width - 1 - byte : byte); to < stop; to += width) out[to] = stored[from++]!;
    }
  }
}

/** One row of 32-bit floats: the four runs of bytes are summed side by side, each from where the one before it ends. */
function undoFloat32Row(stored: Uint8Array, start: number, words: Uint32Array, to: number, count: number): void {
  const second = start + count;
  const third = second + count;
  const fourth = third + count;
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    b += stored[start + i]!;
    c += stored[second + i]!;
    d += stored[third + i]!;
  }
  c += b;
  d += c;
  for (let i = 0; i < count; i++) {
    a += stored[start + i]!;
    b += stored[second + i]!;
    c += stored[third + i]!;
    d += stored[fourth + i]!;
    words[to + i] = (a << 24) | ((b & 255) << 16) | ((c & 255) << 8) | (d & 255);
  }
}
