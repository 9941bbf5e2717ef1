import { describe, expect, it } from '@jest/globals';
import { splitImages } from '../../../functions/core/split-images.ts';

/** Hashes whose first 32 bits are the number: multiples of five are kept aside. */
const hash = (n: number): string => n.toString(16).padStart(8, '0') + '0'.repeat(56);

describe('the split of labelled images', () => {
  it('keeps one of five aside, by the hash', () => {
    expect(splitImages([11, 10, 12].map(hash), {})).toEqual({
      [hash(10)]: 'test',
      [hash(11)]: 'train',
      [hash(12)]: 'train',
    });
  });

  it('keeps the image with the lowest hash aside where the hashes keep none', () => {
    expect(splitImages([13, 11].map(hash), {})).toEqual({ [hash(11)]: 'test', [hash(13)]: 'train' });
  });

  it('changes no side that was decided before, whatever the hash says', () => {
    const before = { [hash(10)]: 'train', [hash(11)]: 'test' } as const;
    expect(splitImages([10, 11, 15].map(hash), before)).toEqual({ ...before, [hash(15)]: 'test' });
  });

  it('leaves an image where it is as others are added, one by one', () => {
    let sides: Record<string, 'train' | 'test'> = {};
    const seen: number[] = [];
    for (const n of [13, 11, 10, 7, 25, 4]) {
      seen.push(n);
      const next = splitImages(seen.map(hash), sides);
      if (next === undefined) continue;
      expect(next).toMatchObject(sides);
      sides = next;
    }
    expect(Object.keys(sides)).toHaveLength(6);
  });

  it('is none for one image, also where it stands twice', () => {
    expect(splitImages([hash(10), hash(10)], {})).toBeUndefined();
  });

  it('is none where every image was on one side before', () => {
    expect(splitImages([hash(10), hash(11)], { [hash(10)]: 'train', [hash(11)]: 'train' })).toBeUndefined();
  });
});
