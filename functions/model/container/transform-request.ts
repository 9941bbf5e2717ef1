import { Failure } from '../../core/errors.ts';
import { httpExchange } from './http-exchange.ts';

/** What a container that works on pictures is sent: the JSON form of docs/containers.md. */
export interface TransformRequest {
  uuid: string;
  /** Empty where there is no S3: then the others are addresses. */
  bucket: string;
  /** Key, or an address to fetch it from. */
  source: string;
  /** Absent where there is no base picture. */
  target?: string;
  /** Key, or an address to put it to. */
  output: string;
}

/** Of an answer: it repeats the request, or says in a line what was wrong. */
const mostAnswerBytes = 100_000;
const usualSeconds = 15 * 60;

/**
 * Has a container make a picture of another. It resolves when the container says that it stored it; throws
 * `pictureNotTransformed` with the container's words where it refuses the picture (4xx), and an Error where it may work
 * later (5xx, 429, no answer in that time).
 */
export async function requestTransform(
  url: string,
  request: TransformRequest,
  { seconds = usualSeconds }: { seconds?: number } = {},
): Promise<void> {
  const exchange = httpExchange(url, { seconds });
  try {
    const { status, bytes } = await exchange.post('/invocations', {
      headers: { 'Content-Type': 'application/json' },
      body: Buffer.from(JSON.stringify(request)),
      most: mostAnswerBytes,
    });
    if (status >= 200 && status < 300) return;
    const words = wordsOf(Buffer.from(bytes).toString('utf8'));
    if (status >= 400 && status < 500 && status !== 429) throw new Failure('pictureNotTransformed', { detail: words });
    throw new Error(`the container answers ${status}: ${words}`);
  } finally {
    exchange.close();
  }
}

/** `message` of JSON, else the text, in one line. */
function wordsOf(text: string): string {
  let words = text;
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    if (typeof message === 'string') words = message;
  } catch {
    // it is text
  }
  return words.replaceAll(/\s+/g, ' ').slice(0, 300) || 'it gave no reason';
}
