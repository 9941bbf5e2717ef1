import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LoopWatch } from './children/watch-loop.ts';
import { type RunningService, startService } from './local-service.ts';

const preload = pathToFileURL(join(import.meta.dirname, 'children/watch-loop.ts')).href;

export interface WatchedService extends RunningService {
  /** What was since the last call; with `memory` garbage is collected first. */
  watch(question?: 'memory'): Promise<LoopWatch>;
}

/** `labdeploy local` whose event loop is watched from inside. `folder`: for the socket to ask by. */
export async function startWatched(folder: string, args: readonly string[]): Promise<WatchedService> {
  const { env, watch } = watchedBy(join(folder, 'watch.sock'));
  return { ...(await startService(args, env)), watch };
}

/** What a Node process needs to be watched, and the question to it. */
export function watchedBy(socket: string): { env: NodeJS.ProcessEnv; watch: WatchedService['watch'] } {
  return {
    env: { NODE_OPTIONS: `--import ${preload}`, LABDEPLOY_WATCH_LOOP: socket },
    async watch(question) {
      const connection = connect(socket);
      connection.write(question ?? 'loop');
      const [line] = (await once(connection, 'data')) as [Buffer];
      connection.destroy();
      return JSON.parse(line.toString()) as LoopWatch;
    },
  };
}
