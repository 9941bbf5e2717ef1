import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Builder, ImageConfig } from './builder.ts';
import { startProgram } from './start-program.ts';

const execute = promisify(execFile);

/** Docker or Podman, which take the same words. Throws an Error where it is not installed or cannot run anything. */
export async function findEngine(program: 'docker' | 'podman'): Promise<Builder> {
  const run = async (...args: readonly string[]) => {
    const { stdout } = await execute(program, args, { maxBuffer: 1 << 26 });
    return stdout.trim();
  };
  await run('info').catch((error: Error) => {
    throw new Error(`${program} info: ${error.message.split('\n').at(1) ?? error.message}`, { cause: error });
  });
  const tags = async (name: string) => (await run('images', '--format', '{{.Tag}}', name)).split('\n');
  return {
    name: program,
    has: async (image) => (await run('images', '--quiet', image)) !== '',
    build: async (context, image) => {
      await run('build', '--tag', image, context);
    },
    async removeOthers(image) {
      const [name = '', kept] = image.split(':');
      for (const tag of await tags(name)) if (tag !== '' && tag !== kept) await run('rmi', `${name}:${tag}`);
    },
    async config(image) {
      return JSON.parse(await run('inspect', '--format', '{{json .Config}}', image)) as ImageConfig;
    },
    save: async (image, archive) => {
      await run('save', '--output', archive, image);
    },
    async start(image, args, { env = {}, volumes = {} } = {}) {
      const running = startProgram(program, [
        ...['run', '--rm', '--init', '--network', 'host'],
        ...Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]),
        ...Object.entries(volumes).flatMap(([here, there]) => ['--volume', `${here}:${there}`]),
        ...[image, ...args],
      ]);
      return {
        ...running,
        async interrupt() {
          running.child.kill('SIGINT'); // which it passes on
        },
      };
    },
  };
}
