import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { routeOf } from '../../core/container-url.ts';
import { Failure } from '../../core/errors.ts';
import { type Answer, ClosedWhileIdle, NotPlain, PlainExchange, type Question } from './plain-exchange.ts';

/** Requests to one server, by connections that stay open. */
export interface Exchange {
  origin: string;
  /** Throws an Error that says why there was no answer, and `modelBroken` for one of more than `most` bytes. */
  post(route: '/invocations', question: Question): Promise<Answer>;
  close(): void;
}

/**
 * No fetch, which copies the body and gives up after five minutes without headers: a plane takes some models longer. The
 * first question goes by node:http, which reads every answer. A server that says in its answer how long that is gets the
 * others without copies; where one of them is otherwise after all, it is asked once more, and node:http stays.
 */
export function httpExchange(origin: string, { seconds }: { seconds: number }): Exchange {
  const node = nodeClient(origin);
  const plain = new PlainExchange(tooLarge);
  let isPlain: boolean | undefined; // until it has answered: not known
  const ask = async (url: URL, question: Question, signal: AbortSignal): Promise<Answer> => {
    if (isPlain !== true) {
      const { states, ...answer } = await node.post(url, question, signal);
      isPlain ??= states && url.protocol === 'http:';
      return answer;
    }
    try {
      return await plain.post(url, question, signal);
    } catch (error) {
      if (error instanceof NotPlain) isPlain = false;
      else if (!(error instanceof ClosedWhileIdle)) throw error;
      return ask(url, question, signal);
    }
  };
  return {
    origin,
    async post(route, question) {
      const signal = AbortSignal.timeout(seconds * 1000);
      try {
        return await ask(routeOf(origin, route), question, signal);
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (signal.aborted) throw new Error(`no answer within ${seconds} s`, { cause: error });
        throw new Error(reasonOf(error), { cause: error });
      }
    },
    close() {
      plain.close();
      node.close();
    },
  };
}

function nodeClient(origin: string) {
  const secure = new URL(origin).protocol === 'https:';
  const agent = secure ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  return {
    /** `states`: the answer said how long it is. */
    async post(
      url: URL,
      { headers, body, most }: Question,
      signal: AbortSignal,
    ): Promise<Answer & { states: boolean }> {
      const options = { method: 'POST', agent, headers: { ...headers, 'Content-Length': body.length }, signal };
      const request = secure ? httpsRequest(url, options) : httpRequest(url, options);
      try {
        const response = await answerTo(request, body);
        const states = response.headers['content-length'] !== undefined;
        return { status: response.statusCode ?? 0, bytes: await bytesOf(response, most), states };
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
