// Holds what lint still finds of rules that the code does not keep everywhere yet: more fails, fewer is said, so that
// .ci/lint-counts.json can be lowered: node .ci/lint-counts.js [--write]
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const file = join(root, '.ci/lint-counts.json');
const allowed = JSON.parse(readFileSync(file, 'utf8'));

const program = join(root, 'node_modules/@biomejs/biome/bin/biome');
const options = ['--reporter=json', '--max-diagnostics=none', ...Object.keys(allowed).map((rule) => `--only=${rule}`)];
// its exit is that of rules which are not counted here: the ordinary lint says those
const { stdout } = spawnSync(process.execPath, [program, 'lint', ...options, '.'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 28,
  stdio: ['ignore', 'pipe', 'ignore'],
});
const { diagnostics } = JSON.parse(stdout);
const found = Object.fromEntries(
  Object.keys(allowed).map((rule) => [rule, diagnostics.filter(({ category }) => category === `lint/${rule}`)]),
);

for (const [rule, all] of Object.entries(found)) {
  if (all.length === allowed[rule]) continue;
  const change = `${rule}: ${all.length} where ${allowed[rule]} were`;
  if (all.length < allowed[rule]) process.stdout.write(`${change}: node .ci/lint-counts.js --write keeps it so\n`);
  else {
    process.stderr.write(`${change}. One of these is new: npx biome lint --only=${rule}\n`);
    process.exitCode = 1;
  }
}
if (process.argv.includes('--write')) {
  const counts = Object.fromEntries(Object.entries(found).map(([rule, all]) => [rule, all.length]));
  writeFileSync(file, `${JSON.stringify(counts, null, 2)}\n`);
  process.exitCode = 0;
}
