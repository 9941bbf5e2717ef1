import { Failure } from '../../core/errors.ts';

/** An array as numpy stores it: C order, values as float64-safe numbers in float32 or float64. */
export interface NumpyArray {
  shape: number[];
  data: Float32Array | Float64Array;
}

const readers: Record<string, [bytes: number, read: (view: DataView, at: number, little: boolean) => number]> = {
  f2: [2, (v, at, le) => v.getFloat16(at, le)],
  f4: [4, (v, at, le) => v.getFloat32(at, le)],
  f8: [8, (v, at, le) => v.getFloat64(at, le)],
  u1: [1, (v, at) => v.getUint8(at)],
  i1: [1, (v, at) => v.getInt8(at)],
  b1: [1, (v, at) => v.getUint8(at)],
  u2: [2, (v, at, le) => v.getUint16(at, le)],
  i2: [2, (v, at, le) => v.getInt16(at, le)],
  u4: [4, (v, at, le) => v.getUint32(at, le)],
  i4: [4, (v, at, le) => v.getInt32(at, le)],
  u8: [8, (v, at, le) => Number(v.getBigUint64(at, le))],
  i8: [8, (v, at, le) => Number(v.getBigInt64(at, le))],
};

/** Reads a .npy file, versions 1 to 3. Source: numpy.lib.format. Throws `modelBroken` naming `what`. */
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
  const reader = readers[type[2]!];
  if (!reader) throw broken(`values of type ${type[2]}`);
  const shape = dims[1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  const [width, read] = reader;
  const count = shape.reduce((product, n) => product * n, 1);
  if (start + count * width !== bytes.length)
    throw broken(`${bytes.length - start} bytes of values, not ${count * width}`);
  const little = type[1] !== '>';
  const data = type[2] === 'f2' || type[2] === 'f4' ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0; i < count; i++) data[i] = read(view, start + i * width, little);
  return { shape, data };
}

/** A .npy file of float32 in C order, version 1. */
export function writeNpy(shape: readonly number[], data: Float32Array): Uint8Array<ArrayBuffer> {
  const fields = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = fields.padEnd(Math.ceil((fields.length + 11) / 64) * 64 - 11);
  const start = 10 + header.length + 1;
  const bytes = new Uint8Array(start + 4 * data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x934e554d);
  view.setUint32(4, 0x50590100);
  view.setUint16(8, header.length + 1, true);
  new TextEncoder().encodeInto(`${header}\n`, bytes.subarray(10));
  new Float32Array(bytes.buffer, start, data.length).set(data); // the machines that run this are little-endian
  return bytes;
}
