import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Builder, ImageConfig } from './builder.ts';
import { buildah, storage, storageOptions } from './run-buildah.ts';
import { makeStandInBases } from './stand-in-bases.ts';
import { startProgram } from './start-program.ts';

const execute = promisify(execFile);
/** This machine's downloads, and its certificates at a path that no image has: the Dockerfile knows nothing of them. */
const certificates = '/etc/host-certificates.crt';
const buildVolumes = {
  '/etc/ssl/certs/ca-certificates.crt': `${certificates}:ro`,
  [join(homedir(), '.npm')]: '/root/.npm',
  [join(homedir(), '.cache/go-build')]: '/root/.cache/go-build',
  [join(homedir(), 'go/pkg/mod')]: '/go/pkg/mod',
};

const volumeOptions = (volumes: Readonly<Record<string, string>>) =>
  Object.entries(volumes).flatMap(([here, there]) => ['--volume', `${here}:${there}`]);

async function configOf(image: string): Promise<ImageConfig> {
  const { OCIv1 } = JSON.parse(await buildah('inspect', '--type', 'image', image)) as {
    OCIv1: { config: ImageConfig };
  };
  return OCIv1.config;
}

/** The container's own process below `buildah run`, which is killed by a signal and passes none on. */
async function firstProcess(group: number): Promise<number> {
  const { stdout } = await execute('ps', ['-eo', 'pid=,ppid=,pgid=,args=']);
  const processes = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, of, args] = /^ *(\d+) +(\d+) +(\d+) (.*)$/.exec(line) ?? [];
    return Number(of) === group ? [{ pid: Number(pid), parent: Number(parent), args: args! }] : [];
  });
  const starter = processes.find(({ args }) => args.startsWith('buildah-chroot-exec '));
  const first = processes.find(({ parent }) => parent === starter?.pid);
  if (first === undefined) throw new Error(`no process of a container below ${group}:\n${stdout}`);
  return first.pid;
}

/**
 * Images without a daemon and without a registry, as root: each process is in a chroot, so that ports are the machine's, and
 * the bases that the Dockerfile names are made here from Debian's packages. Throws an Error that says what is missing.
 */
export async function findBuildah(): Promise<Builder> {
  if (process.getuid?.() !== 0) throw new Error('buildah works without a daemon as root only');
  await mkdir(storage, { recursive: true });
  await buildah('images');
  await execute('debootstrap', ['--version']);
  const names = async () => (await buildah('images', '--format', '{{.Name}}:{{.Tag}}')).split('\n');
  return {
    name: 'buildah',
    config: configOf,
    has: async (image) => (await names()).includes(`localhost/${image}`),
    async build(context, image) {
      await makeStandInBases(context, certificates, join(storage, 'bases'));
      for (const cache of Object.keys(buildVolumes).slice(1)) await mkdir(cache, { recursive: true });
      const how = ['--isolation', 'chroot', '--pull-never', '--layers', ...volumeOptions(buildVolumes)];
      // labdeploy's engine takes longest and changes least: its layers stay, and of the others those of the image.
      if (/^FROM .* AS engine$/m.test(await readFile(join(context, 'Dockerfile'), 'utf8')))
        await buildah('bud', ...how, '--target', 'engine', '--tag', `${image.split(':')[0]}-engine`, context);
      await buildah('bud', ...how, '--tag', image, context);
      await buildah('rmi', '--prune');
    },
    async removeOthers(image) {
      const [name] = image.split(':');
      const others = (await names()).filter((each) => each.startsWith(`localhost/${name}:`));
      for (const other of others) if (other !== `localhost/${image}`) await buildah('rmi', other);
    },
    save: async (image, archive) => {
      await buildah('push', image, `docker-archive:${archive}:${image}`);
    },
    async start(image, args, { env = {}, volumes = {} } = {}) {
      // What `docker run` does with an entry point buildah leaves to its caller.
      const { Entrypoint = [] } = await configOf(image);
      const container = await buildah('from', '--pull-never', `localhost/${image}`);
      const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      const { child, finished } = startProgram('buildah', [
        ...[...storageOptions, 'run', '--isolation', 'chroot', ...variables, ...volumeOptions(volumes)],
        ...[container, '--', ...Entrypoint, ...args],
      ]);
      return {
        child,
        finished: removedAfter(finished, container),
        async interrupt() {
          process.kill(await firstProcess(child.pid!), 'SIGINT');
        },
      };
    },
  };
}

/** The container of a program that has ended is of no use. */
async function removedAfter<T>(finished: Promise<T>, container: string): Promise<T> {
  try {
    return await finished;
  } finally {
    await buildah('rm', container);
  }
}
