import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { builtProgram } from '../build.ts';
import { median, seconds } from '../pairs.ts';
import { runWatched } from '../process-tree.ts';

/** From the shell's start of the process to its end, as the user waits. */
export const help: Benchmark = {
  rows: [{ name: 'help', what: '`labdeploy --help`, start to end', target: { under: 150, unit: 'ms' } }],
  needs: [],
  async measure({ quick }) {
    const program = join(await builtProgram(), 'cli/main.js');
    const start = async (...args: string[]) => 1000 * (await seconds(() => runWatched(process.execPath, args)));
    const values: number[] = [];
    const bare: number[] = [];
    for (let i = 0; i < (quick ? 2 : 21); i++) {
      values.push(await start(program, '--help'));
      bare.push(await start('-e', '0'));
    }
    const own = { values: values.slice(1), commands: ['npm run build, then node dist/cli/main.js --help'] };
    return { help: { ...own, notes: [`node -e 0 takes ${median(bare).toFixed(0)} ms of it`] } };
  },
};
