import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { SignedRequest } from '../../functions/ports/signed-access.ts';
import type { BenchServer } from '../api-server.ts';
import type { Benchmark } from '../benchmark.ts';
import { seconds, takeTurns } from '../pairs.ts';
import { root } from '../tools.ts';

const connections = 16;

/** What the service adds to express, and what an upload costs beside copying the file. */
export const api: Benchmark = {
  rows: [
    {
      name: 'api',
      what: 'API: polling a job, against a bare express route of the same answer',
      target: { atLeast: 0.4 },
    },
    {
      name: 'put',
      what: 'upload of 40 MB files to the local store, against `dd` with fsync',
      target: { atLeast: 0.3 },
    },
  ],
  needs: [],
  async measure({ folder, quick }) {
    const [files, bytes, requests, pairs] = quick ? [1, 1e5, 200, 1] : [6, 40e6, 20_000, 5];
    const rounds = pairs + 1; // the warm-up
    const { server, address } = await start(folder, rounds * files, bytes);
    try {
      const poll = (path: string) => () => seconds(() => ask(address.port, path, requests));
      const polling = await takeTurns(pairs, poll(address.api), poll(address.bare));

      const image = join(folder, 'image.tif');
      await writeFile(image, Buffer.alloc(bytes, 'labdeploy'));
      const signed = address.puts[Symbol.iterator]();
      const upload = () =>
        seconds(async () => {
          for (let i = 0; i < files; i++) await put(signed.next().value!, image, bytes);
        });
      let copies = 0;
      const copy = () =>
        seconds(async () => {
          for (let i = 0; i < files; i++) await fsyncedCopy(image, join(folder, `copy-${copies++}`));
        });
      const uploads = await takeTurns(pairs, upload, copy);
      return {
        api: {
          ...polling,
          unit: 's',
          commands: [
            `${requests} × GET /v1/jobs/{id} on ${connections} connections; token, rate and job checked, read from SQLite`,
            'the same answer by express’s `app.get(path, (_, res) => res.json(job))` in the same process',
          ],
          notes: [`requests a second: ${Math.round(requests / Math.min(...polling.ours))}`],
        },
        put: {
          ...uploads,
          unit: 's',
          commands: [
            `${files} × PUT of ${bytes / 1e6} MB, one after the other: signature, CRC-32, fsync, message to the queue`,
            'dd if=image.tif of=copy bs=1M conv=fsync',
          ],
          notes: [
            'most of it is the way of the bytes over loopback between two Node processes; dd makes no way at all',
          ],
        },
      };
    } finally {
      server.kill();
      await once(server, 'close');
    }
  },
};

async function start(
  folder: string,
  puts: number,
  bytes: number,
): Promise<{ server: ChildProcess; address: BenchServer }> {
  const args = [join(root, 'bench/api-server.ts'), folder, String(puts), String(bytes)];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: server.stdout })) return { server, address: JSON.parse(line) };
  throw new Error('bench/api-server.ts ended before it listened');
}

/** Requests by hand, each connection one after the other, so that the client costs little beside the server. */
async function ask(port: number, path: string, requests: number): Promise<void> {
  let left = requests;
  const message = `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer olga\r\n\r\n`;
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      let text = '';
      const next = () => {
        if (left-- <= 0) socket.end();
        else socket.write(message);
      };
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
        const head = text.indexOf('\r\n\r\n');
        if (head < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
        if (text.length < head + 4 + length) return;
        if (!text.startsWith('HTTP/1.1 200')) return reject(new Error(text));
        text = '';
        next();
      });
      socket
        .on('connect', next)
        .on('error', reject)
        .on('close', () => resolve());
    });
  await Promise.all(Array.from({ length: connections }, one));
}

async function put({ url, method, headers }: SignedRequest, file: string, bytes: number): Promise<void> {
  const sent = request(url, { method, headers: { ...headers, 'Content-Length': bytes } });
  const answered = once(sent, 'response');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 18 }), sent);
  const [response] = await answered;
  response.resume();
  if (response.statusCode !== 200) throw new Error(`PUT was answered ${response.statusCode}`);
}

const fsyncedCopy = (from: string, to: string) =>
  promisify(execFile)('dd', [`if=${from}`, `of=${to}`, 'bs=1M', 'conv=fsync', 'status=none']);
