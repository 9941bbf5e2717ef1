import { describe, expect, it } from '@jest/globals';
import { blockMeans, blockMiddles } from '../../../functions/image/blocks.ts';
import { blend, channelColours, firstColours } from '../../../web/viewer/colours.ts';
import { brightnessOf, describeSamples, stepOf, withBound } from '../../../web/viewer/contrast.ts';
import { labelColour, paintLabels } from '../../../web/viewer/label-paint.ts';
import { oneSample } from '../../../web/viewer/one-sample.ts';

describe('contrast', () => {
  it('is black below one and white above 99.8 hundredths of the samples', () => {
    const samples = Uint16Array.from({ length: 1001 }, (_, i) => i);
    const { least, most, low, high, bins } = describeSamples(samples);
    expect({ least, most, low, high }).toEqual({ least: 0, most: 1000, low: 10, high: 998 });
    expect(bins).toHaveLength(128);
    expect(bins.reduce((sum, count) => sum + count, 0)).toBe(1001);
    expect([bins[0], bins[127]]).toEqual([8, 8]);
  });

  it('of very many samples is that of every so-and-so-many one', () => {
    const many = Uint16Array.from({ length: 1 << 20 }, (_, i) => i % 1000); // each 16th is taken: 0, 16, ... 992, 8, 24 ...
    const { least, most, low, high, bins } = describeSamples(many);
    expect({ least, most, low, high }).toEqual({ least: 0, most: 992, low: 8, high: 992 });
    expect(bins.reduce((sum, count) => sum + count, 0)).toBe(1 << 16);
  });

  it.each([
    [[], { least: 0, most: 1, low: 0, high: 1 }],
    [[7, 7, 7], { least: 7, most: 7, low: 7, high: 8 }],
    [[Number.NaN, 2, Number.POSITIVE_INFINITY, 4], { least: 2, most: 4, low: 2, high: 4 }],
  ])('of %j is %j', (samples, range) => {
    expect(describeSamples(samples)).toMatchObject(range);
  });

  it.each([
    [5, 0],
    [10, 0],
    [15, 0.5],
    [20, 1],
    [99, 1],
    [Number.NaN, 0],
  ])('shows %d between 10 and 20 as %d', (value, brightness) => {
    expect(brightnessOf(value, 10, 20)).toBe(brightness);
  });

  it('keeps black below white, whichever is moved', () => {
    const range = { low: 10, high: 20 };
    expect(withBound(range, 'low', 15, 1)).toEqual({ low: 15, high: 20 });
    expect(withBound(range, 'low', 30, 1)).toEqual({ low: 30, high: 31 });
    expect(withBound(range, 'high', 4, 0.5)).toEqual({ low: 3.5, high: 4 });
  });

  it('moves by whole numbers where samples are', () => {
    expect(stepOf('uint8', { least: 0, most: 255 })).toBe(1);
    expect(stepOf('uint16', { least: 0, most: 40_000 })).toBe(40);
    expect(stepOf('float32', { least: 0, most: 2 })).toBe(0.002);
    expect(stepOf('float32', { least: 2, most: 2 })).toBe(1);
  });
});

describe('colours of channels', () => {
  it('follow the stain, else each other; one channel alone is grey', () => {
    expect(firstColours(1, ['GFP'])).toEqual(['grey']);
    expect(firstColours(5, ['DAPI', 'c-Fos (488)', 'tdTomato', 'Cy5', 'far red'])).toEqual([
      'blue',
      'green',
      'red',
      'magenta',
      'magenta',
    ]);
    expect(firstColours(7, [])).toEqual(['blue', 'green', 'magenta', 'yellow', 'cyan', 'red', 'blue']);
  });

  it('leave to known stains their own, so that two channels are told apart', () => {
    expect(firstColours(3, ['DAPI', 'c-Fos', 'GFP (488 nm)'])).toEqual(['blue', 'magenta', 'green']);
    expect(firstColours(3, ['Iba1', undefined, 'DAPI'])).toEqual(['green', 'magenta', 'blue']);
  });

  it('add up to light, which has an end', () => {
    const red = { samples: [0, 50, 100, 300], low: 0, high: 100, colour: [200, 0, 10] } as const;
    const green = { samples: [100, 100, 0, Number.NaN], low: 0, high: 200, colour: [120, 100, 0] } as const;
    expect([...blend([red, green], 4)]).toEqual([
      ...[60, 50, 0, 255],
      ...[160, 50, 5, 255],
      ...[200, 0, 10, 255],
      ...[200, 0, 10, 255],
    ]);
    expect([...blend([], 1)]).toEqual([0, 0, 0, 255]);
    expect([
      ...blend(
        [
          { ...red, samples: [255], high: 255 },
          { ...red, samples: [255], high: 255 },
        ],
        1,
      ),
    ]).toEqual([255, 0, 13, 255]);
  });

  it('keep their hue where three bright ones meet, instead of white', () => {
    const bright = (['blue', 'green', 'magenta'] as const).map((name) => ({
      samples: [255],
      low: 0,
      high: 255,
      colour: channelColours[name],
    }));
    expect([...blend(bright, 1)]).toEqual([144, 189, 255, 255]);
  });

  it('are nothing where white is black', () => {
    expect([...blend([{ samples: [9], low: 5, high: 5, colour: channelColours.grey }], 1)]).toEqual([0, 0, 0, 255]);
  });
});

