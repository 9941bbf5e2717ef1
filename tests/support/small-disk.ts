import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { it } from '@jest/globals';

/** A disk of its own, in memory, that only commands below `under` see: a user namespace with a tmpfs. */
export interface SmallDisk extends AsyncDisposable {
  /** Starts a command where the disk is mounted. */
  under: readonly string[];
  /** A shell command there; `$1` is the folder. Throws what it says when it fails. */
  sh(script: string): void;
}

const namespace = ['--user', '--map-root-user', '--mount'];

/** Why this machine lets nobody mount a disk, if so. */
const noSmallDisk: string | undefined =
  spawnSync('unshare', [...namespace, 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0
    ? undefined
    : 'no user namespace in which a disk can be mounted';

/** Mounted at `folder`, until it is disposed of. */
export async function smallDisk(folder: string, megabytes: number): Promise<SmallDisk> {
  const mount = `mount -t tmpfs -o size=${megabytes}m none "$1" && echo mounted && exec cat`;
  const holder = spawn('unshare', [...namespace, 'sh', '-c', mount, 'sh', folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(holder.stdout, 'data');
  const under = ['nsenter', '--user', '--mount', '--preserve-credentials', '--target', String(holder.pid)];
  return {
    under,
    sh(script) {
      const { status, stderr } = spawnSync(under[0]!, [...under.slice(1), 'sh', '-c', script, 'sh', folder], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`${script}: ${stderr}`);
    },
    async [Symbol.asyncDispose]() {
      holder.stdin.end(); // ends cat, and with it the namespace
      await once(holder, 'close');
    },
  };
}

/** Skipped by name where it cannot be tried; in CI that is a failure. */
export const itOnSmallDisk = (name: string, test: () => Promise<void>, timeout?: number) => {
  if (noSmallDisk === undefined || process.env.CI) it(name, test, timeout);
  else it.skip(`${name} (${noSmallDisk})`, () => {});
};
