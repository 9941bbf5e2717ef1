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
  return {
    url,
    async reset() {
      const answer = await fetch(`${url}/moto-api/reset`, { method: 'POST' });
      if (!answer.ok) throw new Error(`moto was not reset: ${answer.status}\n${said}`);
    },
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await ended;
    },
  };
}
