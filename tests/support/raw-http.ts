import { connect } from 'node:net';

export interface RawAnswer {
  /** 0 where the connection ended without one. */
  status: number;
  text: string;
}

/** False where the connection has ended: there is no use in sending more. */
export type Send = (data: string | Uint8Array) => Promise<boolean>;

/**
 * Speaks HTTP by hand: sends the head, then what `write` sends, and resolves with the first answer as soon as its head
 * came, or with status 0 when the connection ends without one.
 */
export function rawRequest(
  url: string,
  head: string,
  write: (send: Send) => Promise<void> = async () => {},
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const finish = () => {
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      socket.destroy();
      resolve({ status, text });
    };
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\r\n\r\n')) finish();
    });
    socket.on('close', finish);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
    socket.on('connect', () => {
      socket.write(`${head.trim().replaceAll('\n', '\r\n')}\r\n\r\n`);
      const send: Send = (data) =>
        new Promise((sent) => {
          if (socket.destroyed || !socket.writable) return sent(false);
          socket.write(data, (error) => sent(error == null));
        });
      write(send).catch(reject);
    });
  });
}
