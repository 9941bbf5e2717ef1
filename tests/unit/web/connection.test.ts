import { expect, it } from '@jest/globals';
import { connection } from '../../../web/api/connection.ts';
import { pageCall } from '../../../web/api/page-call.ts';

it('notes that the service does not answer until it does, and nothing of a call that the page gave up', async () => {
  const answers: (() => Response)[] = [
    () => Response.json({}),
    () => {
      throw new TypeError('fetch failed');
    },
    () => new Response('', { status: 404 }),
    () => new Response('', { status: 503 }),
    () => {
      stop.abort();
      throw new TypeError('aborted');
    },
    () => Response.json({}),
  ];
  const stop = new AbortController();
  const { note, reachable, subscribe } = connection();
  let changes = 0;
  subscribe(() => changes++);
  const before = globalThis.fetch;
  globalThis.fetch = async () => answers.shift()!();
  try {
    const call = pageCall(undefined, note);
    const seen: boolean[] = [];
    for (let n = 0; n < 6; n++) {
      await Promise.allSettled([call('showConfig', n === 4 ? { signal: stop.signal } : {})]);
      seen.push(reachable());
    }
    expect(seen).toEqual([true, false, true, false, false, true]);
    expect(changes).toBe(4);
  } finally {
    globalThis.fetch = before;
  }
});
