import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '../..');
const bench = (...args: string[]) => promisify(execFile)(process.execPath, [join(root, 'bench/run.ts'), ...args]);

/** The rows of the first table: its cells by column. */
function tableOf(text: string): Record<string, string>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('| '));
  const [header, , ...rows] = lines.map((line) =>
    line
      .slice(1, -1)
      .split(' | ')
      .map((cell) => cell.trim()),
  );
  return rows.map((cells) => Object.fromEntries(header!.map((name, i) => [name, cells[i]!])));
}

const targets = (rows: Record<string, string>[]) => rows.map(({ row, what, target }) => ({ row, what, target }));

it('keeps RESULTS.md in step with the rows and targets of the code', async () => {
  const written = tableOf(await readFile(join(root, 'bench/RESULTS.md'), 'utf8'));
  expect(targets(written)).toEqual(targets(tableOf((await bench('--list')).stdout)));
});

it('measures every row, or names what it would need', async () => {
  await using folder = await temporaryFolder();
  const out = join(folder.path, 'results.md');
  const { stdout } = await bench('--quick', '--out', out);
  const rows = tableOf(stdout);
  expect(rows.length).toBe(tableOf((await bench('--list')).stdout).length);
  for (const { row, measured, verdict } of rows) {
    const named = /^not measured: needs \S/.test(verdict!);
    expect([row, named || (/^-?\d/.test(measured!) && /^(reached|below)$/.test(verdict!)) ? 'ok' : verdict]).toEqual([
      row,
      'ok',
    ]);
  }
  const report = await readFile(out, 'utf8');
  expect(targets(tableOf(report))).toEqual(targets(rows));
  expect(report).toContain('these figures mean nothing');
}, 300_000);

it('refuses a row that is not there, and lists those that are', async () => {
  await expect(bench('unzip-sorted')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^no row unzip-sorted; there are tiff-uncompressed, .*unzip-stored/),
  });
});
