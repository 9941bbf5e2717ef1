import { expect, it } from '@jest/globals';
import { type Detection, suppress } from '../../../functions/faces/boxes.ts';

const box = (left: number, top: number, right: number, bottom: number, score: number): Detection => ({
  ...{ left, top, right, bottom, score },
});

it('keeps the better of two boxes of one face, and both of two faces', () => {
  const better = box(0, 0, 10, 10, 0.9);
  const shifted = box(4, 0, 14, 10, 0.8); // they share 60 of 140
  const beside = box(6, 0, 16, 10, 0.7); // they share 40 of 160, a quarter
  expect(suppress([shifted, better])).toEqual([better]);
  expect(suppress([beside, better])).toEqual([better, beside]);
});

it('drops a part of a better box, and keeps what is larger than one: it hides more', () => {
  const face = box(0, 0, 20, 20, 0.9);
  const half = box(0, 0, 10, 10, 0.8);
  expect(suppress([face, half])).toEqual([face]);
  const small = { ...half, score: 0.95 };
  expect(suppress([face, small])).toEqual([small, face]);
});
