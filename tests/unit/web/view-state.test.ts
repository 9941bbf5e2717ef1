import { describe, expect, it } from '@jest/globals';
import { hashOf, type ViewState, viewStateOf } from '../../../web/viewer/view-state.ts';
import { placed } from '../../../web/viewer/viewport.ts';

describe('what is looked at', () => {
  const whole: ViewState = {
    plane: { position: 0, time: 3, depth: 12 },
    at: { x: 512.25, y: 300, scale: 2.5 },
    filter: { column: 'GFP (488)_mean', from: -0.5, to: 1e-7 },
    object: 17,
  };

  it('comes back from the address as it went into it', () => {
    expect(hashOf(whole)).toBe('#plane=0,3,12&at=512.25,300,2.5&filter=GFP+%28488%29_mean&range=-0.5,1e-7&object=17');
    expect(viewStateOf(hashOf(whole))).toEqual(whole);
  });

  it('is nothing where nothing was chosen', () => {
    expect(hashOf({ plane: undefined, at: undefined, filter: undefined, object: 0 })).toBe('');
    expect(viewStateOf('')).toEqual({});
  });

  it.each([
    '#plane=1,2',
    '#plane=1,2,-3',
    '#plane=1,2,0.5',
    '#plane=a,b,c',
    '#plane=1,,2',
    '#at=1,2,0',
    '#at=1,2,Infinity',
    '#filter=area_px',
    '#filter=area_px&range=1',
    '#object=-1',
    '#object=1.5',
    '#elsewhere',
  ])('is nothing where an address has %s', (hash) => {
    expect(viewStateOf(hash)).toEqual({});
  });

  it('is shown within the image and the scales that there are', () => {
    const canvas = { width: 100, height: 100, x: 50, y: 50, scale: 1 };
    const image = { width: 100, height: 100 };
    expect(placed(canvas, { x: 20, y: 30, scale: 4 }, image)).toEqual({ ...canvas, x: 20, y: 30, scale: 4 });
    expect(placed(canvas, { x: -5, y: 3000, scale: 1000 }, image)).toEqual({ ...canvas, x: 0, y: 100, scale: 64 });
    expect(placed(canvas, { x: 50, y: 50, scale: 0.01 }, image).scale).toBe(0.5);
  });
});
