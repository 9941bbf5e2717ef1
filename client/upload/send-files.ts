import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import type { SignedRequestView, UploadAnswer } from '../../functions/contract/schemas.ts';
import { ApiError } from '../api/client.ts';
import type { Api } from '../api/endpoints.ts';
import { type Patience, withRetries } from './attempts.ts';
import { putLimiter } from './put-limit.ts';

/** A browser opens six connections to a host; two are left for the API. */
const putsAtOnce = 4;
/** Parts signed together: few enough that the last is sent before its signature ends. */
const partsTogether = 20;

export interface Outgoing {
  /** Below the folder, `/` separated. */
  path: string;
  body: Blob;
  /** Of the body, kept: a browser may look at the disk each time it is asked. */
  bytes: number;
}

/** Sends one signed request as it is; gives the ETag. Throws ApiError. */
export type Put = (
  request: SignedRequestView,
  body: Blob,
  onSent: (bytes: number) => void,
  signal: AbortSignal,
) => Promise<string>;

export type SendEvent =
  /** It was there already. */
  | { kind: 'present'; path: string }
  | { kind: 'arrived'; path: string }
  | { kind: 'refused'; path: string; message: string }
  /** After all retries. */
  | { kind: 'failed'; path: string; error: unknown }
  /** Bytes of the file that the store has, as far as the browser knows. */
  | { kind: 'sent'; path: string; bytes: number };

export interface SendOptions {
  jobId: string;
  files: readonly Outgoing[];
  api: Pick<Api, 'signUploads' | 'signParts' | 'completeUpload'>;
  put: Put;
  filesPerCall: number;
  patience: Patience;
  signal: AbortSignal;
  tell(event: SendEvent): void;
}

/**
 * Sends what is missing of a folder: names up to `filesPerCall` files a call, and sends those that the store does not
 * have, in parts where the service says so. A file that fails does not stop the others; when nothing can be signed, throws.
 */
export async function sendFiles({
  jobId,
  files,
  api,
  put,
  filesPerCall,
  patience,
  signal,
  tell,
}: SendOptions): Promise<void> {
  const limited = putLimiter(putsAtOnce);
  const retry = <T>(work: () => Promise<T>, again?: (error: unknown) => boolean): Promise<T> =>
    withRetries(work, signal, patience, again);

  const sign = (batch: readonly Outgoing[]): Promise<UploadAnswer[]> =>
    retry(async () => {
      const named = batch.map(({ path, bytes }) => ({ path, bytes }));
      return (await api.signUploads(jobId, { files: named }, signal)).files;
    });

  const batches = Array.from({ length: Math.ceil(files.length / filesPerCall) }, (_, i) =>
    files.slice(i * filesPerCall, (i + 1) * filesPerCall),
  );
  let signed = batches[0] === undefined ? undefined : sign(batches[0]);
  for (let i = 0; i < batches.length; i++) {
    const answers = await signed!;
    const next = batches[i + 1];
    signed = next === undefined ? undefined : sign(next); // while this batch is sent
    signed?.catch(() => {}); // looked at in the next round
    await forEachLimit(batches[i]!.entries(), putsAtOnce, ([at, file]) => sendOne(file, answers[at]!));
  }

  async function sendOne(file: Outgoing, first: UploadAnswer): Promise<void> {
    const { path } = file;
    let answer: UploadAnswer | undefined = first;
    try {
      const outcome = await retry(async () => {
        const given: UploadAnswer = answer ?? (await sign([file]))[0]!;
        answer = undefined; // whatever goes wrong now, the next attempt asks again what is there
        if (given.state === 'put') {
          await limited(() => put(given.request, file.body, (bytes) => tell({ kind: 'sent', path, bytes }), signal));
        }
        if (given.state === 'multipart') await sendParts(file, given);
        return given;
      }, isStale);
      if (outcome.state === 'refused') tell({ kind: 'refused', path, message: outcome.message });
      else tell({ kind: outcome.state === 'present' ? 'present' : 'arrived', path });
    } catch (error) {
      signal.throwIfAborted();
      tell({ kind: 'failed', path, error });
    }
  }

  async function sendParts(
    { path, body, bytes }: Outgoing,
    { uploadId, partBytes, partCount, sent }: Extract<UploadAnswer, { state: 'multipart' }>,
  ): Promise<void> {
    const etags = new Map(sent.map(({ part, etag }) => [part, etag]));
    const known = new Map(sent.map(({ part, bytes }) => [part, bytes]));
    const report = (part: number, bytes: number) => {
      known.set(part, bytes);
      tell({ kind: 'sent', path, bytes: [...known.values()].reduce((sum, each) => sum + each, 0) });
    };
    const missing = Array.from({ length: partCount }, (_, i) => i + 1).filter((part) => !etags.has(part));
    for (let at = 0; at < missing.length; at += partsTogether) {
      const parts = missing.slice(at, at + partsTogether);
      const { parts: requests } = await retry(() => api.signParts(jobId, { path, uploadId, parts }, signal));
      await forEachLimit(requests, putsAtOnce, async ({ part, request }) => {
        const start = (part - 1) * partBytes;
        const piece = body.slice(start, Math.min(start + partBytes, bytes));
        const etag = await retry(() => limited(() => put(request, piece, (bytes) => report(part, bytes), signal)));
        etags.set(part, etag);
        report(part, piece.size);
      });
    }
    const parts = [...etags].map(([part, etag]) => ({ part, etag })).sort((a, b) => a.part - b.part);
    await retry(() => api.completeUpload(jobId, { path, uploadId, parts }, signal));
  }
}

const staleCodes = ['signatureRefused', 'uploadMissing', 'partsWrong'];

/** A signature that has ended, or parts that are gone: asking again heals it. S3 answers no problem, only a status. */
const isStale = (error: unknown): boolean =>
  error instanceof ApiError &&
  (error.problem === undefined ? [403, 404].includes(error.status) : staleCodes.includes(error.problem.code));
