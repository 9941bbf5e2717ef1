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
  const data = Float32Array.from({ length: height * width }, () => 100 + 20 * random());
  const step = 1.3 * diameter;
  for (let y = diameter; y < height - diameter; y += step)
    for (let x = diameter; x < width - diameter; x += step) {
      const [cy, cx, radius] = [
        y + (random() - 0.5) * step * 0.5,
        x + (random() - 0.5) * step * 0.5,
        (0.4 + 0.2 * random()) * diameter,
      ];
      for (let py = Math.floor(cy - radius) - 2; py < cy + radius + 2; py++)
        for (let px = Math.floor(cx - radius) - 2; px < cx + radius + 2; px++) {
          const depth = Math.max(0, Math.min(1, radius - Math.hypot(py - cy, px - cx)));
          if (py >= 0 && py < height && px >= 0 && px < width)
            data[py * width + px] = Math.max(data[py * width + px]!, Math.round(100 + 900 * depth));
        }
    }
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
      [8, 130, 171],
      [20, 250, 301],
      [52, 400, 450],
    ] as const) {
      const plane = nucleiPlane(diameter, size);
      const clues = { diameter: undefined, pixelSize: undefined, size: plane, look: async () => [plane] };
      const scale = await chooseScale(model.description.settings.scale, clues, engine);
      factors.push(scale.factor);
      const maps = await restored(await engine.predict(await scaled([plane], scale)), scale, plane);
      const { labels, count } = await engine.segment(plane, maps, { preview: false, factor: scale.factor });
      expect(count).toBeGreaterThan(20);
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
