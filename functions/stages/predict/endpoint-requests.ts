import { createHash } from 'node:crypto';
import { AwaitsAnswer } from '../../core/awaits-answer.ts';
import { Failure } from '../../core/errors.ts';
import type { PredictMessage } from '../../core/messages.ts';
import { planeHeader } from '../../core/plane-header.ts';
import { refusesImage } from '../../core/refusal-words.ts';
import { fileDigest } from '../../jobs/edit-log.ts';
import { readBytes } from '../../object-streams/read-object.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Endpoint, Invoke } from '../../ports/endpoint.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PlaneFacts } from '../../ports/predictor.ts';
import {
  answerOf,
  type FailedAttempt,
  inputOf,
  type KeptImage,
  type RequestRecord,
  readFailure,
  readRequest,
  takeAnswer,
  writeRequest,
} from './request-record.ts';

/** Of one plane or tile; what fails by no fault of the image is sent again at once, as nothing waits for it. */
const mostAttempts = 5;

/** Characters that go with a request. Source: Amazon SageMaker API reference, InvokeEndpointAsync, CustomAttributes. */
const mostAttributes = 1024;

/** How a request is: never sent, on its way, answered, failed in its last attempt, or lost. */
type RequestState =
  | { state: 'none' | 'answered' }
  | { state: 'sent' | 'lost'; record: RequestRecord }
  | { state: 'failed'; record: RequestRecord; why: FailedAttempt };

/** Requests of one image, each named by what is asked: whoever asks the same again finds the answer. */
export interface EndpointRequests {
  /** Resolves with the answer where it is there. Throws AwaitsAnswer, and `modelFailed` where the container refuses the image. */
  ask: Invoke;
  /** Whether its answer may still come, and nothing is to be done until then. */
  isAwaited(request: string): Promise<boolean>;
}

/**
 * All that is known of a request is beside it, in objects that go with what else predict keeps of the image: no process has
 * to live until the answer comes. Two that ask the same at a time send it twice, and either answer is good.
 */
export function endpointRequests(
  { owner, id, path }: PredictMessage,
  { objects, endpoint, clock }: { objects: ObjectStore; endpoint: Endpoint; clock: Clock },
): EndpointRequests {
  const image: KeptImage = { owner, id, image: fileDigest(path) };

  const stateOf = async (request: string): Promise<RequestState> => {
    const record = await readRequest(image, request, objects);
    if (record === undefined) return { state: 'none' };
    if (await takeAnswer(image, request, record.answer, objects)) return { state: 'answered' };
    const why = await readFailure(image, request, record, objects);
    if (why !== undefined) return { state: 'failed', record, why };
    const late = clock.now() - record.sentAt > endpoint.patienceSeconds * 1000;
    return { state: late ? 'lost' : 'sent', record };
  };

  const send = async (request: string, attempt: number, file: Uint8Array, attributes: string | undefined) => {
    const input = inputOf(image, request);
    const record = { attempt, sentAt: clock.now() };
    if ((await objects.head(input))?.bytes !== file.length) await objects.put(input, file);
    await writeRequest(image, request, record, objects); // before it is sent: an answer to no request is thrown away
    const { answer, failure } = await endpoint.invoke({
      input,
      id: `${request}.${attempt}`,
      ...(attributes !== undefined && { attributes }),
    });
    await writeRequest(image, request, { ...record, answer: answer.key, failure: failure.key }, objects);
  };

  return {
    isAwaited: async (request) => (await stateOf(request)).state === 'sent',
    async ask(file, { facts, most }) {
      const attributes = facts && attributesOf(facts);
      const request = nameOf(endpoint.image, attributes, file);
      const known = await stateOf(request);
      if (known.state === 'answered') return readAnswer(request, most);
      if (known.state !== 'sent') await send(request, nextAttempt(known), file, attributes);
      throw new AwaitsAnswer(request);
    },
  };

  async function readAnswer(request: string, most: number): Promise<Uint8Array> {
    const ref = answerOf(image, request);
    const { bytes = 0 } = (await objects.head(ref)) ?? {};
    if (bytes > most)
      throw new Failure('modelBroken', { detail: `the container answers ${bytes} bytes, where ${most} are the most` });
    return readBytes(objects, ref);
  }
}

/** Throws `modelFailed` where the image is refused, and an Error after the last attempt. */
function nextAttempt(known: RequestState): number {
  if (!('record' in known)) return 1;
  const { attempt } = known.record;
  if (known.state === 'failed') {
    const { status, words } = known.why;
    if (status !== undefined && refusesImage(status))
      throw new Failure('modelFailed', { detail: `the container refuses it (${status}): ${words}` });
    if (attempt >= mostAttempts) throw new Error(`the endpoint failed ${attempt} times, at last with: ${words}`);
  }
  return attempt + 1;
}

/** 160 bits of what is asked of which container. */
function nameOf(container: string, attributes: string | undefined, file: Uint8Array): string {
  const head = JSON.stringify([container, attributes]);
  return createHash('sha256').update(head).update(file).digest('hex').slice(0, 40);
}

/** Without the channels where their names are too long. */
function attributesOf({ channels, pixelSize }: PlaneFacts): string {
  const whole = planeHeader({ ...(pixelSize && { pixelSize }), ...(channels && { channels }) });
  return whole.length <= mostAttributes ? whole : planeHeader(pixelSize ? { pixelSize } : {});
}
