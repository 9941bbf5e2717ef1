import { describe, expect, it } from '@jest/globals';
import { channelPrefixes } from '../../../functions/core/channel-columns.ts';
import { areRules, combinationNames, parseRule } from '../../../functions/core/positive.ts';

describe('a rule for positive objects', () => {
  it.each([
    ['GFP=otsu', { channel: 'GFP', threshold: 'otsu' }],
    ['GFP = Otsu', { channel: 'GFP', threshold: 'otsu' }],
    ['1=800', { channel: '1', threshold: 800 }],
    ['GFP=-0.5', { channel: 'GFP', threshold: -0.5 }],
    ['GFP=1e3', { channel: 'GFP', threshold: 1000 }],
    ['c-Fos=bg+3', { channel: 'c-Fos', threshold: 'bg+3' }],
    ['a=b=BG+2.5', { channel: 'a=b', threshold: 'bg+2.5' }],
    ['GFP', undefined],
    ['=800', undefined],
    ['GFP=', undefined],
    ['GFP=high', undefined],
    ['GFP=0x10', undefined],
    ['GFP=1e999', undefined],
    ['GFP=bg', undefined],
    ['GFP=bg-3', undefined],
  ])('%s', (text, expected) => {
    expect(parseRule(text)).toEqual(expected);
  });

  it('stands beside others of other channels, up to six', () => {
    const of = (...channels: (string | number)[]) => channels.map((channel) => ({ channel, threshold: 1 }));
    expect(areRules(of('GFP', 'RFP', 0, '1'))).toBe(true);
    expect(areRules(of('GFP', 'gfp'))).toBe(false);
    expect(areRules(of(1, '1'))).toBe(false);
    expect(areRules(of('c-Fos', 'c Fos'))).toBe(false);
    expect(areRules(of(0, 1, 2, 3, 4, 5))).toBe(true);
    expect(areRules(of(0, 1, 2, 3, 4, 5, 6))).toBe(false);
  });

  it('makes combinations with others, from all positive to none', () => {
    const rules = [
      { channel: 'c-Fos', threshold: 1 },
      { channel: 2, threshold: 2 },
    ];
    expect(combinationNames(rules)).toEqual([
      'c_Fos+ channel_2+',
      'c_Fos+ channel_2-',
      'c_Fos- channel_2+',
      'c_Fos- channel_2-',
    ]);
    expect(combinationNames(rules.slice(0, 1))).toEqual(['c_Fos+', 'c_Fos-']);
  });
});

describe('columns of channels', () => {
  it.each([
    [
      ['DAPI', 'GFP'],
      ['DAPI', 'GFP'],
    ],
    [
      [undefined, '', '---'],
      ['channel_0', 'channel_1', 'channel_2'],
    ],
    [['Alexa Fluor 488 (µ)'], ['Alexa_Fluor_488_µ']],
    [
      ['=cmd|x', '"a,b"\r\n'],
      ['cmd_x', 'a_b'],
    ],
    [
      ['DAPI', 'dapi', 'DAPI_2'],
      ['DAPI', 'dapi_2', 'DAPI_2_2'],
    ],
    [
      ['channel 1', undefined],
      ['channel_1', 'channel_1_2'],
    ],
    [
      ['e\u0301', '核'],
      ['é', '核'],
    ],
    [['a'.repeat(300)], ['a'.repeat(60)]],
  ] as [(string | undefined)[], string[]][])('of %j start with %j', (names, expected) => {
    expect(channelPrefixes(names)).toEqual(expected);
  });
});
