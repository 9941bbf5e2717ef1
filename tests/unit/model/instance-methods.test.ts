import { describe, expect, it } from '@jest/globals';
import { findInstances } from '../../../functions/model/instances/instances.ts';
import { atScale } from '../../../functions/model/instances/segment.ts';
import { instanceSettings } from '../../../functions/model/package/settings.ts';
import { type InstanceCase, instanceCases, readInstanceCase } from '../../support/instance-cases.ts';

const find = ({ maps, settings, height, width, grid, columns, factor }: InstanceCase, more: object = {}) =>
  findInstances(
    { names: maps.map((_, i) => `map ${i}`), data: maps, height, width, grid, columns, factor },
    instanceSettings.parse({ ...settings, ...more }),
  );

/** Labels numbered in order of first pixels: equal for the same objects, whatever their numbers. */
function numbered(labels: ArrayLike<number>): number[] {
  const numbers = new Map([[0, 0]]);
  return Array.from(labels, (label) => {
    if (!numbers.has(label)) numbers.set(label, numbers.size);
    return numbers.get(label)!;
  });
}

/** How many pixels belong to other objects than expected. */
function different(labels: ArrayLike<number>, expected: ArrayLike<number>): number {
  const [own, other] = [numbered(labels), numbered(expected)];
  return own.filter((label, i) => label !== other[i]).length;
}

describe.each(['stardist', 'cellpose'] as const)('%s: objects of the reference implementation', (method) => {
  it.each(instanceCases(method))('%s', (name) => {
    const given = readInstanceCase(name);
    const { labels, count } = find(given);
    expect(count).toBe(given.objects);
    expect(different(labels, given.labels)).toBe(0);
  });
});

describe('stardist', () => {
  const usual = readInstanceCase('stars-grid-2');

  it('numbers objects in order of first pixels', () => {
    const { labels } = find(usual);
    expect([...labels]).toEqual(numbered(labels));
  });

  it('keeps more where more overlap is allowed, fewer where none is', () => {
    const loose = find(usual, { overlap: 0.8 }).count;
    const strict = find(usual, { overlap: 0 }).count;
    expect(loose).toBeGreaterThan(usual.objects);
    expect(strict).toBeLessThan(usual.objects);
  });

  it('finds the same in maps that an export enlarged to the size of the plane', () => {
    const { height, width, grid, maps } = usual;
    const columns = Math.ceil(width / grid);
    const enlarged = maps.map((map, channel) =>
      Float32Array.from({ length: height * width }, (_, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        // As stardist exports: probabilities only at the first pixel of each cell, distances in all.
        if (channel === 0 && (y % grid !== 0 || x % grid !== 0)) return 0;
        return map[Math.floor(y / grid) * columns + Math.floor(x / grid)]!;
      }),
    );
    const { labels } = find({ ...usual, maps: enlarged, grid: 1, columns: width }, { cell: grid });
    expect(different(labels, usual.labels)).toBe(0);
  });

  it('drops objects that are smaller than asked for', () => {
    const area = (labels: ArrayLike<number>): number[] => {
      const areas: number[] = [];
      for (const label of Array.from(labels)) if (label > 0) areas[label] = (areas[label] ?? 0) + 1;
      return areas.slice(1);
    };
    const all = area(find(usual).labels).sort((a, b) => a - b);
    const least = all[5]! + 1;
    expect(find(usual, { minArea: least }).count).toBe(all.filter((pixels) => pixels >= least).length);
  });

  it('finds nothing where nothing is probable', () => {
    const none = { ...usual, maps: usual.maps.map((map) => new Float32Array(map.length)) };
    expect(find(none).count).toBe(0);
  });
});

describe('cellpose', () => {
  const usual = readInstanceCase('flows-usual');

  it('takes maps by their names', () => {
    const [y, x, probability] = usual.maps;
    const settings = { ...usual.settings, flowY: 'down', flowX: 'right', probability: 'inside' };
    const maps = { names: ['inside', 'right', 'down'], data: [probability!, x!, y!], height: usual.height };
    const { labels } = findInstances({ ...maps, width: usual.width }, instanceSettings.parse(settings));
    expect(different(labels, usual.labels)).toBe(0);
  });

  it('takes more steps where the plane was reduced for the model, fewer where it was enlarged', () => {
    const settings = instanceSettings.parse({ method: 'cellpose', steps: 100 });
    expect(atScale(settings, 3)).toMatchObject({ steps: 300, minArea: 15 });
    expect(atScale(settings, 0.5)).toMatchObject({ steps: 50, minArea: 8 });
    expect(atScale(settings, 1)).toBe(settings);
  });

  it('drops objects that take up more of the plane than allowed', () => {
    const areas = new Map<number, number>();
    for (const label of usual.labels) areas.set(label, (areas.get(label) ?? 0) + 1);
    areas.delete(0);
    const largest = Math.max(...areas.values());
    const found = find(usual, { maxFraction: (largest - 1) / usual.labels.length, flowThreshold: 0 });
    expect(found.count).toBe(find(usual, { flowThreshold: 0 }).count - 1);
  });

  it('finds nothing where nothing is above the threshold', () => {
    expect(find(usual, { threshold: 1000 }).count).toBe(0);
  });
});
