import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join as joinPath } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobView } from '../../functions/contract/jobs.ts';
import type { UploadAnswers } from '../../functions/contract/uploads.ts';
import { freePort } from '../../functions/model/container/free-port.ts';
import type { SignedRequest } from '../../functions/ports/signed-access.ts';
import { accessToken, scriptTokenIn } from './service-token.ts';
import { join, signInService } from './sign-in-service.ts';
import { startWatched, type WatchedService, watchedBy } from './watched-service.ts';

const password = 'seven grey mice in a row';
const model = joinPath(import.meta.dirname, '../fixtures/models/identity');

type Answer = { status: number; body: unknown; milliseconds: number; retryAfter: number };

/** A lab's service with people who have signed in, and a bare server of the same machine to compare with. */
export interface LoadedService extends AsyncDisposable {
  watch: WatchedService['watch'];
  people: Person[];
  /** Milliseconds that a server with nothing to do takes to answer. */
  bare(): Promise<number>;
  /** Its standstills: what the machine does to a process that does nothing. */
  watchBare: WatchedService['watch'];
}

export interface Person {
  /** Goes on more slowly where the service says so; the milliseconds are those of its last answer. */
  call<T>(method: string, path: string, body?: unknown): Promise<{ body: T; milliseconds: number }>;
  put(signed: SignedRequest, bytes: number): Promise<void>;
}

/** `folder`: empty. */
export async function loadedService(folder: string, people: number): Promise<LoadedService> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const data = joinPath(folder, 'data');
  const tokens = await accounts(data, port, people);
  const args = ['--users', '--data', data, '--port', String(port), '--model', model, '--workers', '1'];
  const service = await startWatched(folder, args);
  const agent = new Agent({ keepAlive: true });
  const send = sender(agent);
  const bare = await bareServer(joinPath(folder, 'bare.sock'));
  return {
    watch: service.watch,
    people: await Promise.all(tokens.map(async (token) => person(origin, await accessToken(origin, token), send))),
    bare: async () => (await send('GET', bare.origin, {})).milliseconds,
    watchBare: bare.watch,
    async [Symbol.asyncDispose]() {
      agent.destroy();
      bare.stop();
      await service.stop();
    },
  };
}

/** Tokens for scripts, one a person, made before the service starts: passwords cost it nothing then. */
async function accounts(dataFolder: string, port: number, people: number): Promise<string[]> {
  await using issuer = await signInService({ dataFolder, port });
  const tokens: string[] = [];
  for (let i = 0; i < people; i++) {
    const email = `person${i}@example.org`;
    const browser = await join(issuer, email, password);
    const page = await browser.open('/auth/scripts');
    const shown = await browser.submit(page, page.text.includes('password') ? { email, password } : {});
    tokens.push(scriptTokenIn((shown.text.includes('class="secret"') ? shown : await browser.submit(shown, {})).text));
  }
  return tokens;
}

function person(origin: string, token: string, send: ReturnType<typeof sender>): Person {
  const Authorization = `Bearer ${token}`;
  return {
    async call<T>(method: string, path: string, body?: unknown) {
      const ask = () => send(method, origin + path, { Authorization }, body);
      let answer = await ask();
      while (answer.status === 429) {
        await sleep(answer.retryAfter * 1000);
        answer = await ask();
      }
      if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
      return { body: answer.body as T, milliseconds: answer.milliseconds };
    },
    async put({ url, headers }, bytes) {
      const { status, body } = await send('PUT', url, headers, bytes);
      if (status !== 200) throw new Error(`PUT: ${status} ${JSON.stringify(body)}`);
    },
  };
}

const chunk = Buffer.alloc(1 << 18, 'labdeploy');

/** `body`: JSON, or so many bytes. */
const sender =
  (agent: Agent) =>
  (method: string, url: string, headers: Record<string, string>, body?: unknown): Promise<Answer> => {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const json = body === undefined || typeof body === 'number' ? undefined : Buffer.from(JSON.stringify(body));
      const length = typeof body === 'number' ? body : json?.length;
      const sent = request(url, {
        agent,
        method,
        headers: {
          ...headers,
          ...(json !== undefined && { 'Content-Type': 'application/json' }),
          ...(length !== undefined && { 'Content-Length': length }),
        },
      });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
          const retryAfter = Number(response.headers['retry-after'] ?? 1);
          const milliseconds = performance.now() - started;
          resolve({ status: response.statusCode ?? 0, body: parsed, milliseconds, retryAfter });
        });
      });
      if (typeof body !== 'number') return void sent.end(json);
      let left = body;
      const more = () => {
        while (left > 0) {
          const part = chunk.subarray(0, left);
          left -= part.length;
          if (!sent.write(part)) return;
        }
        sent.end();
      };
      sent.on('drain', more);
      more();
    });
  };

