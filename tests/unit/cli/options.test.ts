import { describe, expect, it } from '@jest/globals';
import { positive } from '../../../cli/commands/measure-options.ts';
import { diameterPx } from '../../../cli/commands/numbers.ts';

describe('--diameter', () => {
  it.each(['0', '-5', '0.5', '1000000', 'NaN', 'Infinity', '30px', ''])('refuses %p', (text) => {
    expect(() => diameterPx(text)).toThrow('a number of pixels from 1 is needed');
  });

  it('takes pixels and parts of them', () => {
    expect(['1', '27.5', '4000'].map(diameterPx)).toEqual([1, 27.5, 4000]);
  });
});

describe('--positive', () => {
  it('names a channel that is given twice', () => {
    const first = positive('GFP=800');
    expect(() => positive('gfp=otsu', first)).toThrow('channel gfp is there twice: give each channel one threshold.');
  });

  it('says how many channels there can be', () => {
    const six = ['a', 'b', 'c', 'd', 'e', 'f'].reduce(
      (rules, name) => positive(`${name}=1`, rules),
      positive('z=1').slice(1),
    );
    expect(() => positive('g=1', six)).toThrow('at most 6 channels can be given.');
  });
});
