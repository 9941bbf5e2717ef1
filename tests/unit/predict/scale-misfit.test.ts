import { describe, expect, it } from '@jest/globals';
import type { Scale } from '../../../functions/stages/predict/scale.ts';
import { scaleMisfit } from '../../../functions/stages/predict/scale-misfit.ts';

/** Objects of 20 to 40 px are predicted as they are. */
const made = { diameter: 30, narrowest: 20, widest: 40, enlarged: 2.5 };
const size = { height: 500, width: 500 };
const noteOf = (scale: Scale, diameterPx: number, count = 5) => scaleMisfit(scale, { count, diameterPx }, made, size);
const says = (width: number, other: string) =>
  `it looks unlike what this model knows at this scale: objects look about ${width} px wide, ${other}; try --diameter ${width}`;

describe('a note of the scale', () => {
  it.each<[string, Scale, number, string]>([
    ['a diameter that was given', { factor: 4, diameterPx: 120, from: 'option' }, 30.4, says(30, 'not 120 as given')],
    ['a factor that was given', { factor: 3, from: 'option' }, 25, says(25, 'the scale is for others')],
    ['a pixel size', { factor: 1, from: 'pixel size' }, 81.2, says(81, 'not as its pixel size lets expect')],
    [
      'an estimate of narrow ones only, after the pixel size',
      { factor: 1, from: 'estimate', isPartlySought: true },
      61,
      says(61, 'not as its pixel size lets expect'),
    ],
    ['a diameter that is too large', { factor: 1, diameterPx: 30, from: 'option' }, 8, says(8, 'not 30 as given')],
  ])('says what width to try where the objects are other than %s lets expect', (_, scale, found, note) => {
    expect(noteOf(scale, found)).toBe(note);
  });

  it('says nothing below 1.8 times the scale, of few objects, and where both were looked for', () => {
    const given: Scale = { factor: 4, diameterPx: 120, from: 'option' };
    expect([noteOf(given, 67), noteOf(given, 66)]).toEqual([undefined, says(66, 'not 120 as given')]); // by 2.25, by 2.2
    expect(noteOf(given, 30, 4)).toBeUndefined();
    expect(noteOf({ factor: 4, diameterPx: 120, from: 'estimate' }, 30)).toBeUndefined();
    expect(scaleMisfit({ factor: 3, from: 'option' }, { count: 5, diameterPx: 300 }, undefined, size)).toBeUndefined();
  });

  it('says nothing where the planes are too large to be enlarged further: that has a note of its own', () => {
    expect(noteOf({ factor: 1, diameterPx: 30, from: 'option', isLimited: true }, 8)).toBeUndefined();
    const large = { height: 5000, width: 4096 };
    expect(scaleMisfit({ factor: 1, diameterPx: 30, from: 'option' }, { count: 5, diameterPx: 8 }, made, large)).toBe(
      undefined,
    );
  });
});
