import { describe, expect, it } from '@jest/globals';
import { countObjects, planeLabels } from '../../../cli/train/plane-labels.ts';

const size = { width: 2, height: 2 };
const plane = { ...size, samples: 1 };

describe('labels of a plane', () => {
  it('are whole numbers, also where the file has them as floats', () => {
    const labels = planeLabels({ ...plane, data: Float32Array.of(0, 3, 3, 7) }, size, 'a.tif');
    expect([...labels]).toEqual([0, 3, 3, 7]);
    expect(countObjects(labels)).toBe(2);
  });

  it.each([0.5, Number.NaN, -2, 2 ** 31])('are refused with a value of %s', (value) => {
    expect(() => planeLabels({ ...plane, data: Float64Array.of(0, 1, value, 1) }, size, 'a.tif')).toThrow(
      expect.objectContaining({
        code: 'labelsUnfit',
        advice: expect.objectContaining({ why: `it has the value ${value}, which is no label` }),
      }),
    );
  });

  it('may be -1 where nobody said what is there, which is no object', () => {
    const labels = planeLabels({ ...plane, data: Float32Array.of(0, -1, -1, 7) }, size, 'a.tif');
    expect([...labels]).toEqual([0, -1, -1, 7]);
    expect(countObjects(labels)).toBe(1);
  });

  it('are refused in another size than the image', () => {
    expect(() => planeLabels({ ...plane, data: new Uint8Array(4) }, { width: 4, height: 1 }, 'a.tif')).toThrow(
      expect.objectContaining({ advice: expect.objectContaining({ why: 'it is 2 x 2 px, the image 4 x 1' }) }),
    );
  });

  it('are refused as a colour picture', () => {
    expect(() => planeLabels({ ...size, samples: 3, data: new Uint8Array(12) }, size, 'a.tif')).toThrow(
      expect.objectContaining({
        advice: expect.objectContaining({ why: 'it is a colour picture of 3 samples a pixel' }),
      }),
    );
  });

  it('are refused as a mask, and taken where the one object is in three parts or fewer', () => {
    const row = (text: string) => ({ height: 1, width: text.length, samples: 1, data: Uint8Array.from(text, Number) });
    const parts = (text: string) => planeLabels(row(text), { height: 1, width: text.length }, 'a.tif');
    expect(countObjects(parts('10101'))).toBe(1);
    expect(countObjects(parts('1020102'))).toBe(2);
    expect(() => parts('5050505')).toThrow(
      expect.objectContaining({
        advice: expect.objectContaining({ why: 'it is a mask: 4 separate parts that all have the value 5' }),
      }),
    );
  });
});
