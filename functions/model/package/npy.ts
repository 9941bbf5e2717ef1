import { Failure } from '../../core/errors.ts';

/** An array as numpy stores it: C order, values as float64-safe numbers in float32 or float64. */
export interface NumpyArray {
  shape: number[];
  data: Float32Array | Float64Array;
}

type Numbers = Exclude<NodeJS.TypedArray, BigInt64Array | BigUint64Array> | BigInt64Array | BigUint64Array;
type Kind = { bytes: number; of: new (buffer: ArrayBufferLike, offset: number, length: number) => Numbers };

/** By numpy's letters, without the order of bytes. */
const kinds: Record<string, Kind> = {
  f2: { bytes: 2, of: Float16Array },
  f4: { bytes: 4, of: Float32Array },
  f8: { bytes: 8, of: Float64Array },
  u1: { bytes: 1, of: Uint8Array },
  i1: { bytes: 1, of: Int8Array },
  b1: { bytes: 1, of: Uint8Array },
  u2: { bytes: 2, of: Uint16Array },
  i2: { bytes: 2, of: Int16Array },
  u4: { bytes: 4, of: Uint32Array },
  i4: { bytes: 4, of: Int32Array },
  u8: { bytes: 8, of: BigUint64Array },
  i8: { bytes: 8, of: BigInt64Array },
};

/**
 * Reads a .npy file, versions 1 to 3. Source: numpy.lib.format. float32 in the machine's order is not copied where it is
 * aligned: then it is a part of `bytes`. Throws `modelBroken` naming `what`.
 */
export function readNpy(bytes: Uint8Array, what: string): NumpyArray {
  const broken = (detail: string) => new Failure('modelBroken', { detail: `${what}: ${detail}` });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || view.getUint32(0) !== 0x934e554d || view.getUint16(4) !== 0x5059)
    throw broken('not a .npy file');
  const long = view.getUint8(6) >= 2;
  const start = (long ? 12 : 10) + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (start > bytes.length) throw broken('the header is cut off');
  const header = new TextDecoder('utf-8').decode(bytes.subarray(long ? 12 : 10, start));
  const type = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(header);
  const order = /'fortran_order':\s*(True|False)/.exec(header);
  const dims = /'shape':\s*\(([\d,\s]*)\)/.exec(header);
  if (!type || !order || !dims) throw broken(`a header that is not understood: ${header.trim()}`);
  if (order[1] === 'True') throw broken('Fortran order');
  const kind = kinds[type[2]!];
  if (!kind) throw broken(`values of type ${type[2]}`);
  const shape = dims[1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const count = shape.reduce((product, n) => product * n, 1);
  if (start + count * kind.bytes !== bytes.length)
    throw broken(`${bytes.length - start} bytes of values, not ${count * kind.bytes}`);
  return { shape, data: valuesOf(bytes.subarray(start), kind, { count, swapped: type[1] === '>' }) };
}

/** The machines that run this are little-endian. */
function valuesOf(
  bytes: Uint8Array,
  { bytes: width, of: Values }: Kind,
  { count, swapped }: { count: number; swapped: boolean },
): NumpyArray['data'] {
  const aligned = bytes.byteOffset % width === 0 && !swapped ? bytes : Uint8Array.from(bytes);
  if (swapped) swapBytes(aligned, width);
  const values = new Values(aligned.buffer, aligned.byteOffset, count);
  if (values instanceof Float32Array) return values;
  if (values instanceof Float16Array) return Float32Array.from(values);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return Float64Array.from(values, Number);
  return new Float64Array(values);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i < bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}

/** The bytes before the values of a .npy file of float32 in C order, version 1: a multiple of 64, so that values behind it are aligned. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const text = fields.padEnd(Math.ceil((fields.length + 11) / 64) * 64 - 11);
  const bytes = new Uint8Array(10 + text.length + 1);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x934e554d);
  view.setUint32(4, 0x50590100);
  view.setUint16(8, text.length + 1, true);
  new TextEncoder().encodeInto(`${text}\n`, bytes.subarray(10));
  return bytes;
}
