import { validateHeaderValue } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  bytes: Uint8Array<ArrayBuffer>;
}

export interface Question {
  headers: Record<string, string>;
  body: Uint8Array;
  /** Bytes of an answer that is read. */
  most: number;
}

/** An answer that has no body of a stated length, or another head than usual: node:http reads those. */
export class NotPlain extends Error {
  override readonly name = 'NotPlain';
}

/** The server closed a connection that was idle: nothing of the question was answered. */
export class ClosedWhileIdle extends Error {
  override readonly name = 'ClosedWhileIdle';
}

/** Bytes of an answer before its body. */
const mostHeadBytes = 16 * 1024;

/** What of an answer stands before its body. Throws NotPlain. */
function readHead(text: string): { status: number; length: number; closes: boolean } {
  const [first = '', ...lines] = text.split('\r\n');
  const [, minor, digits] = /^HTTP\/1\.([01]) ([2-5]\d\d)( |$)/.exec(first) ?? [];
  const status = Number(digits);
  const headers = lines.map(
    (line) => /^([\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line)?.slice(1) as [string, string] | undefined,
  );
  const valuesOf = (wanted: string) =>
    headers.flatMap((header) => (header?.[0].toLowerCase() === wanted ? [header[1]] : []));
  const [length, ...further] = valuesOf('content-length');
  const isPlain =
    !Number.isNaN(status) &&
    !headers.includes(undefined) &&
    valuesOf('transfer-encoding').length === 0 &&
    further.length === 0 &&
    /^\d{1,15}$/.test(length ?? '');
  if (!isPlain) throw new NotPlain(`an answer that begins with ${JSON.stringify(text.slice(0, 100))}`);
  const closes = minor === '0' || valuesOf('connection').join().toLowerCase().includes('close');
  return { status, length: Number(length), closes };
}

/** One answer as it is read: the head into memory of its own, the body into what it stays in. */
class AnswerReader {
  readonly #most: number;
  readonly #tooLarge: (bytes: number) => Error;
  readonly #head: Uint8Array<ArrayBuffer>;
  #headBytes = 0;
  #body: Uint8Array<ArrayBuffer> | undefined;
  #bodyBytes = 0;
  #status = 0;
  closes = false;

  /** `head`: memory of the connection, where the first bytes of an answer go: the socket has it before there is a question. */
  constructor(head: Uint8Array<ArrayBuffer>, most: number, tooLarge: (bytes: number) => Error) {
    this.#head = head;
    this.#most = most;
    this.#tooLarge = tooLarge;
  }

  get hasBegun(): boolean {
    return this.#headBytes > 0;
  }

  /** Where the next bytes go; never empty. */
  target(): Uint8Array {
    const rest = this.#body?.subarray(this.#bodyBytes) ?? this.#head.subarray(this.#headBytes);
    return rest.length > 0 ? rest : this.#head;
  }

  /** So many bytes came there. The answer, once it is whole. */
  took(bytes: number): Answer | undefined {
    if (this.#body === undefined) this.#takeHead(bytes);
    else this.#bodyBytes += bytes;
    if (this.#body === undefined || this.#bodyBytes < this.#body.length) return undefined;
    return { status: this.#status, bytes: this.#body };
  }

  #takeHead(bytes: number): void {
    this.#headBytes += bytes;
    const head = Buffer.from(this.#head.buffer, 0, this.#headBytes);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0 && this.#headBytes === mostHeadBytes) throw new NotPlain('a long head');
    if (end < 0) return;
    const { status, length, closes } = readHead(head.toString('latin1', 0, end));
    if (length > this.#most) throw this.#tooLarge(length);
    const begun = head.subarray(end + 4);
    if (begun.length > length) throw new NotPlain('an answer that is longer than it says');
    this.#status = status;
    this.closes = closes;
    this.#body = new Uint8Array(length);
    this.#body.set(begun);
    this.#bodyBytes = begun.length;
  }
}

interface Connection {
  socket: Socket;
  head: Uint8Array<ArrayBuffer>;
  /** Absent: it is idle. */
  reader: AnswerReader | undefined;
  settle(outcome: { answer?: Answer; error?: Error }): void;
}

/**
 * Questions in HTTP/1.1 (RFC 9112), by connections that stay open, without a copy: a body goes out of the memory that it
 * lies in, and an answer's is read into the memory that it stays in. node:http gives an answer in pieces of 64 kB, each in
 * memory of its own.
 */
export class PlainExchange {
  readonly #tooLarge: (bytes: number, most: number) => Error;
  readonly #idle = new Set<Connection>();

  /** `tooLarge`: the error of an answer of more than the most bytes. */
  constructor(tooLarge: (bytes: number, most: number) => Error) {
    this.#tooLarge = tooLarge;
  }

  /** All to one server. Throws NotPlain, ClosedWhileIdle, what `tooLarge` gives, the signal's reason, and the connection's error. */
  post(url: URL, { headers, body, most }: Question, signal: AbortSignal): Promise<Answer> {
    const [idle] = this.#idle;
    const connection = idle ?? this.#open(url);
    this.#idle.delete(connection);
    const { socket } = connection;
    socket.ref();
    return new Promise<Answer>((resolve, reject) => {
      const abort = () => socket.destroy(signal.reason as Error);
      const reader = new AnswerReader(connection.head, most, (bytes) => this.#tooLarge(bytes, most));
      connection.reader = reader;
      connection.settle = ({ answer, error }) => {
        connection.settle = () => {};
        connection.reader = undefined;
        signal.removeEventListener('abort', abort);
        if (answer !== undefined && !reader.closes && socket.writableLength === 0) this.#keep(connection);
        else socket.destroy();
        if (answer !== undefined) resolve(answer);
        else reject(idle !== undefined && !reader.hasBegun && !signal.aborted ? new ClosedWhileIdle() : error);
      };
      if (signal.aborted) {
        abort();
        return;
      }
      signal.addEventListener('abort', abort);
      socket.cork();
      socket.write(headOf(url, { ...headers, 'Content-Length': String(body.length) }), 'latin1');
      socket.write(body);
      socket.uncork();
    });
  }

  close(): void {
    for (const { socket } of this.#idle) socket.destroy();
    this.#idle.clear();
  }

  #keep(connection: Connection): void {
    connection.socket.unref();
    this.#idle.add(connection);
  }

  #open({ hostname, port }: URL): Connection {
    const head = new Uint8Array(mostHeadBytes);
    const connection: Connection = { socket: undefined!, head, reader: undefined, settle: () => {} };
    const fail = (error: Error) => connection.settle({ error });
    const socket: Socket = connect({
      ...{ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), noDelay: true },
      onread: {
        buffer: () => (connection.reader?.target() ?? head) as Uint8Array<ArrayBuffer>,
        callback(bytes): boolean {
          if (connection.reader === undefined) {
            socket.destroy(); // nobody asked
            return false;
          }
          try {
            const answer = connection.reader.took(bytes);
            if (answer !== undefined) connection.settle({ answer });
          } catch (error) {
            fail(error as Error);
          }
          return true;
        },
      },
    });
    socket.on('error', fail);
    socket.on('close', () => {
      this.#idle.delete(connection);
      fail(new Error('the connection ended before the answer did'));
    });
    connection.socket = socket;
    return connection;
  }
}

function headOf({ pathname, search, host }: URL, headers: Record<string, string>): string {
  const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => {
    validateHeaderValue(name, value);
    return `${name}: ${value}\r\n`;
  });
  return `POST ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}
