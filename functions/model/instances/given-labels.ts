import type { Labels } from './label.ts';

/**
 * Objects of a map that has them already: 0 (or less) is ground, pixels of one other value are one object, wherever they
 * lie. Numbered anew in order of their first pixels, without those of fewer than `minArea` pixels. On shared memory.
 */
export function givenLabels(map: Float32Array, minArea: number): Labels {
  const areas = new Map<number, number>();
  for (const value of map) if (value > 0) areas.set(value, (areas.get(value) ?? 0) + 1);
  const numbers = new Map<number, number>();
  const labels = new Uint32Array(new SharedArrayBuffer(4 * map.length));
  for (let i = 0; i < map.length; i++) {
    const value = map[i]!;
    const area = areas.get(value);
    if (area === undefined || area < minArea) continue;
    const known = numbers.get(value) ?? numbers.size + 1;
    numbers.set(value, known);
    labels[i] = known;
  }
  return { labels, count: numbers.size };
}
