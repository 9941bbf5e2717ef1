import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { httpServer } from '../../../functions/http/server.ts';

describe('a request that is answered before its body has come', () => {
  const server = httpServer((_, res) => res.end('answered'));
  let socket: Socket;
  beforeEach(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    socket.on('error', () => {}); // the reset: `close` follows
  });
  afterEach(async () => {
    socket.destroy();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  const post = (length: number) => socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\na`);

  it('has its answer, and its connection ends, also where a byte comes now and then', async () => {
    post(1000);
    let answer = '';
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    const dripping = setInterval(() => socket.write('a'), 100);
    await new Promise((resolve) => socket.once('close', resolve));
    clearInterval(dripping);
    expect(answer).toContain('answered');
  });

  it('keeps its connection where the body was whole', async () => {
    for (let i = 0; i < 2; i++) {
      post(1);
      let answer = '';
      while (!answer.endsWith('answered')) answer += String((await once(socket, 'data'))[0]);
      expect(answer).toContain('Connection: keep-alive');
    }
  });
});
