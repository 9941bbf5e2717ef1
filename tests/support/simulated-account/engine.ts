import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PulumiCommand } from '@pulumi/pulumi/automation/index.js';
import { temporaryFolder } from '../temporary-folder.ts';
import { whileLocked } from '../while-locked.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'labdeploy');
/** Source of the plugin that stands in for Pulumi's own, which is far too large to be built by a test. */
const pluginSource = process.env.LABDEPLOY_AWS_PROVIDER ?? resolve(root, '../shared/aws-provider');

export interface Engine {
  pulumi: PulumiCommand;
  /** Folder of the AWS plugin where the stand-in serves; absent: the engine has Pulumi's own. */
  pluginFolder?: string;
}

/** The real Pulumi engine and its AWS plugin, kept in the user's cache. Throws an Error that says which cannot be had, and why. */
export async function findEngine(): Promise<Engine> {
  const pulumi = await findPulumi();
  if (existsSync(join(pluginSource, 'build'))) {
    const { stdout } = await run(join(pluginSource, 'build'), [], { maxBuffer: 1 << 24 });
    return { pulumi, pluginFolder: dirname(stdout.trim()) };
  }
  const version = await versionOf('@pulumi/aws');
  try {
    await run(pulumi.command, ['plugin', 'install', 'resource', 'aws', version], { maxBuffer: 1 << 24 });
  } catch (error) {
    throw new Error(
      `no Pulumi AWS plugin ${version}: it cannot be downloaded, and ${pluginSource} (LABDEPLOY_AWS_PROVIDER) has none`,
      { cause: error },
    );
  }
  return { pulumi };
}

async function findPulumi(): Promise<PulumiCommand> {
  const version = await versionOf('@pulumi/pulumi');
  const folder = join(cache, `pulumi-v${version}`);
  const kept = () => PulumiCommand.get({ root: folder });
  const refusals: string[] = [];
  const attempt = async (name: string, get: () => Promise<PulumiCommand>) => {
    try {
      return await get();
    } catch (error) {
      refusals.push(`${name}: ${(error as Error).message.trim().split('\n').slice(0, 3).join(' ')}`);
      return undefined;
    }
  };
  const found = (await attempt('on PATH', () => PulumiCommand.get())) ?? (await attempt('in the cache', kept));
  if (found !== undefined) return found;
  return whileLocked(`${folder}.lock`, async () => {
    const made =
      (await attempt('in the cache', kept)) ??
      (await attempt('downloaded', () => PulumiCommand.install({ root: folder }))) ??
      (await attempt('built', async () => {
        await buildPulumi(version, join(folder, 'bin/pulumi'));
        return kept();
      }));
    if (made === undefined) throw new Error(`no Pulumi engine ${version}: ${refusals.join('; ')}`);
    return made;
  });
}

/**
 * Builds the engine from the Go module proxy, in a module of its own: `go install` would ask for the list of versions,
 * which not every proxy gives.
 */
async function buildPulumi(version: string, executable: string): Promise<void> {
  await using folder = await temporaryFolder();
  const modules = ['pkg', 'sdk'].map((name) => `github.com/pulumi/pulumi/${name}/v3 v${version}`);
  await writeFile(
    join(folder.path, 'go.mod'),
    `module engine\n\ngo 1.25.0\n\nrequire (\n\t${modules.join('\n\t')}\n)\n`,
  );
  await mkdir(dirname(executable), { recursive: true });
  await run(
    'go',
    [
      'build',
      '-trimpath',
      '-o',
      executable,
      '-ldflags',
      `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`,
      'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi',
    ],
    { cwd: folder.path, env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' }, maxBuffer: 1 << 24 },
  );
}

const versionOf = async (name: string): Promise<string> =>
  JSON.parse(await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
