import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { builtProgram } from '../build.ts';
import { median } from '../pairs.ts';
import { runWatched } from '../process-tree.ts';
import { root } from '../tools.ts';

/** In a fresh process each time: import of what predict needs, then the default model opened on its worker threads. */
export const predictStart: Benchmark = {
  rows: [{ name: 'predict-start', what: 'predict: handler import and model load', target: { under: 800, unit: 'ms' } }],
  needs: [],
  async measure({ folder, quick }) {
    const program = await builtProgram();
    const script = join(folder, 'start.mjs');
    await writeFile(
      script,
      `
      const start = performance.now();
      await import('${join(program, 'functions/stages/predict/handler.js')}');
      const { openModel } = await import('${join(program, 'functions/model/package.js')}');
      const { openEngine } = await import('${join(program, 'functions/model/engine.js')}');
      const imported = performance.now();
      const engine = await openEngine(await openModel('${join(root, 'models/nuclei')}'), { workers: 2 });
      const opened = performance.now();
      await engine[Symbol.asyncDispose]();
      console.log(JSON.stringify({ boot: start, imported: imported - start, opened: opened - imported }));`,
    );
    const runs: { boot: number; imported: number; opened: number }[] = [];
    for (let i = 0; i < (quick ? 2 : 11); i++) {
      const { stdout } = await runWatched(process.execPath, [script]);
      runs.push(JSON.parse(stdout));
    }
    runs.shift(); // the first finds the disk's cache cold
    const part = (name: 'boot' | 'imported' | 'opened') => median(runs.map((each) => each[name])).toFixed(0);
    return {
      'predict-start': {
        values: runs.map(({ imported, opened }) => imported + opened),
        commands: [
          'a fresh node: import of functions/stages/predict/handler, openModel(models/nuclei), openEngine, 2 workers',
        ],
        notes: [
          `imports ${part('imported')} ms, model ${part('opened')} ms; node itself starts in ${part('boot')} ms before that`,
        ],
      },
    };
  },
};
