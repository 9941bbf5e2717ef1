import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';

/*
 * npm run coverage [-- OPTION OF JEST...]: what the unit and contract tests reach, and the ten files of which they reach
 * least. What runs in processes of its own (commands, workers, functions) does not count here: the tests of `cli`, `e2e`
 * and `aws` run it.
 */

const root = resolve(import.meta.dirname, '..');
const folder = join(root, '.cache/coverage');
const shown = 10;

interface Share {
  total: number;
  covered: number;
  pct: number;
}
type Summary = Record<string, Record<'lines' | 'functions' | 'branches', Share>>;

const jest = spawn(
  'npm',
  [
    ...['run', '--silent', 'jest', '--', '--selectProjects', 'unit', 'contract'],
    ...['--coverage', '--coverageProvider', 'v8', '--coverageDirectory', folder],
    ...['--coverageReporters', 'json-summary', '--coverageReporters', 'text-summary'],
    ...['--collectCoverageFrom', '{cli,client,functions,infra,library,policies}/**/*.ts'],
    ...['--collectCoverageFrom', 'web/**/*.ts'],
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
const [code] = (await once(jest, 'close')) as [number | null];
process.exitCode = code ?? 1;

const { total: _, ...files } = JSON.parse(await readFile(join(folder, 'coverage-summary.json'), 'utf8')) as Summary;
const least = Object.entries(files)
  .filter(([, { lines }]) => lines.total > 0)
  .map(([file, { lines }]) => ({ file: relative(root, file), lines }))
  .sort((a, b) => a.lines.pct - b.lines.pct || b.lines.total - a.lines.total)
  .slice(0, shown);
process.stdout.write(`Least covered, lines:\n`);
for (const { file, lines } of least)
  process.stdout.write(`${lines.pct.toFixed(0).padStart(4)} %  ${lines.covered} of ${lines.total}  ${file}\n`);