async function bareServer(socket: string): Promise<{ origin: string; watch: WatchedService['watch']; stop(): void }> {
  const program =
    "const s=require('node:http').createServer((q,r)=>r.end('{}')).listen(0,'127.0.0.1',()=>console.log(s.address().port))";
  const { env, watch } = watchedBy(socket);
  const child = spawn(process.execPath, ['-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { origin: `http://127.0.0.1:${Number(line.toString())}`, watch, stop: () => child.kill() };
}

/** The value that 99 of 100 are below. */
export function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0;
}

/** Everybody polls a job and the list five times a second, and uploads small files all the time. Milliseconds of the API's answers, and of the bare server's meanwhile. */
export async function pollAndUpload(
  service: LoadedService,
  seconds: number,
): Promise<{ api: number[]; bare: number[] }> {
  const api: number[] = [];
  const bare: number[] = [];
  const end = performance.now() + seconds * 1000;
  const timed = async <T>(asked: Promise<{ body: T; milliseconds: number }>): Promise<T> => {
    const { body, milliseconds } = await asked;
    api.push(milliseconds);
    return body;
  };
  const poll = async ({ call }: Person, id: string, pause: number) => {
    await sleep(pause); // not all in one moment
    while (performance.now() < end) {
      await timed(call('GET', `/v1/jobs/${id}`));
      await timed(call('GET', '/v1/jobs?limit=20'));
      await sleep(200);
    }
  };
  const upload = async ({ call, put }: Person, id: string) => {
    for (let round = 0; performance.now() < end; round++) {
      const files = Array.from({ length: 5 }, (_, i) => ({ path: `${round}/${i}.tif`, bytes: 50_000 }));
      const signed = await timed(call<UploadAnswers>('POST', `/v1/jobs/${id}/uploads`, { files }));
      for (const answer of signed.files) if (answer.state === 'put') await put(signedOf(answer.request), 50_000);
      await sleep(500);
    }
  };
  const compare = async () => {
    while (performance.now() < end) {
      bare.push(await service.bare());
      await sleep(10);
    }
  };
  const everybody = service.people.map(async (person, i) => {
    const { id } = await timed(person.call<JobView>('POST', '/v1/jobs', { source: 'files', name: 'plate' }));
    await Promise.all([poll(person, id, (200 * i) / service.people.length), upload(person, id)]);
    await timed(person.call('POST', `/v1/jobs/${id}/cancel`));
  });
  await Promise.all([...everybody, compare()]);
  return { api, bare };
}

/** Jobs that are made, cancelled and deleted, by everybody at once. */
export async function makeJobs(service: LoadedService, count: number): Promise<void> {
  await Promise.all(
    service.people.map(async ({ call }, i) => {
      for (let n = i; n < count; n += service.people.length) {
        const { body } = await call<JobView>('POST', '/v1/jobs', { source: 'files', name: `plate ${n}` });
        await call('POST', `/v1/jobs/${body.id}/cancel`);
      }
    }),
  );
}

/** Files that one person sends all at the same time. */
export async function uploadAtOnce({ call, put }: Person, count: number, bytes: number): Promise<void> {
  const { body: job } = await call<JobView>('POST', '/v1/jobs', { source: 'files', name: 'large' });
  const files = Array.from({ length: count }, (_, i) => ({ path: `${i}.tif`, bytes }));
  const { body } = await call<UploadAnswers>('POST', `/v1/jobs/${job.id}/uploads`, { files });
  await Promise.all(
    body.files.map((answer) =>
      answer.state === 'put' ? put(signedOf(answer.request), bytes) : Promise.reject(answer),
    ),
  );
  await call('DELETE', `/v1/jobs/${job.id}`);
}

const signedOf = (request: Omit<SignedRequest, 'expiresAt'>): SignedRequest => ({ ...request, expiresAt: 0 });
