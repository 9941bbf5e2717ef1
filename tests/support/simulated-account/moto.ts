import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonWith } from '../python-environment.ts';

export interface Moto extends AsyncDisposable {
  /** Of all AWS services: `AWS_ENDPOINT_URL`. */
  url: string;
  /** Forgets everything in the account. */
  reset(): Promise<void>;
  /** Stops the clock of the queues, where it goes, and lets so many seconds pass. */
  passInQueues(seconds: number): Promise<void>;
  /** Puts the clock of the queues ahead, and it goes on. */
  queuesAhead(seconds: number): Promise<void>;
  /** From now on what is asked back from the archive comes when the test says, and there is no capacity for expedited requests. */
  holdRestores(): Promise<void>;
  /** All of it is there, and S3 says so. Returns what was asked for since. */
  endRestores(): Promise<AskedRestore[]>;
}

/** One request to restore an archived object, and the status of its answer. */
export interface AskedRestore {
  key: string;
  tier: string;
  status: number;
}

const server = join(import.meta.dirname, 'server');

/**
 * The APIs of an empty AWS account on a port of its own, in a process that ends with this one. It authorises nothing:
 * that is the authoriser's work. Throws an Error that says why where Python or moto cannot be had.
 */
export async function startMoto(): Promise<Moto> {
  const child = spawn(await pythonWith(), [server], { stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-10_000);
  });
  const ended = once(child, 'exit');
  const first = await Promise.race([once(createInterface(child.stdout), 'line'), ended.then(() => undefined)]);
  if (first === undefined) throw new Error(`moto did not start:\n${said}`);
  const url = `http://127.0.0.1:${Number(first[0])}`;
  const post = async (path: string) => {
    const answer = await fetch(url + path, { method: 'POST' });
    if (!answer.ok) throw new Error(`moto answered ${answer.status} to ${path}\n${said}`);
    return answer;
  };
  return {
    url,
    reset: async () => void (await post('/moto-api/reset')),
    passInQueues: async (seconds) => void (await post(`/queue-clock?${seconds}`)),
    queuesAhead: async (seconds) => void (await post(`/queue-clock/ahead?${seconds}`)),
    holdRestores: async () => void (await post('/restores/hold')),
    endRestores: async () => (await (await post('/restores/end')).json()) as AskedRestore[],
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
