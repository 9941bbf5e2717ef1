import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../../core/errors.ts';
import type { PlaneFacts } from '../../ports/predictor.ts';
import { type Answer, type Exchange, httpExchange } from '../container/http-exchange.ts';
import { waitForPing } from '../container/wait-for-ping.ts';
import type { ModelDescription } from '../package/description.ts';
import { npyHeader, readNpy } from '../package/npy.ts';
import type { Session } from './session.ts';

/** Media type of a .npy file, both ways. */
const npyType = 'application/x-npy';

/** A whole plane on a slow processor. */
const answerSeconds = 15 * 60;
/** Seconds before each further attempt of what failed by no fault of the image. */
const againAfter = [1, 4, 16];
/** Characters of a refusal that are shown. */
const shownText = 300;
/** Bytes of an answer beside its values, and of the widest value: what is larger is not read. */
const [answerHeader, widestValue] = [64 * 1024, 8];
/** Characters of a channel's name that are sent: servers take some 8 kB of headers. */
const shownName = 100;

/**
 * A model that a container runs (docs/containers.md): a tile goes as a .npy file of float32, channels x rows x columns, and
 * comes back as one, maps x rows x columns. Throws `modelBroken` where no container answers at `url`.
 */
export async function openHttpSession({ input, outputs, settings }: ModelDescription, url: string): Promise<Session> {
  await waitForPing(url, { seconds: settings.container?.startSeconds });
  const exchange = httpExchange(url, { seconds: answerSeconds });
  const crop = outputs[0]!.crop;
  const names = outputs.flatMap(({ channels }) => channels);
  /** A whole .npy file, so that what `input` is filled with is sent without a copy. */
  let file = new Uint8Array(0);
  let samples = new Float32Array(0);
  let size = '';
  return {
    input(height, width) {
      if (size === `${height} ${width}`) return samples;
      size = `${height} ${width}`;
      const header = npyHeader([input.channels.length, height, width]);
      file = new Uint8Array(header.length + 4 * input.channels.length * height * width);
      file.set(header);
      samples = new Float32Array(file.buffer, header.length);
      return samples;
    },
    async run(height, width, facts) {
      const [rows, columns] = [height - 2 * crop, width - 2 * crop];
      const most = answerHeader + widestValue * names.length * rows * columns;
      const answer = await invoke(exchange, file, { facts, most });
      const { shape, data } = readNpy(answer, 'the answer of the container');
      const flat = shape.length === 2 ? [1, ...shape] : shape;
      if (flat.join() !== [names.length, rows, columns].join())
        throw new Failure('modelBroken', {
          detail: `the container gives ${shape.join(' x ')}, the description says ${names.length} x ${rows} x ${columns}`,
        });
      return names.map((_, i) => {
        const map = data.subarray(i * rows * columns, (i + 1) * rows * columns);
        return map instanceof Float32Array ? map : new Float32Array(map);
      });
    },
    release: async () => exchange.close(),
  };
}

/** 2xx: the maps. 4xx: this image is refused, with the container's words. Else it is tried again, and then not the image's fault. */
async function invoke(
  exchange: Exchange,
  body: Uint8Array,
  { facts, most }: { facts: PlaneFacts | undefined; most: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const headers = { 'Content-Type': npyType, Accept: npyType, ...(facts && { 'labdeploy-plane': headerOf(facts) }) };
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
  const words = wordsOf(bytes);
  if (status >= 400 && status < 500 && status !== 429)
    throw new Failure('modelFailed', { detail: `the container refuses it (${status}): ${words}` });
  return `POST /invocations answers ${status}: ${words}`;
}

/** JSON in ASCII, as headers are. */
function headerOf({ pixelSize, channels }: PlaneFacts): string {
  const named = channels?.map((name) => name?.slice(0, shownName) ?? null);
  return JSON.stringify({ pixelSize, channels: named }).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `message` of a JSON object, else the text itself, on one line. */
function wordsOf(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes.subarray(0, 64 * 1024));
  let words = text;
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') words = message;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error; // no JSON object: plain text
  }
  return words.replace(/\s+/g, ' ').trim().slice(0, shownText);
}
