import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';

const bootstrap = join(import.meta.dirname, 'simulated-account/runner/bootstrap.mjs');

export interface FunctionProcess extends AsyncDisposable {
  /** What the handler answers; what it throws is thrown. */
  invoke(event: unknown, timeoutSeconds?: number): Promise<unknown>;
  /** Lines of its log so far, those that are JSON. */
  log: Record<string, unknown>[];
}

/**
 * A built function in a process of its own, with these variables and nothing of ours. `places`: origins that its fetch
 * finds elsewhere.
 */
export async function startFunction(
  folder: string,
  variables: Record<string, string>,
  origins: readonly [origin: string, elsewhere: string][] = [],
): Promise<FunctionProcess> {
  const child = fork(bootstrap, [], {
    cwd: folder,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: folder,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '3538',
      RUNNER_PLACES: JSON.stringify(origins),
      ...variables,
    },
  });
  const log: Record<string, unknown>[] = [];
  let rest = '';
  const read = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) log.push(line.startsWith('{') ? JSON.parse(line) : { text: line });
  };
  child.stdout!.setEncoding('utf8').on('data', read);
  child.stderr!.setEncoding('utf8').on('data', read);
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the function's process ended: ${rest}`);
  });
  ended.catch(() => {}); // thrown to who waits for an answer
  const said = () => Promise.race([once(child, 'message'), ended]);
  await said();
  return {
    log,
    async invoke(event, timeoutSeconds = 60) {
      const context = { awsRequestId: randomUUID(), functionName: 'test', memoryLimitInMB: '3538' };
      child.send({ event, context, remainingMs: timeoutSeconds * 1000, ahead: 0 });
      const [answer] = (await said()) as [{ payload?: unknown; error?: { errorMessage: string } }];
      if (answer.error !== undefined) throw new Error(answer.error.errorMessage);
      return answer.payload;
    },
    async [Symbol.asyncDispose]() {
      child.kill();
      await ended.catch(() => {});
    },
  };
}
