import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import type { Benchmark, Measured } from './benchmark.ts';
import { describeMachine } from './machine.ts';
import { type Outcome, renderReport, renderTable, verdictOf } from './report.ts';
import { allRows, benchmarks } from './rows.ts';
import { findTool, root } from './tools.ts';

/*
 * npm run bench [-- ROW...] [--quick] [--pairs N] [--out FILE] [--list]
 *
 * Measures the rows (default: all), prints their table and writes bench/RESULTS.md, where the other rows
 * keep their figures. --quick: tiny inputs, to see that everything works; writes nothing unless told
 * where. --pairs: of the row `run`, whose pair takes minutes (default 3). --list: prints the rows. Exit 1 when a row failed; a figure below its target is told, not a failure.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    pairs: { type: 'string' },
    out: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
if (options.list) {
  process.stdout.write(`${renderTable(allRows, new Map())}\n`);
  process.exit(0);
}
const unknown = positionals.filter((name) => !allRows.some((row) => row.name === name));
if (unknown.length > 0) {
  process.stderr.write(`no row ${unknown.join(', ')}; there are ${allRows.map(({ name }) => name).join(', ')}\n`);
  process.exit(2);
}
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);

const results = join(root, 'bench/RESULTS.md');
const out = options.out ?? (options.quick ? undefined : results);
const earlier = options.quick ? '' : await readFile(results, 'utf8');
const machine = await describeMachine();
const outcomes = new Map<string, Outcome>();

for (const benchmark of benchmarks) {
  const rows = benchmark.rows.filter(({ name }) => wanted(name));
  if (rows.length === 0) continue;
  process.stderr.write(`${rows.map(({ name }) => name).join(', ')} …\n`);
  for (const outcome of await outcomesOf(benchmark)) if (wanted(outcome.row)) outcomes.set(outcome.row, outcome);
  process.stderr.write(`${renderTable(rows, outcomes).split('\n').slice(2).join('\n')}\n`);
  if (out !== undefined)
    await writeFile(out, renderReport(allRows, outcomes, machine, { quick: options.quick, earlier }));
}

const shown = allRows.filter(({ name }) => wanted(name));
process.stdout.write(`${renderTable(shown, outcomes)}\n`);
process.exitCode = shown.some((row) => verdictOf(row, outcomes.get(row.name)) === 'failed') ? 1 : 0;

async function outcomesOf(benchmark: Benchmark): Promise<Outcome[]> {
  const about = { at: `${new Date().toISOString().slice(0, 16)}Z`, load: loadavg()[0]! };
  const each = (outcome: (row: string) => Pick<Outcome, 'measured' | 'trouble'>) =>
    benchmark.rows.map(({ name }) => ({ row: name, ...about, ...outcome(name) }));
  for (const name of benchmark.needs) {
    const tool = await findTool(name);
    if ('missing' in tool) return each(() => ({ measured: tool }));
  }
  const args = [
    join(root, 'bench/measure.ts'),
    benchmark.rows[0]!.name,
    ...(options.quick ? ['--quick'] : []),
    ...(options.pairs ? [`--pairs=${options.pairs}`] : []),
  ];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 1 << 26 });
    const measured = JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Record<string, Measured>;
    return each((row) => ({ measured: measured[row]! }));
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string };
    process.stderr.write(stderr);
    const reason = /^\w*Error: .*$/m.exec(stderr)?.[0] ?? message;
    return each(() => ({ trouble: reason.slice(0, 300) }));
  }
}
