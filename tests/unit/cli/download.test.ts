import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { fetchDownload } from '../../../cli/client/download.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { signal } = new AbortController();
const body = Buffer.alloc(1_000_000, 'labdeploy');

/** A store that ends each connection after its answer: the next of `answers`, the last one for ever. */
async function store(...answers: ((request: string) => Buffer)[]) {
  let asked = 0;
  const server = createServer((socket) => {
    socket.on('error', () => {}); // a client may go first
    socket.once('data', (request) => {
      socket.end(answers[Math.min(asked++, answers.length - 1)]!(request.toString('latin1')));
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    sign: async () => ({
      fileName: 'images.zip',
      bytes: body.length,
      request: { url: `http://127.0.0.1:${port}/zip`, method: 'GET' as const, headers: {}, expiresAt: '' },
    }),
    asked: () => asked,
    [Symbol.asyncDispose]: () => new Promise<void>((closed) => server.close(() => closed())),
  };
}

const answer = (status: string, length: number, content: Buffer) =>
  Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`), content]);
const whole = () => answer('200 OK', body.length, body);

it('takes all from a store that closes the connection while the last of it is being written', async () => {
  await using folder = await temporaryFolder();
  await using from = await store(whole);
  for (let n = 0; n < 50; n++) {
    const file = join(folder.path, `${n}.zip`);
    await fetchDownload(from.sign, file, signal);
    expect((await readFile(file)).equals(body)).toBe(true);
  }
  expect(from.asked()).toBe(50);
});

it('continues where the connection broke', async () => {
  await using folder = await temporaryFolder();
  const ranges: number[] = [];
  const rest = (request: string) => {
    const [, start] = /range: bytes=(\d+)-/i.exec(request) ?? [];
    ranges.push(Number(start));
    const content = body.subarray(Number(start));
    return answer('206 Partial Content', content.length, content);
  };
  await using from = await store(() => answer('200 OK', body.length, body.subarray(0, 300_000)), rest);
  await fetchDownload(from.sign, join(folder.path, 'zip'), signal);
  expect((await readFile(join(folder.path, 'zip'))).equals(body)).toBe(true);
  expect(ranges).toEqual([expect.any(Number)]);
  expect(ranges[0]).toBeGreaterThan(0); // what was written of the 300,000 bytes that came
  expect(ranges[0]).toBeLessThanOrEqual(300_000);
});

it('asks for a fresh URL where one ran out, and gives up on what is gone', async () => {
  await using folder = await temporaryFolder();
  await using late = await store(() => answer('403 Forbidden', 0, Buffer.alloc(0)), whole);
  await fetchDownload(late.sign, join(folder.path, 'late'), signal);
  expect(late.asked()).toBe(2);
  await using gone = await store(() => answer('404 Not Found', 0, Buffer.alloc(0)));
  await expect(fetchDownload(gone.sign, join(folder.path, 'gone'), signal)).rejects.toMatchObject({
    code: 'downloadFailed',
    advice: { why: 'the store answers 404' },
  });
});
