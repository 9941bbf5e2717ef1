import { describe, expect, it } from '@jest/globals';
import { readNpy } from '../../../functions/model/package/npy.ts';

/** As numpy.lib.format writes it. */
function npy(descr: string, shape: string, values: Buffer, version = 1): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = Buffer.from(`${text.padEnd(117)}\n`, 'latin1');
  const length = version === 1 ? Buffer.of(header.length, 0) : Buffer.of(header.length, 0, 0, 0);
  return Buffer.concat([Buffer.from('\x93NUMPY', 'latin1'), Buffer.of(version, 0), length, header, values]);
}

describe('readNpy', () => {
  it.each<[string, Buffer, number[]]>([
    ['|u1', Buffer.of(1, 255), [1, 255]],
    ['<u2', Buffer.of(1, 2, 3, 4), [513, 1027]],
    ['>i2', Buffer.of(255, 255, 0, 1), [-1, 1]],
    ['<f4', Buffer.from(new Float32Array([0.5, -3]).buffer), [0.5, -3]],
    ['<f8', Buffer.from(new Float64Array([0.1, 2]).buffer), [0.1, 2]],
    ['<i8', Buffer.from(new BigInt64Array([-7n, 8n]).buffer), [-7, 8]],
    ['|b1', Buffer.of(0, 1), [0, 1]],
  ])('reads %s', (descr, values, expected) => {
    const { shape, data } = readNpy(npy(descr, '(1, 2)', values), 'a.npy');
    expect([shape, Array.from(data)]).toEqual([[1, 2], expected]);
    expect(readNpy(npy(descr, '(2,)', values, 2), 'a.npy').shape).toEqual([2]);
  });

  it.each([
    ['another file', Buffer.from('PK\u0003\u0004 and more')],
    ['values of another kind', npy('<c8', '(1,)', Buffer.alloc(8))],
    ['values that are cut off', npy('<f4', '(2,)', Buffer.alloc(7))],
    ['a header that is cut off', npy('<f4', '(2,)', Buffer.alloc(8)).subarray(0, 40)],
    ['no file at all', Buffer.alloc(0)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => readNpy(bytes, 'a.npy')).toThrow(expect.objectContaining({ code: 'modelBroken' }));
  });
});
