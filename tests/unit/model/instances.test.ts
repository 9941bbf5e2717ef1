import { describe, expect, it } from '@jest/globals';
import { distances } from '../../../functions/model/instances/distance.ts';
import { findInstances } from '../../../functions/model/instances/instances.ts';
import { runsAbove } from '../../../functions/model/instances/runs.ts';
import { mapRoles } from '../../../functions/model/package/maps.ts';
import { watershedSettings } from '../../../functions/model/package/settings.ts';
import { randomNumbers } from '../../support/models.ts';

/** A picture of digits: `.` is 0, 1 to 9 are tenths, `#` is 1. */
function picture(rows: readonly string[]) {
  const value = (pixel: string): number => (pixel === '.' ? 0 : pixel === '#' ? 1 : Number(pixel) / 10);
  return {
    height: rows.length,
    width: rows[0]!.length,
    data: Float32Array.from(rows.join(''), value),
  };
}

/** Labels as a picture: `.` for background, letters for objects. */
const drawn = (labels: Uint32Array, width: number): string[] => {
  const text = Array.from(labels, (label) => (label === 0 ? '.' : String.fromCharCode(96 + label))).join('');
  return Array.from({ length: labels.length / width }, (_, y) => text.slice(y * width, (y + 1) * width));
};

const settings = (given: object) => watershedSettings.parse({ minArea: 0, sigma: 0, threshold: 0.5, ...given });

function split(rows: readonly string[], given: object, second?: { name: string; rows: readonly string[] }) {
  const { height, width, data } = picture(rows);
  const maps = second
    ? { names: ['foreground', second.name], data: [data, picture(second.rows).data] }
    : { names: ['foreground'], data: [data] };
  const { labels, count } = findInstances({ ...maps, height, width }, settings(given));
  return { count, drawn: drawn(labels, width) };
}

describe('maps of classes', () => {
  it('are neither foreground, nor boundary, nor distance, whatever they are called', () => {
    const names = ['cell boundary', 'nucleus', 'prob', 'distant cell'];
    expect(mapRoles(names, settings({ classes: ['cell boundary', 'nucleus', 'distant cell'] }))).toEqual({
      foreground: 2,
      boundary: undefined,
      distance: undefined,
    });
  });
});

describe('threshold', () => {
  it('numbers 8-connected objects in raster order', () => {
    expect(split(['#...#', '.#..#', '.....', '####.'], { method: 'threshold' })).toEqual({
      count: 3,
      drawn: ['a...b', '.a..b', '.....', 'cccc.'],
    });
  });

  it('takes what is at the threshold and leaves what is below', () => {
    expect(split(['454'], { method: 'threshold' }).drawn).toEqual(['.a.']);
  });

  it('fills holes, but not bays, nor holes larger than allowed', () => {
    const rows = ['#####', '#.#..', '#####', '#...#', '#####'];
    expect(split(rows, { method: 'threshold' }).drawn).toEqual(['aaaaa', 'aaa..', 'aaaaa', 'aaaaa', 'aaaaa']);
    expect(split(rows, { method: 'threshold', maxHole: 2 }).drawn).toEqual([
      'aaaaa',
      'aaa..',
      'aaaaa',
      'a...a',
      'aaaaa',
    ]);
  });

  it('drops objects whose mean foreground is lower than asked for, filled holes counted', () => {
    const rows = ['888.666', '8.8.6#6', '888.666', '.......', '5#9.7..']; // means 0.711, 0.644, 0.8 and 0.7
    expect(split(rows, { method: 'threshold', minForeground: 0.7 }).drawn).toEqual([
      'aaa....',
      'aaa....',
      'aaa....',
      '.......',
      'bbb....', // 0.7 as float32 is less
    ]);
    expect(split(rows, { method: 'watershed', minForeground: 0.6 }).count).toBe(4);
  });

  it('drops objects of fewer pixels than asked for, counting filled holes', () => {
    expect(split(['###.#', '#.#.#', '###..'], { method: 'threshold', minArea: 9 }).drawn).toEqual([
      'aaa..',
      'aaa..',
      'aaa..',
    ]);
  });

  it('finds nothing in an empty plane and one object in a full one', () => {
    expect(split(['...', '...'], {}).count).toBe(0);
    expect(split(['###', '###'], {})).toEqual({ count: 1, drawn: ['aaa', 'aaa'] });
  });

  it('takes NaN for background', () => {
    const data = Float32Array.of(1, Number.NaN, 1);
    const { labels } = findInstances({ names: ['foreground'], data: [data], height: 1, width: 3 }, settings({}));
    expect(Array.from(labels)).toEqual([1, 0, 2]);
  });
});

