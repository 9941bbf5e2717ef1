import { execFile } from 'node:child_process';
import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const repository = resolve(import.meta.dirname, '../..');

/** Builds, packs, and lays the package and what it depends on into an empty folder, as npm would; without a registry. Returns the folder of the package. */
export async function installPackage(folder: string): Promise<string> {
  const at = (...names: string[]) => join(folder, ...names);
  await execute('npm', ['run', 'build'], { cwd: repository });
  const { stdout } = await execute('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: repository,
  });
  const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
  const installed = at('node_modules/labdeploy');
  await mkdir(installed, { recursive: true });
  await execute('tar', ['-xzf', at(filename), '-C', installed, '--strip-components=1']);
  const { stdout: listed } = await execute('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: repository });
  for (const path of listed.trim().split('\n').slice(1)) {
    const inside = relative(join(repository, 'node_modules'), path);
    if (inside.includes('node_modules')) continue; // comes with its parent
    await mkdir(dirname(at('node_modules', inside)), { recursive: true });
    await symlink(path, at('node_modules', inside));
  }
  return installed;
}
