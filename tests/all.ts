import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { alone, type Check, rows } from './checks.ts';

/*
 * npm test: all that CI checks. Each line of output begins with the name of its check. One that fails stops no other;
 * then the exit code is 1.
 */

const results: { name: string; code: number; seconds: number }[] = [];

async function run({ name, script, nice = 0 }: Check): Promise<void> {
  const started = performance.now();
  const command = ['-n', String(nice), 'npm', 'run', '--silent', ...script];
  const child = spawn('nice', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => process.stdout.write(`[${name}] ${line}\n`));
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? 1));
  });
  results.push({ name, code, seconds: (performance.now() - started) / 1000 });
}

await Promise.all(
  rows.map(async (row) => {
    for (const check of row) await run(check);
  }),
);
await run(alone);

for (const { name, code, seconds } of results)
  process.stdout.write(`${code === 0 ? 'ok    ' : 'failed'} ${name} (${Math.round(seconds)} s)\n`);
if (results.some(({ code }) => code !== 0)) process.exitCode = 1;
