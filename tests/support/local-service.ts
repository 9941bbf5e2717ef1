import { type Running, startCli } from './cli.ts';

export interface RunningService extends Running {
  origin: string;
  /** What it prints: with a link for one person. */
  url: string;
  firstAdmin?: string;
  /** Ctrl-C, and waits for its end. */
  stop(): Promise<void>;
}

/** The first line of a command's --json output with this event; fails when the command ends without it. */
export function lineWith({ child, finished }: Running, event: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout!.on('data', (chunk: string) => {
      text += chunk;
      for (const line of text.split('\n').slice(0, -1)) {
        const data = JSON.parse(line) as Record<string, unknown>;
        if (data.event === event) resolve(data);
      }
    });
    void finished.then(({ code, stdout, stderr }) =>
      reject(new Error(`ended with ${code} before ${event}:\n${stdout}${stderr}`)),
    );
  });
}

/** `labdeploy local` on a free port, ready. */
export async function startService(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  under: readonly string[] = [],
): Promise<RunningService> {
  const running = startCli(['local', '--port', '0', '--no-open', '--json', ...args], { env, under });
  const ready = (await lineWith(running, 'local.ready')) as unknown as Pick<
    RunningService,
    'origin' | 'url' | 'firstAdmin'
  >;
  return {
    ...running,
    ...ready,
    async stop() {
      running.child.kill('SIGINT');
      await running.finished;
    },
  };
}
