import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';

/**
 * `npm run build:onnxruntime [-- FOLDER]`: lays onnxruntime into dist/node_modules, where the built program finds it before any other.
 * As a dependency its package would fetch CUDA from elsewhere when it is installed on Linux, and fail where that is
 * closed; what it brings in the registry is whole for processors, and needs no script.
 */
const root = resolve(import.meta.dirname, '..');
const out = resolve(process.argv[2] ?? join(root, 'dist/node_modules'));

/** Nothing of these is needed to run a model. */
const left = new Set(['script', 'lib', 'README.md', 'package.json']);
/** The same file again, under the name that nothing loads. */
const twice = /^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

const licence = `MIT License

Copyright (c) Microsoft Corporation. All rights reserved.

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
`;

for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
  const [from, to] = [join(root, 'node_modules', name), join(out, name)];
  await rm(to, { recursive: true, force: true });
  await mkdir(to, { recursive: true });
  await cp(from, to, {
    recursive: true,
    filter: (path) =>
      !left.has(path.slice(from.length + 1)) && !twice.test(basename(path)) && !/\.(map|d\.ts)$/.test(path),
  });
  const {
    scripts: _,
    devDependencies: __,
    dependencies: ___,
    ...manifest
  } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as Record<string, unknown>;
  await writeFile(join(to, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await writeFile(join(to, 'LICENSE'), licence);
}
