import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Benchmark } from '../benchmark.ts';
import { takeTurns } from '../pairs.ts';
import { pathOf, root } from '../tools.ts';

const run = promisify(execFile);

const variable = { stardist: 'LABDEPLOY_BENCH_STARDIST', cellpose: 'LABDEPLOY_BENCH_CELLPOSE' };
const title = { stardist: 'StarDist', cellpose: 'Cellpose' };

/** Processor time from maps to labels, one thread each; both must find the same objects, pixel for pixel. */
export const instanceMethods: readonly Benchmark[] = (['stardist', 'cellpose'] as const).map((method) => ({
  rows: [
    {
      name: `instances-${method}`,
      what: `objects of a ${title[method]} network's maps of 1024 x 1024, against ${method} itself, processor time`,
      target: { atLeast: 1 },
    },
  ],
  needs: [method],
  async measure({ folder, quick }) {
    const python = await pathOf(method);
    const script = join(root, 'bench/reference/instances.py');
    const env = { ...process.env, OMP_NUM_THREADS: '1', CUDA_VISIBLE_DEVICES: '' };
    await run(python, [script, 'make', method, folder, quick ? '128' : '1024'], { env });
    const found = new Set<string>();
    const secondsOf = async (program: string, args: readonly string[]) => {
      const { stdout } = await run(program, [...args, method, folder], { env });
      const [seconds, ...objects] = stdout.trim().split('\n').at(-1)!.split(' ');
      found.add(objects.join(' '));
      return Number(seconds);
    };
    const turns = await takeTurns(
      quick ? 1 : 7,
      () => secondsOf(process.execPath, [join(root, 'bench/instances.ts')]),
      () => secondsOf(python, [script, 'find']),
    );
    if (found.size !== 1) throw new Error(`the two find other objects: ${[...found].join(', ')}`);
    return {
      [`instances-${method}`]: {
        ...turns,
        unit: 's',
        commands: [
          `${variable[method]}=PYTHON npm run bench -- instances-${method}`,
          `ours: node bench/instances.ts ${method} FOLDER`,
          `reference: OMP_NUM_THREADS=1 PYTHON bench/reference/instances.py find ${method} FOLDER`,
          'the maps: bench/reference/instances.py make',
        ],
        notes: [`${[...found][0]!.split(' ')[0]} objects, the same pixel for pixel`],
      },
    };
  },
}));
