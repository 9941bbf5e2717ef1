import { execFile } from 'node:child_process';
import { access, cp, mkdir, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

/** Of the repository, what is no source. */
const noSources = new Set(['node_modules', 'dist', '.git', '.cache']);

/** Of the workspace that brings Node to whoever works on labdeploy. */
const ours = /^(@labdeploy\/|node-(bin-)?(darwin|linux|win)-)/;

/** Of onnxruntime, which npm packs though it is in a folder called node_modules. */
const packedToo = 'dist/node_modules/onnxruntime-node/package.json';

/**
 * Builds, packs, and lays the package and what it depends on into an empty folder, as npm would; without a registry. Of
 * onnxruntime one file is packed and all are copied, since to compress 250 MB takes longer than all tests of the package.
 * Returns the folder of the package.
 */
export async function installPackage(folder: string): Promise<string> {
  const at = (...names: string[]) => join(folder, ...names);
  const cwd = at('sources'); // other tests use what is built in the repository
  await cp(repository, cwd, { recursive: true, filter: (path) => !noSources.has(relative(repository, path)) });
  await symlink(join(repository, 'node_modules'), join(cwd, 'node_modules'));
  await execute('npm', ['run', 'build:program'], { cwd });
  await mkdir(dirname(join(cwd, packedToo)), { recursive: true });
  await cp(join(repository, 'node_modules/onnxruntime-node/package.json'), join(cwd, packedToo));
  const packing = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const { stdout } = await execute('npm', packing, { cwd });
  await rm(cwd, { recursive: true });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const installed = at('node_modules/labdeploy');
  await mkdir(installed, { recursive: true });
  await execute('tar', ['-xzf', at(filename), '-C', installed, '--strip-components=1']);
  await access(join(installed, packedToo));
  await execute(process.execPath, ['build/onnxruntime.ts', join(installed, 'dist/node_modules')], { cwd: repository });
  const { stdout: listed } = await execute('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: repository });
  for (const path of listed.trim().split('\n').slice(1)) {
    const inside = relative(join(repository, 'node_modules'), path);
    if (inside.includes('node_modules')) continue; // comes with its parent
    if (inside.startsWith('..') || ours.test(inside)) continue;
    await mkdir(dirname(at('node_modules', inside)), { recursive: true });
    await symlink(path, at('node_modules', inside));
  }
  return installed;
}
