import { describe, expect, it } from '@jest/globals';
import { axisFor } from '../../../functions/report/axis.ts';
import { summariseGroups } from '../../../functions/report/group-summary.ts';
import { shownNumber } from '../../../functions/report/markup.ts';
import { plotName, stripPlot } from '../../../functions/report/plot.ts';
import { swarmOffsets } from '../../../functions/report/swarm.ts';

describe('an axis', () => {
  it.each([
    [
      [3, 41],
      [0, 10, 20, 30, 40, 50],
    ],
    [
      [0.12, 0.3],
      [0, 0.1, 0.2, 0.3],
    ],
    [
      [-5, 12],
      [-5, 0, 5, 10, 15],
    ],
    [[0], [0, 0.2, 0.4, 0.6, 0.8, 1].slice(0, 2)],
    [[], [0, 0.2]],
  ])('of %j has the ticks %j', (values, ticks) => {
    expect(axisFor(values)).toEqual({ ticks, low: ticks[0], high: ticks.at(-1) });
  });
});

describe('a swarm of points', () => {
  it('covers none by another where there is room', () => {
    const heights = [10, 10, 10, 12, 50];
    const offsets = swarmOffsets(heights, 8, 40);
    for (let a = 0; a < heights.length; a++)
      for (let b = 0; b < a; b++)
        expect(Math.hypot(offsets[a]! - offsets[b]!, heights[a]! - heights[b]!)).toBeGreaterThan(7.9);
    expect([offsets[0], offsets[4]]).toEqual([0, 0]);
  });

  it('stays within its limit', () => {
    expect(Math.max(...swarmOffsets(new Array(1000).fill(5), 8, 40).map(Math.abs))).toBe(40);
  });
});

describe('a plot', () => {
  const images = ['a', 'b', 'c', 'd', 'e'].map((path, i) => ({
    path: `<${path}>&"'\u202e.tif`,
    labels: { condition: '<script>alert(1)</script>' },
    values: new Map([['objects', i + 1]]),
  }));

  it('escapes what names hold, and says its numbers in words', () => {
    const summary = summariseGroups(images);
    const svg = stripPlot(summary, summary.measures[0]!, { name: 'plot-1', standalone: true });
    expect(svg).not.toMatch(/<script|\u202e|<a>/);
    expect(svg).toContain('<title>&lt;a&gt;&amp;&quot;&#39;\ufffd.tif: 1</title>');
    expect(svg).toContain(
      '<desc id="plot-1-desc">&lt;script&gt;alert(1)&lt;/script&gt;: median 3, mean 3, standard deviation 1.581, 5 images.</desc>',
    );
    expect(svg.match(/class="unit"/g)).toHaveLength(5);
    expect(svg.match(/class="box"/g)).toHaveLength(1);
  });

  it('draws no box of fewer than five', () => {
    const summary = summariseGroups(images.slice(0, 4));
    const svg = stripPlot(summary, summary.measures[0]!, { name: 'p', standalone: false });
    expect([svg.includes('class="box"'), svg.includes('class="median"')]).toEqual([false, true]);
  });

  it('has a name that a disk can keep', () => {
    expect(plotName({ key: 'positive: GFP+ RFP-', name: '', title: '', unit: '' }, 2)).toBe(
      'plot-03-positive-GFP+-RFP-',
    );
  });
});

describe('a number that is shown', () => {
  it.each([
    [1234567, '1,234,567'],
    [12.3456, '12.35'],
    [0.000012345, '1.234e-5'],
    [0.5, '0.5'],
    [undefined, '–'],
  ])('%j is %s', (value, text) => {
    expect(shownNumber(value)).toBe(text);
  });
});
