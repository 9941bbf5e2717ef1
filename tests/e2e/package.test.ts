import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { functionNames } from '../../infra/functions.ts';
import { makeSamples } from '../../samples/make.ts';
import { installPackage } from '../support/installed-package.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.ts';

const execute = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

let folder: TemporaryFolder;
let installed: string;
const at = (...names: string[]) => join(folder.path, ...names);

beforeAll(async () => {
  folder = await temporaryFolder();
  installed = await installPackage(folder.path);
}, 120_000);
afterAll(async () => folder[Symbol.asyncDispose]());

const labdeploy = (...args: string[]) =>
  execute(process.execPath, [join(installed, 'dist/cli/main.js'), ...args], { cwd: folder.path });

it('the packed program runs without TypeScript and knows its version and models', async () => {
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as { version: string };
  expect((await labdeploy('--version')).stdout).toBe(`${version}\n`);
  expect((await labdeploy('model', 'list')).stdout).toContain('Nuclei');
}, 30_000);

it('the packed program has the code of the functions, for labdeploy up', async () => {
  for (const name of functionNames) await readFile(join(installed, 'dist/lambda', name, 'index.mjs'));
});

it('the packed program segments a folder', async () => {
  await makeSamples(at('samples'));
  const { stdout } = await labdeploy('run', 'samples/images', '-o', 'results', '--zip');
  expect(stdout).toContain('4 of 4 files done');
  expect(await readFile(at('results/summary.csv'), 'utf8')).toContain('z-stack.tif');
}, 60_000);

it('the package holds no sources, tests or test images', async () => {
  const { stdout } = await execute('find', [installed, '-type', 'f']);
  const files = stdout
    .trim()
    .split('\n')
    .map((file) => relative(installed, file));
  expect(files.filter((file) => file.endsWith('.ts') || /^(tests|samples|bench)\//.test(file))).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'dist/cli/main.js', 'models/nuclei/weights.onnx']),
  );
});
