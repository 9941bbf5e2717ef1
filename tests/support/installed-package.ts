import { execFile } from 'node:child_process';
import { access, cp, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildFunctions, buildOnce, buildPage, programSources } from './built.ts';

const execute = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

/** Of the workspace that brings Node to whoever works on labdeploy. */
const ours = /^(@labdeploy\/|node-(bin-)?(darwin|linux|win)-)/;

/** Of onnxruntime, which npm packs though it is in a folder called node_modules. */
const packedToo = 'dist/node_modules/onnxruntime-node/package.json';

/** What is packed as it is, or built by others of `npm run build`. */
const sources = [
  ...programSources,
  ...['build', 'models', 'templates', 'tools', 'web'],
  ...['.npmrc', 'README.md', 'CHANGELOG.md', 'LICENSE'],
];

/**
 * Packs the package, once for its sources: compiled here without a check of types, which `npm run types` is, with the page
 * and the functions that other tests use. Of onnxruntime one file is packed, since to compress 250 MB takes longer than
 * all tests of the package. Returns the tarball.
 */
async function packPackage(): Promise<string> {
  const build = async (folder: string): Promise<void> => {
    const cwd = join(folder, 'sources'); // other tests use what is built in the repository
    for (const name of sources) await cp(join(repository, name), join(cwd, name), { recursive: true });
    await symlink(join(repository, 'node_modules'), join(cwd, 'node_modules'));
    await execute('npm', ['run', 'build:sources', '--', '--noCheck'], { cwd });
    for (const built of [await buildFunctions(), await buildPage()])
      await cp(built, join(cwd, 'dist', basename(built)), { recursive: true });
    await mkdir(dirname(join(cwd, packedToo)), { recursive: true });
    await cp(join(repository, 'node_modules/onnxruntime-node/package.json'), join(cwd, packedToo));
    await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd });
    await rm(cwd, { recursive: true });
  };
  const packed = await buildOnce('package', { sources, build, used: join(repository, '.cache/packed') });
  const [name] = await readdir(packed);
  return join(packed, name!);
}

/**
 * Lays the package and what it depends on into an empty folder, as npm would; without a registry, and with all of
 * onnxruntime. Returns the folder of the package.
 */
export async function installPackage(folder: string): Promise<string> {
  const at = (...names: string[]) => join(folder, ...names);
  const installed = at('node_modules/labdeploy');
  await mkdir(installed, { recursive: true });
  await execute('tar', ['-xzf', await packPackage(), '-C', installed, '--strip-components=1']);
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
