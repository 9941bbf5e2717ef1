import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { routeOf } from '../../core/container-url.ts';
import { Failure } from '../../core/errors.ts';

export interface Answer {
  status: number;
  bytes: Uint8Array<ArrayBuffer>;
}

interface Question {
  headers: Record<string, string>;
  body: Uint8Array;
  /** Bytes of an answer that is read. */
  most: number;
}

/** Requests to one server, by connections that stay open. */
export interface Exchange {
  origin: string;
  /** Throws an Error that says why there was no answer, and `modelBroken` for one of more than `most` bytes. */
  post(route: '/invocations', question: Question): Promise<Answer>;
  close(): void;
}

/**
 * Node's own client and not fetch, which copies the body and gives up after five minutes without headers: a plane takes
 * some models longer.
 */
export function httpExchange(origin: string, { seconds }: { seconds: number }): Exchange {
  const secure = new URL(origin).protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  return {
    origin,
    async post(route, { headers, body, most }) {
      const signal = AbortSignal.timeout(seconds * 1000);
      const options = { method: 'POST', agent, headers: { ...headers, 'Content-Length': body.length }, signal };
      const url = routeOf(origin, route);
      const request = secure ? httpsRequest(url, options) : httpRequest(url, options);
      try {
        const response = await answerTo(request, body);
        return { status: response.statusCode ?? 0, bytes: await bytesOf(response, most) };
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (signal.aborted) throw new Error(`no answer within ${seconds} s`, { cause: error });
        throw new Error(reasonOf(error), { cause: error });
      } finally {
        request.destroy();
      }
    },
    close: () => agent.destroy(),
  };
}

function answerTo(request: ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject); // also those behind the answer: a server may close before it has read all
    request.end(body);
  });
}

/** Into one piece of memory, which is of the right size where the answer says its length. */
async function bytesOf(response: IncomingMessage, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const stated = Number(response.headers['content-length']);
  if (stated > most) throw tooLarge(stated, most);
  let bytes = new Uint8Array(Number.isNaN(stated) ? Math.min(most, 1 << 20) : stated);
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    const end = length + chunk.length;
    if (end > most) throw tooLarge(end, most);
    if (end > bytes.length) {
      const larger = new Uint8Array(Math.min(most, Math.max(end, 2 * bytes.length)));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(chunk, length);
    length = end;
  }
  return bytes.subarray(0, length);
}

const tooLarge = (bytes: number, most: number) =>
  new Failure('modelBroken', { detail: `the container answers ${bytes} bytes or more, where ${most} are the most` });

/** An AggregateError (of a name with several addresses) has no message of its own. */
function reasonOf(error: unknown): string {
  const { message, errors } = error as Error & { errors?: Error[] };
  return message || (errors?.[0]?.message ?? String(error));
}
