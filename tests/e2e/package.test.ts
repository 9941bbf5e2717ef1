import { execFile } from 'node:child_process';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
}, 600_000);
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

it('the package brings onnxruntime with no script to run at its installation, and does not depend on its package', async () => {
  const manifest = async (file: string) => JSON.parse(await readFile(join(installed, file), 'utf8'));
  expect((await manifest('package.json')).dependencies).not.toHaveProperty('onnxruntime-node');
  const own = await manifest('dist/node_modules/onnxruntime-node/package.json');
  const locked = JSON.parse(await readFile(join(repository, 'package-lock.json'), 'utf8')).packages;
  expect(own.version).toBe(locked['node_modules/onnxruntime-node'].version);
  expect(own).not.toHaveProperty('scripts');
});

it('the package holds no sources, tests or test images', async () => {
  const { stdout } = await execute('find', [installed, '-type', 'f']);
  const files = stdout
    .trim()
    .split('\n')
    .map((file) => relative(installed, file));
  const sources = files.filter((file) => /(?<!\.d)\.ts$/.test(file));
  expect([...sources, ...files.filter((file) => /^(tests|samples|bench|examples)\//.test(file))]).toEqual([]);
  expect(files).toEqual(
    expect.arrayContaining(['LICENSE', 'README.md', 'dist/cli/main.js', 'models/nuclei/weights.onnx']),
  );
});

describe('the programs of examples/, with the package in an empty folder', () => {
  const files = ['segment.ts', 'service.ts', 'tiff.ts'];
  const node = (...args: string[]) => execute(process.execPath, args, { cwd: folder.path });

  beforeAll(async () => {
    for (const file of files) await cp(join(repository, 'examples', file), at(file));
    await writeFile(at('package.json'), JSON.stringify({ type: 'module' }));
  });

  it.each([
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])(
    'compile with module %s and moduleResolution %s',
    async (module, moduleResolution) => {
      const compiler = join(repository, 'node_modules/typescript/bin/tsc');
      const options = ['--noEmit', '--strict', '--target', 'es2024', '--types', 'node'];
      const { stdout } = await node(
        ...[compiler, ...options, '--module', module, '--moduleResolution', moduleResolution, ...files],
      );
      expect(stdout).toBe('');
    },
    180_000,
  );

  it('tiff.ts reads what it has written', async () => {
    expect((await node('tiff.ts', 'written.tif')).stdout.split('\n')).toEqual([
      'written.tif: ZCYX, DAPI and GFP, 0.325 µm a pixel',
      'first pixel of the last plane: 2100',
      '',
    ]);
  });

  it('segment.ts finds in an image what `labdeploy run` finds, and runs a folder', async () => {
    await makeSamples(at('to-segment'));
    const { stdout } = await node('segment.ts', 'to-segment/images/z-stack.tif', 'to-segment/images', 'segmented');
    const counts = [...stdout.matchAll(/^depth (\d): (\d+) objects/gm)].map(([, , count]) => Number(count));
    expect(counts).toHaveLength(4);
    const summary = (await readFile(at('segmented/summary.csv'), 'utf8'))
      .trim()
      .split('\n')
      .map((row) => row.split(','));
    const perPlane = summary.find(([file]) => file === 'z-stack.tif')![summary[0]!.indexOf('objects_per_plane')];
    expect(counts.reduce((sum, count) => sum + count, 0) / 4).toBe(Number(perPlane));
    expect(stdout).toMatch(/^4 images done, 0 failed, \d+ objects$/m);
  }, 60_000);

  it('service.ts declares the service beside a resource of its own', async () => {
    await writeFile(at('mocked.mjs'), mockedEngine);
    const { stdout } = await node('mocked.mjs');
    const { types, url, parameter } = JSON.parse(stdout) as { types: string[]; url: string; parameter: string };
    expect(types).toContain('labdeploy:service:Service');
    expect(types.filter((type) => type === 'aws:ssm/parameter:Parameter')).toHaveLength(1);
    expect([url, parameter]).toEqual(['https://d123.cloudfront.net', 'segmentation-url']);
  }, 60_000);
});

/** Runs service.ts as the engine would, with an account that takes everything. */
const mockedEngine = `
import * as pulumi from '@pulumi/pulumi';
const types = [];
await pulumi.runtime.setMocks({
  newResource({ type, name, inputs, custom }) {
    types.push(type);
    if (custom === false) return { id: undefined, state: {} };
    const own = inputs.bucket ?? inputs.name ?? name;
    const made = { arn: 'arn:aws:' + type.split(/[:/]/)[1] + ':eu-central-1:123456789012:' + own, name: own };
    const state = { domainName: 'd123.cloudfront.net', apiEndpoint: 'https://api.example', url: 'https://queue.example' };
    return { id: own + '-id', state: { ...made, bucketRegionalDomainName: own + '.s3.amazonaws.com', ...state, ...inputs } };
  },
  call: ({ token, inputs }) => ({
    ...inputs,
    ...(token.includes('getCallerIdentity') && { accountId: '123456789012' }),
    ...(token.includes('getRegion') && { region: 'eu-central-1' }),
    ...(token.includes('getPartition') && { partition: 'aws' }),
  }),
}, 'lab', 'dev');
const { url, parameter } = await import('./service.ts');
const value = (output) => new Promise((resolve) => output.apply(resolve));
const shown = { url: await value(url), parameter: await value(parameter) };
await pulumi.runtime.disconnect();
process.stdout.write(JSON.stringify({ types, ...shown }));
`;
