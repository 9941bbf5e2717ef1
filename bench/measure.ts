import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured } from './benchmark.ts';
import { benchmarks } from './rows.ts';
import { root } from './tools.ts';

/*
 * One benchmark in a process of its own, started by run.ts: `node bench/measure.ts ROW [--quick] [--pairs=N]`. What it measured is
 * its last line on stdout, as JSON by row.
 */
const [name, ...flags] = process.argv.slice(2);
const benchmark = benchmarks.find(({ rows }) => rows.some((row) => row.name === name));
if (benchmark === undefined) throw new Error(`no row ${name}`);
const cache = join(root, '.cache/bench');
await mkdir(cache, { recursive: true });
const folder = await mkdtemp(join(tmpdir(), 'labdeploy-bench-'));
const pairs = flags.find((flag) => flag.startsWith('--pairs='))?.slice('--pairs='.length);
try {
  const measured: Record<string, Measured> = await benchmark.measure({
    quick: flags.includes('--quick'),
    ...(pairs !== undefined && { pairs: Number(pairs) }),
    folder,
    cache,
  });
  process.stdout.write(`${JSON.stringify(measured)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
