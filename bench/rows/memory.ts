import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { builtProgram } from '../build.ts';
import { nucleiPlane, pixelSize } from '../microscope-folder.ts';
import { writePlainTiff } from '../plain-tiff.ts';
import { runWatched } from '../process-tree.ts';
import { root } from '../tools.ts';

/** Planes that differ; the stack repeats them. */
const different = 8;

/** Memory must be bounded by a plane, never by a file. */
export const memory: Benchmark = {
  rows: [
    {
      name: 'memory-2gb-stack',
      what: 'peak memory of `run` on a stack of 2 GB (256 planes of 2048 x 2048, 16-bit)',
      target: { under: 1000, unit: 'MB' },
    },
  ],
  needs: ['proc'],
  async measure({ folder, quick }) {
    const side = quick ? 128 : 2048;
    const planes = quick ? 4 : 256;
    const made = Array.from({ length: different }, (_, i) => nucleiPlane(side, i + 1));
    const stack = join(folder, 'stack.tif');
    await writePlainTiff(stack, { height: side, width: side, planes, pixelSize }, (i) => made[i % different]!);
    const out = join(folder, 'out');
    const { peakBytes, seconds } = await runWatched(process.execPath, [
      join(await builtProgram(), 'cli/main.js'),
      'run',
      stack,
      '-o',
      out,
      '-m',
      join(root, 'models/nuclei'),
    ]);
    return {
      'memory-2gb-stack': {
        values: [peakBytes / 1e6],
        commands: ['npm run build, then node dist/cli/main.js run stack.tif -o out'],
        notes: [
          `it took ${seconds.toFixed(0)} s: ${((planes * side ** 2) / 1e6 / seconds).toFixed(2)} million pixels a second`,
        ],
      },
    };
  },
};
