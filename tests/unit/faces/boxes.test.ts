import { expect, it } from '@jest/globals';
import { type Detection, suppress } from '../../../functions/faces/boxes.ts';

const box = (left: number, right: number, score: number): Detection => ({ left, top: 0, right, bottom: 10, score });

it('keeps the better of two boxes of one face, and both of two faces', () => {
  const better = box(0, 10, 0.9);
  const shifted = box(4, 14, 0.8); // they share 60 of 140
  const beside = box(6, 16, 0.7); // they share 40 of 160, a quarter
  expect(suppress([shifted, better])).toEqual([better]);
  expect(suppress([beside, better])).toEqual([better, beside]);
});

it('drops a part of a better box, and keeps what is larger than one: it hides more', () => {
  const face = box(0, 40, 0.9);
  const part = box(0, 10, 0.8);
  expect(suppress([face, part])).toEqual([face]);
  const small = { ...part, score: 0.95 };
  expect(suppress([face, small])).toEqual([small, face]);
});
