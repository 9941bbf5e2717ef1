import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { alone, type Check, rows } from './checks.ts';

/*
 * npm test: all that CI checks. Each line of output begins with the name of its check. One that fails stops no other;
 * then the exit code is 1, and what failed is said once more at the end, since CI keeps the end of long outputs.
 */

const SAID_AGAIN = 30; // lines of each failed test

const results: { name: string; code: number; seconds: number; failed: string[] }[] = [];

/** Takes the lines of Jest's output, and keeps of each failed test, once, its suite, its name and the first lines of what it says. */
function failedTests() {
  const tests = new Map<string, string[]>();
  let suite = '';
  let current: string[] | undefined;
  return {
    take(line: string) {
      if (/^(PASS|FAIL|Test Suites:)/.test(line)) {
        suite = line.replace(/ \([\d.]+ m?s\)$/, '');
        current = undefined;
      } else if (/^ {2}● (?!Console)/.test(line)) {
        const test = `${suite}\n${line}`;
        current = tests.has(test) ? undefined : [suite];
        if (current) tests.set(test, current);
      }
      if (current && current.length < SAID_AGAIN) current.push(line);
    },
    lines: () => [...tests.values()].flat(),
  };
}

async function run({ name, script, nice = 0 }: Check): Promise<void> {
  const started = performance.now();
  const command = ['-n', String(nice), 'npm', 'run', '--silent', ...script];
  const child = spawn('nice', command, { stdio: ['ignore', 'pipe', 'pipe'] });
  const failed = failedTests();
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      failed.take(line);
      process.stdout.write(`[${name}] ${line}\n`);
    });
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit) => resolve(exit ?? 1));
  });
  results.push({ name, code, seconds: (performance.now() - started) / 1000, failed: failed.lines() });
}

await Promise.all(
  rows.map(async (row) => {
    for (const check of row) await run(check);
  }),
);
await run(alone);

for (const { name, failed } of results) for (const line of failed) process.stdout.write(`[${name}] ${line}\n`);
for (const { name, code, seconds } of results)
  process.stdout.write(`${code === 0 ? 'ok    ' : 'failed'} ${name} (${Math.round(seconds)} s)\n`);
if (results.some(({ code }) => code !== 0)) process.exitCode = 1;
