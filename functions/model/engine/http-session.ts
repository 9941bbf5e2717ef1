import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/errors.ts';
import { planeHeader } from '../../core/plane-header.ts';
import { refusalWords, refusesImage } from '../../core/refusal-words.ts';
import type { InvokeOptions } from '../../ports/endpoint.ts';
import { type Exchange, httpExchange } from '../container/http-exchange.ts';
import type { Answer } from '../container/plain-exchange.ts';
import { waitForPing } from '../container/wait-for-ping.ts';
import type { ModelDescription } from '../package/description.ts';
import { npySession } from './npy-session.ts';
import type { Session } from './session.ts';

/** Media type of a .npy file, both ways. */
const npyType = 'application/x-npy';

/** A whole plane on a slow processor. */
const answerSeconds = 15 * 60;
/** Seconds before each further attempt of what failed by no fault of the image. */
const againAfter = [1, 4, 16];

/** A model whose container answers at `url`. Throws `modelBroken` where none does. */
export async function openHttpSession(description: ModelDescription, url: string): Promise<Session> {
  await waitForPing(url, { seconds: description.settings.container?.startSeconds });
  const exchange = httpExchange(url, { seconds: answerSeconds });
  return {
    ...npySession(description, (file, options) => invoke(exchange, file, options)),
    release: async () => exchange.close(),
  };
}

/** 2xx: the maps. 4xx: this image is refused, with the container's words. Else it is tried again, and then not the image's fault. */
async function invoke(
  exchange: Exchange,
  body: Uint8Array,
  { facts, most }: InvokeOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { 'Content-Type': npyType, Accept: npyType, ...(facts && { 'labdeploy-plane': planeHeader(facts) }) };
  let why = '';
  for (const seconds of [0, ...againAfter]) {
    await sleep(seconds * 1000);
    const answer = await exchange.post('/invocations', { headers, body, most }).catch(reasonOf);
    if (typeof answer === 'string') why = answer;
    else if (answer.status >= 200 && answer.status < 300) return answer.bytes;
    else why = refusalOf(answer);
  }
  throw new Error(`the container at ${exchange.origin}: ${why}`);
}

/** Why there is no answer, which may be one later. */
function reasonOf(error: unknown): string {
  if (error instanceof Failure) throw error;
  return (error as Error).message;
}

/** Throws `modelFailed` where the image is refused; else says what is wrong, which may pass. */
function refusalOf({ status, bytes }: Answer): string {
  const words = refusalWords(bytes);
  if (refusesImage(status))
    throw new Failure('modelFailed', { detail: `the container refuses it (${status}): ${words}` });
  return `POST /invocations answers ${status}: ${words}`;
}