describe('watershed on a map', () => {
  const mask = ['#######', '#######'];

  it('parts two peaks of the distance map along the pass between them', () => {
    const distance = { name: 'distance', rows: ['5894986', '5894986'] };
    expect(split(mask, { minRise: 0.3 }, distance).drawn).toEqual(['aaaabbb', 'aaaabbb']);
  });

  it('keeps a peak that rises too little with the higher one', () => {
    const distance = { name: 'distance', rows: ['5897786', '5897786'] };
    expect(split(mask, { minRise: 0.3 }, distance).drawn).toEqual(['aaaaaaa', 'aaaaaaa']);
    expect(split(mask, { minRise: 0.05 }, distance).drawn).toEqual(['aaaabbb', 'aaaabbb']);
  });

  it('shares a flat pass evenly', () => {
    const distance = { name: 'distance', rows: ['9222229', '9222229'] };
    expect(split(mask, { minRise: 0.1 }, distance).drawn).toEqual(['aaaabbb', 'aaaabbb']);
  });

  it('parts along the boundary map where there is one', () => {
    const boundary = { name: 'boundary', rows: ['...8...', '...8...'] };
    expect(split(mask, {}, boundary).count).toBe(2);
  });

  it('with a seed threshold, a peak below it is no object of its own, but a part without any seed is one', () => {
    const distance = { name: 'distance', rows: ['9426...33'] };
    const given = ['####...##'];
    expect(split(given, { seedThreshold: 0.7 }, distance).drawn).toEqual(['aaaa...bb']);
    expect(split(given, { seedThreshold: 0.5 }, distance).drawn).toEqual(['aabb...cc']);
  });

  it('leaves a gap that several objects surround open', () => {
    const rows = ['######', '##..##', '######'];
    const distance = { name: 'distance', rows: ['941149', '94..49', '941149'] };
    expect(split(rows, { minRise: 0.3 }, distance).drawn).toEqual(['aaabbb', 'aa..bb', 'aaabbb']);
  });
});

describe('watershed without a map', () => {
  it('parts two discs that overlap, at their neck', () => {
    const [height, width] = [21, 37];
    const data = Float32Array.from({ length: height * width }, (_, i) => {
      const [y, x] = [Math.floor(i / width), i % width];
      return Math.min(Math.hypot(y - 10, x - 10), Math.hypot(y - 10, x - 26)) <= 9 ? 1 : 0;
    });
    const { labels, count } = findInstances({ names: ['any'], data: [data], height, width }, settings({ sigma: 1 }));
    expect(count).toBe(2);
    for (let i = 0; i < labels.length; i++) {
      const x = i % width;
      if (labels[i] !== 0 && x !== 18) expect(labels[i]).toBe(x < 18 ? 1 : 2);
    }
  });

  it('keeps a disc whole', () => {
    const data = Float32Array.from({ length: 625 }, (_, i) =>
      Math.hypot(Math.floor(i / 25) - 12, (i % 25) - 12) <= 11 ? 1 : 0,
    );
    expect(findInstances({ names: ['any'], data: [data], height: 25, width: 25 }, settings({ sigma: 1 })).count).toBe(
      1,
    );
  });
});

describe('distances', () => {
  /** To every background pixel, one after the other. */
  function slowDistances(data: Float32Array, width: number): number[] {
    const outside: [number, number][] = [];
    data.forEach((value, i) => {
      if (value < 0.5) outside.push([Math.floor(i / width), i % width]);
    });
    return Array.from(data, (value, i) => {
      if (value < 0.5) return 0;
      return Math.min(...outside.map(([y, x]) => Math.hypot(y - Math.floor(i / width), x - (i % width))));
    });
  }

  it.each([0.3, 0.7, 0.95, 0.99])('are exact on random masks that cover %d of the plane', (share) => {
    const random = randomNumbers(Math.round(share * 100));
    for (const [height, width] of [
      [1, 40],
      [33, 1],
      [24, 31],
    ] as const) {
      const data = Float32Array.from({ length: height * width }, () => (random() < share ? 1 : 0));
      data[Math.floor(random() * data.length)] = 0;
      const padded = distances(runsAbove(data, height, width, 0.5));
      const own = Array.from(data, (_, i) => padded[(Math.floor(i / width) + 1) * (width + 2) + (i % width) + 1]!);
      expect(own).toEqual(slowDistances(data, width).map(Math.fround));
    }
  });
});

describe('mapRoles', () => {
  const usual = watershedSettings.parse({});
  it.each([
    [['foreground', 'distance'], { foreground: 0, boundary: undefined, distance: 1 }],
    [['boundaries', 'cell probability'], { foreground: 1, boundary: 0, distance: undefined }],
    [['output0', 'output1'], { foreground: 0, boundary: undefined, distance: undefined }],
    [['boundary'], { foreground: 0, boundary: undefined, distance: undefined }],
  ])('takes %j by its names', (names, roles) => {
    expect(mapRoles(names, usual)).toEqual(roles);
  });

  it('follows the settings where they name a map', () => {
    expect(mapRoles(['a', 'b', 'c'], { ...usual, foreground: 'c', boundary: 'a' })).toEqual({
      foreground: 2,
      boundary: 0,
      distance: undefined,
    });
  });
});
