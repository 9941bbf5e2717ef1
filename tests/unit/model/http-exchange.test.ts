import { createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Exchange, httpExchange } from '../../../functions/model/container/http-exchange.ts';

/** What the server does with a connection that has asked the n-th question, from 0. */
type Play = (socket: Socket, n: number) => void;

let play: Play;
let asked: string[];
let connections: Socket[];
let origin: string;
let exchange: Exchange;
const server = createServer((socket) => {
  connections.push(socket);
  let text = '';
  socket.setEncoding('latin1').on('data', (data: string) => {
    text += data;
    const end = text.indexOf('\r\n\r\n');
    const length = Number(/^content-length: (\d+)/im.exec(text)?.[1]);
    if (end < 0 || text.length < end + 4 + length) return;
    asked.push(text);
    text = '';
    play(socket, asked.length - 1);
  });
  socket.on('error', () => {}); // the client may end it
});
const body = Uint8Array.of(1, 2, 3);
const post = (more: { most?: number } = {}) =>
  exchange.post('/invocations', { headers: { 'Content-Type': 'application/x-npy' }, body, most: 1e6, ...more });
const plainly = (text: string, status = '200 OK', more = '') =>
  `HTTP/1.1 ${status}\r\n${more}Content-Length: ${text.length}\r\n\r\n${text}`;
const words = async (answer: ReturnType<typeof post>) => {
  const { status, bytes } = await answer;
  return [status, Buffer.from(bytes).toString('latin1')];
};

/** Its server has answered one question, with the length of the answer, so that the next are asked without copies. */
async function exchangeWith(seconds: number): Promise<Exchange> {
  const made = httpExchange(origin, { seconds });
  play = (socket) => socket.write(plainly('first'));
  await made.post('/invocations', { headers: {}, body, most: 5 });
  asked.length = 0;
  connections.length = 0;
  return made;
}

beforeEach(async () => {
  asked = [];
  connections = [];
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  exchange = await exchangeWith(60);
});
afterEach(async () => {
  exchange.close();
  for (const each of connections) each.destroy();
  await new Promise((resolve) => void server.close(resolve));
});

describe('questions to a container', () => {
  it('go one after the other by one connection, with the headers and the body as they are', async () => {
    play = (socket, n) => socket.write(plainly(`answer ${n}`));
    for (const n of [0, 1, 2]) expect(await words(post())).toEqual([200, `answer ${n}`]);
    expect(connections).toHaveLength(1);
    const { host } = new URL(origin);
    expect(asked).toEqual(
      Array(3).fill(
        `POST /invocations HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-npy\r\nContent-Length: 3\r\n\r\n\u0001\u0002\u0003`,
      ),
    );
  });

  it('at once go by as many connections, and each gets its own answer', async () => {
    const waiting: Socket[] = [];
    play = (socket) => {
      waiting.push(socket);
      if (waiting.length === 3) for (const [i, each] of waiting.entries()) each.write(plainly('x'.repeat(i + 1)));
    };
    const answers = await Promise.all([post(), post(), post()]);
    expect(answers.map(({ bytes }) => bytes.length).sort()).toEqual([1, 2, 3]);
  });

  it('take an answer that comes byte by byte, and one of several megabytes', async () => {
    const large = 'abcdefgh'.repeat(400_000);
    play = (socket, n) => {
      if (n === 1) return void socket.write(plainly(large));
      socket.setNoDelay(true);
      const bytes = [...plainly('slow')];
      const next = () => bytes.length > 0 && socket.write(bytes.shift()!, () => setImmediate(next));
      next();
    };
    expect(await words(post())).toEqual([200, 'slow']);
    expect(await words(post({ most: 4e6 }))).toEqual([200, large]);
    expect(await words(post({ most: 4e6 }))).toEqual([200, 'slow']);
  });

  it.each([
    ['422', plainly('no cells', '422 Unprocessable Entity')],
    ['503', plainly('loading', '503 Service Unavailable', 'Retry-After: 1\r\n')],
    ['200', plainly('')],
  ])('are answered %s with the words of it', async (status, text) => {
    play = (socket) => socket.write(text);
    expect(await words(post())).toEqual([Number(status), text.split('\r\n\r\n')[1]]);
  });

  it.each([
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'],
    ['without a length', 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello'],
    ['behind another', `HTTP/1.1 100 Continue\r\n\r\n${plainly('hello')}`],
  ])('whose answer comes %s after all are asked once more, by node:http', async (_, text) => {
    play = (socket) => (text.includes('close') ? socket.end(text) : socket.write(text));
    expect(await words(post())).toEqual([200, 'hello']);
    expect(await words(post())).toEqual([200, 'hello']);
    expect(asked).toHaveLength(3);
  });

  it('are asked once where the first answer comes in chunks', async () => {
    const other = httpExchange(origin, { seconds: 60 });
    play = (socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
    for (const n of [1, 2]) {
      const answer = other.post('/invocations', { headers: {}, body, most: 5 });
      expect([n, ...(await words(answer))]).toEqual([asked.length, 200, 'hello']);
    }
    other.close();
  });

  it('are asked anew where the server has closed the connection meanwhile', async () => {
    play = (socket) => socket.write(plainly('yes'));
    await post();
    const [first] = connections;
    first!.once('data', () => first!.destroy()); // after it got the question
    play = (socket) => socket !== first && socket.write(plainly('again'));
    expect(await words(post())).toEqual([200, 'again']);
    expect(connections).toHaveLength(2);
  });

  it('use no connection further that the server is going to close', async () => {
    play = (socket, n) =>
      socket.end(n === 0 ? plainly('last', '200 OK', 'Connection: close\r\n') : plainly('last').replace('1.1', '1.0'));
    for (const _ of [0, 1, 2]) expect(await words(post())).toEqual([200, 'last']);
    expect(connections).toHaveLength(3);
  });

  it('name an answer that does not come, or not to its end', async () => {
    for (const text of ['', plainly('whole').slice(0, -2)]) {
      const impatient = await exchangeWith(5);
      play = (socket) => socket.write(text);
      const answer = impatient.post('/invocations', { headers: {}, body, most: 10 });
      await expect(answer).rejects.toThrow('no answer within 5 s');
      impatient.close();
    }
  }, 60_000);

  it.each<[string, Play, string]>([
    ['that is cut off', (socket) => socket.end(plainly('whole').slice(0, -2)), 'the connection ended before'],
    ['of too many bytes', (socket) => socket.write(plainly('x'.repeat(11))), 'answers 11 bytes or more, where 10'],
  ])('name an answer %s', async (_, what, why) => {
    play = what;
    await expect(post({ most: 10 })).rejects.toThrow(why);
  });

  it('name a server that is not there', async () => {
    const nowhere = httpExchange('http://127.0.0.1:1', { seconds: 5 });
    const question = { headers: {}, body, most: 1 };
    await expect(nowhere.post('/invocations', question)).rejects.toThrow('connect ECONNREFUSED 127.0.0.1:1');
  });
});
