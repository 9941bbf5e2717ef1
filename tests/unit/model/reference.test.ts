import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import { findInstances } from '../../../functions/model/instances/instances.ts';
import { instanceSettings } from '../../../functions/model/package/settings.ts';
import { randomNumbers } from '../../support/models.ts';
import { itWithPython } from '../../support/python.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const [height, width] = [90, 131];

/** Overlapping discs with noise, as a network's foreground and depth of touching nuclei may look. */
function discs(seed: number): { foreground: Float32Array; distance: Float32Array } {
  const random = randomNumbers(seed);
  const centres = Array.from({ length: 30 }, () => [random() * height, random() * width, 4 + random() * 9] as const);
  const foreground = new Float32Array(height * width);
  const distance = new Float32Array(height * width);
  for (let i = 0; i < foreground.length; i++) {
    const [y, x] = [Math.floor(i / width), i % width];
    const depth = Math.max(...centres.map(([cy, cx, radius]) => 1 - Math.hypot(y - cy, x - cx) / radius));
    foreground[i] = 1 / (1 + Math.exp(-12 * depth)) + 0.1 * (random() - 0.5);
    distance[i] = Math.max(0, depth) + 0.05 * random();
  }
  return { foreground, distance };
}

const settingsTried = [
  { distance: 'distance', threshold: 0.5, minRise: 0.12, minArea: 20 },
  { distance: 'distance', threshold: 0.4, seedThreshold: 0.5, sigma: 0, minArea: 4, minForeground: 0.62 },
  { boundary: 'rim', threshold: 0.6, minRise: 0.03, sigma: 2.2, minArea: 0, maxHole: 3 },
  { threshold: 0.6, minRise: 0.5, sigma: 1.5, minArea: 15, maxHole: 30 },
  { method: 'threshold', threshold: 0.5, minArea: 10 },
];

await itWithPython(
  'models/nuclei/instances.py finds the same objects, pixel for pixel',
  async (python) => {
    await using folder = await temporaryFolder();
    for (const [seed, settings] of settingsTried.entries()) {
      const named = { foreground: 'foreground', sigma: 1, ...settings };
      const { foreground, distance } = discs(seed);
      const all = { foreground, distance, rim: distance };
      const files: string[] = [];
      for (const [name, map] of Object.entries(all)) {
        await writeFile(join(folder.path, name), Buffer.from(map.buffer as ArrayBuffer));
        files.push(`${name}=${join(folder.path, name)}`);
      }
      const used = Object.entries(all).filter(
        ([name]) => Object.values(settings).includes(name) || name === 'foreground',
      );
      const maps = { names: used.map(([name]) => name), data: used.map(([, map]) => map), height, width };
      const { labels, count } = findInstances(maps, instanceSettings.parse(named));
      expect(count).toBeGreaterThan(3);
      const { stdout } = await run(
        python,
        [
          join(root, 'tests/support/python/instances.py'),
          join(root, 'models/nuclei'),
          ...[height, width].map(String),
          JSON.stringify(named),
          ...files,
        ],
        { encoding: 'buffer', maxBuffer: 1 << 24 },
      );
      const reference = new Uint32Array(new Uint8Array(stdout).buffer);
      expect(Array.from(reference)).toEqual(Array.from(labels));
    }
  },
  120_000,
);
