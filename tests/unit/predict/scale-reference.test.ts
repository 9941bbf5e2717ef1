import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@jest/globals';
import type { Plane } from '../../../functions/image/image.ts';
import { openEngine } from '../../../functions/model/engine/engine.ts';
import { openModel } from '../../../functions/model/package/package.ts';
import { chooseScale, restored, scaled } from '../../../functions/stages/predict/scale.ts';
import { randomNumbers } from '../../support/models.ts';
import { itWithPython } from '../../support/python.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const nuclei = join(root, 'models/nuclei');

/** Soft discs of about one diameter on noise, some of which touch, in whole counts. */
function nucleiPlane(diameter: number, [height, width]: readonly [number, number]): Plane {
  const random = randomNumbers(diameter);
  const step = 1.3 * diameter;
  const [down, across] = [height, width].map((length) => Math.floor(length / step));
  const discs = Array.from({ length: down! * across! }, (_, i) => ({
    y: (Math.floor(i / across!) + 0.25 + 0.5 * random()) * step,
    x: ((i % across!) + 0.25 + 0.5 * random()) * step,
    radius: (0.4 + 0.2 * random()) * diameter,
  }));
  const data = Float32Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width];
    const depth = Math.max(...discs.map((disc) => disc.radius - Math.hypot(y - disc.y, x - disc.x)));
    return Math.round(100 + 20 * random() + 900 * Math.max(0, Math.min(1, depth)));
  });
  return { height, width, samples: 1, type: 'float32', data };
}

await itWithPython(
  'models/nuclei/evaluate.py finds the same objects as the product, pixel for pixel, in enlarged, reduced and other planes',
  async (python) => {
    await using folder = await temporaryFolder();
    const model = await openModel(nuclei);
    await using engine = await openEngine(model, { workers: 1 });
    const factors: number[] = [];
    for (const [diameter, ...size] of [
      [8, 100, 131],
      [20, 180, 211],
      [52, 300, 350],
    ] as const) {
      const plane = nucleiPlane(diameter, size);
      const clues = { diameter: undefined, pixelSize: undefined, size: plane, look: async () => [plane] };
      const scale = await chooseScale(model.description.settings.scale, clues, engine);
      factors.push(scale.factor);
      const maps = await restored(await engine.predict(await scaled([plane], scale)), scale, plane);
      const { labels, count } = await engine.segment(plane, maps, { preview: false, factor: scale.factor });
      expect(count).toBeGreaterThan(12);
      const file = join(folder.path, `${diameter}`);
      await writeFile(file, new Uint8Array(plane.data.buffer as ArrayBuffer));
      const script = join(root, 'tests/support/python/nuclei.py');
      const { stdout } = await run(python, [script, nuclei, ...size.map(String), file], {
        encoding: 'buffer',
        maxBuffer: 1 << 24,
      });
      const reference = new Uint32Array(new Uint8Array(stdout).buffer);
      const different = labels.reduce((sum, label, i) => sum + (label === reference[i] ? 0 : 1), 0);
      expect([diameter, different, reference.length]).toEqual([diameter, 0, labels.length]);
    }
    expect(factors[0]).toBeLessThan(0.6);
    expect(factors[1]).toBe(1);
    expect(factors[2]).toBeGreaterThan(2);
  },
  120_000,
);
