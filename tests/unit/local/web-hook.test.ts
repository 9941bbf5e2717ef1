import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { webHookNotifier } from '../../../functions/adapters/local/web-hook.ts';
import { type EndedJob, noticeOf } from '../../../functions/core/notice.ts';
import { systemClock } from '../../../functions/ports/clock.ts';
import { manualClock } from '../../support/manual-clock.ts';

const secret = 'Geheimnis µ';
const job: EndedJob = {
  ...{ owner: 'olga', id: 'job-0001', name: 'Größe 细胞', state: 'completed', sealed: true, retrying: false },
  settings: { model: { name: 'nuclei', sha256: 'b'.repeat(64) } },
  ...{ expected: 2, bytes: 5, done: 2, failed: 0, leftOut: 0, generation: 3, createdAt: 0, changedAt: 720_000 },
};
const notice = noticeOf(job, { page: 'https://lab.example' });

interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

async function receiver(answer: (response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      received.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      answer(response);
    });
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  return {
    received,
    host: `127.0.0.1:${port}`,
    notifier: webHookNotifier({ url: `http://127.0.0.1:${port}/hooks/T0K3N?a=b`, secret }, manualClock()),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

describe('a web hook', () => {
  it('gets the notice as JSON, with a signature that its secret explains', async () => {
    await using hook = await receiver((response) => response.writeHead(204).end());
    await hook.notifier.send(notice, {});
    const timestamp = String(Date.UTC(2026, 0, 1) / 1000);
    const [{ method, url, headers, body }] = hook.received as [Received];
    expect([method, url]).toEqual(['POST', '/hooks/T0K3N?a=b']);
    expect(JSON.parse(body)).toEqual(notice.payload);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'labdeploy-event': 'job.completed',
      'labdeploy-delivery': 'job-0001.3.completed',
      'labdeploy-timestamp': timestamp,
      'labdeploy-signature': `v1=${createHmac('sha256', Buffer.from(secret, 'utf8')).update(`${timestamp}.${body}`).digest('hex')}`,
    });
  });

  it.each([200, 201, 299])('has taken the notice when it answers %i', async (status) => {
    await using hook = await receiver((response) => response.writeHead(status).end('a body'));
    await hook.notifier.send(notice, {});
    expect(hook.received).toHaveLength(1);
  });

  it.each([302, 400, 404, 500])('that answers %i has not, and only its host is named', async (status) => {
    await using hook = await receiver((response) => response.writeHead(status, { Location: '/elsewhere' }).end());
    await expect(hook.notifier.send(notice, {})).rejects.toMatchObject({
      code: 'noticeUnsent',
      message: `a notice or mail could not be sent: the web hook at ${hook.host}: it answered ${status}`,
    });
    expect(hook.received).toHaveLength(1);
  });

  it('that is not there, or breaks off, says why', async () => {
    const gone = await receiver(() => {});
    await gone[Symbol.asyncDispose]();
    await expect(gone.notifier.send(notice, {})).rejects.toThrow(`the web hook at ${gone.host}: connect ECONNREFUSED`);
    await using broken = await receiver((response) => response.destroy());
    await expect(broken.notifier.send(notice, {})).rejects.toMatchObject({ code: 'noticeUnsent' });
  });

  it('that does not answer is left when the service stops', async () => {
    const stop = new AbortController();
    await using hook = await receiver(() => stop.abort());
    await expect(hook.notifier.send(notice, { signal: stop.signal })).rejects.toMatchObject({ code: 'noticeUnsent' });
  });
});

it('the check of a web hook that docs/notices.md shows takes ours and no other', async () => {
  await using hook = await receiver((response) => response.writeHead(204).end());
  await webHookNotifier({ url: `http://${hook.host}`, secret }, systemClock).send(notice, {});
  const [{ headers, body }] = hook.received as [Received];
  const [, check = ''] = /```python\n([\s\S]*?)```/.exec(await readFile('docs/notices.md', 'utf8')) ?? [];
  const given = {
    'Labdeploy-Timestamp': headers['labdeploy-timestamp'],
    'Labdeploy-Signature': headers['labdeploy-signature'],
  };
  const program = `${check}
import json, sys
headers, body, secret = json.load(sys.stdin)
body = body.encode()
old = {**headers, "Labdeploy-Timestamp": str(int(headers["Labdeploy-Timestamp"]) - 301)}
print(genuine(headers, body, secret), genuine(headers, body + b" ", secret), genuine(headers, body, "other"), genuine(old, body, secret))`;
  const child = promisify(execFile)('python3', ['-c', program]);
  child.child.stdin!.end(JSON.stringify([given, body, secret]));
  expect((await child).stdout.trim()).toBe('True False False False');
});