/** Labels with the pixels around them, as rows of digits. */
const bordered = (...rows: string[]) => ({
  width: rows[0]!.length - 2,
  height: rows.length - 2,
  labels: Uint32Array.from(rows.join(''), Number),
});
/** One letter a pixel: what colour it has, and `.` for none. */
function letters(pixels: Uint8ClampedArray, width: number, names: Record<string, string>): string[] {
  const rows: string[] = [];
  for (let at = 0; at < pixels.length; at += 4) {
    if ((at / 4) % width === 0) rows.push('');
    rows[rows.length - 1] += pixels[at + 3] === 0 ? '.' : (names[pixels.slice(at, at + 4).join(' ')] ?? '?');
  }
  return rows;
}

describe('objects', () => {
  const labels = bordered('0000000', '0111220', '0111220', '0111220', '0000000');
  const names = {
    '255 160 0 255': 'o',
    '0 255 255 255': 'S',
    '0 255 255 60': 's',
    '128 128 128 110': 'f',
    '128 128 128 40': 'g',
    [[...labelColour(1), 140].join(' ')]: 'a',
    [[...labelColour(1), 255].join(' ')]: '1',
    [[...labelColour(2), 255].join(' ')]: '2',
  };
  const painted = (style: Parameters<typeof paintLabels>[1], of = labels) =>
    letters(paintLabels(of, style), of.width, names);

  it('are outlined inside of themselves', () => {
    expect(painted({ filled: false, selected: 0 })).toEqual(['ooooo', 'o.ooo', 'ooooo']);
  });

  it('go on beyond the tile, without an outline there', () => {
    const inner = bordered('1111', '1111', '1111', '1111');
    expect(painted({ filled: false, selected: 0 }, inner)).toEqual(['..', '..']);
  });

  it('are filled, each in a colour of its own', () => {
    expect(painted({ filled: true, selected: 0 })).toEqual(['11122', '1a122', '11122']);
    const colours = Array.from({ length: 50 }, (_, i) => labelColour(i + 1).join());
    expect(new Set(colours).size).toBe(50);
    expect(labelColour(7)).toEqual(labelColour(7));
  });

  it('stand out where one is chosen', () => {
    expect(painted({ filled: false, selected: 1 })).toEqual(['SSSoo', 'SsSoo', 'SSSoo']);
  });

  it('are faint where they do not pass the filter, but for the chosen one', () => {
    expect(painted({ filled: false, selected: 0, passes: Uint8Array.of(0, 0, 1) })).toEqual([
      'fffoo',
      'f.foo',
      'fffoo',
    ]);
    expect(painted({ filled: true, selected: 0, passes: Uint8Array.of(0, 1) })).toEqual(['111ff', '1a1ff', '111ff']);
    expect(painted({ filled: true, selected: 0, passes: Uint8Array.of(0, 0, 1) })).toEqual(['fff22', 'fgf22', 'fff22']);
    expect(painted({ filled: false, selected: 2, passes: Uint8Array.of(0, 1, 0) })).toEqual([
      'oooSS',
      'o.oSS',
      'oooSS',
    ]);
  });
});

describe('coarser pixels', () => {
  it('are means of intensities, of what is finite', () => {
    const data = Float32Array.of(1, 3, 5, 5, 7, 9, Number.NaN, 2, 4);
    expect(blockMeans({ width: 3, height: 3, data }, 2, Float32Array)).toEqual({
      ...{ width: 2, height: 2 },
      data: Float32Array.of((1 + 3 + 5 + 7) / 4, 7, 2, 4),
    });
    const none = blockMeans({ width: 1, height: 1, data: [Number.NaN] }, 4, Float32Array);
    expect([...none.data]).toEqual([Number.NaN]);
  });

  it('are the labels in the middle', () => {
    const data = Uint16Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    expect(blockMiddles({ width: 3, height: 3, data }, 2)).toEqual({
      ...{ width: 2, height: 2 },
      data: Uint32Array.of(5, 6, 8, 9),
    });
  });

  it('of a pixel of several samples are one of them', () => {
    const rgb = { width: 2, height: 1, samples: 3, data: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    expect(oneSample(rgb, 1).data).toEqual(Uint8Array.of(2, 5));
    const wide = { width: 1, height: 1, samples: 2, data: BigInt64Array.of(-5n, 7n) };
    expect(oneSample(wide, 0).data).toEqual(Float64Array.of(-5));
  });
});
