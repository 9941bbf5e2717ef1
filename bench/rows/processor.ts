import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nucleiImage } from '../../samples/synthetic.ts';
import type { Benchmark } from '../benchmark.ts';
import { builtProgram } from '../build.ts';
import { writePlainTiff } from '../plain-tiff.ts';
import { processorSeconds } from '../process-tree.ts';
import { root } from '../tools.ts';

/** Of the mean nucleus, px: its image is predicted as it is, but that is for the estimate of the scale to find out. */
const radius = 10;
const pixelsPerNucleus = 4000;

/** What `labdeploy run` costs whatever the number of cores: from the start of the process to its end, over the pixels. */
export const processorTime: Benchmark = {
  rows: [
    {
      name: 'run-processor',
      what: '`run` on 8 images of 2048 x 2048 px, nuclei of 17 to 24 px: processor time a megapixel',
      target: { under: 0.3, unit: 's' },
    },
  ],
  needs: ['proc'],
  async measure({ folder, quick, pairs = 3 }) {
    const side = quick ? 300 : 2048;
    const files = quick ? 1 : 8;
    const images = join(folder, 'images');
    await mkdir(images);
    for (let file = 0; file < files; file++) {
      const nuclei = Math.ceil(side ** 2 / pixelsPerNucleus);
      await writePlainTiff(join(images, `field-${file}.tif`), { height: side, width: side, planes: 1 }, () =>
        nucleiImage({ height: side, width: side, nuclei, radius, seed: file + 1 }),
      );
    }
    const program = join(await builtProgram(), 'cli/main.js');
    const out = join(folder, 'out');
    const megapixels = (files * side ** 2) / 1e6;
    const values: number[] = [];
    for (let run = 0; run < (quick ? 1 : pairs); run++) {
      await rm(out, { recursive: true, force: true });
      const args = ['run', images, '-o', out, '-m', join(root, 'models/nuclei')];
      values.push((await processorSeconds(process.execPath, [program, ...args])) / megapixels);
    }
    const command = `npm run build, then node dist/cli/main.js run IMAGES -o OUT -m models/nuclei (${files} images)`;
    return { 'run-processor': { values, commands: [command] } };
  },
};
