import { openAsBlob } from 'node:fs';
import { batchesOf } from '../../functions/async/batches.ts';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import type { SignedRequestView, UploadAnswer } from '../../functions/contract/schemas.ts';
import { UserError } from '../errors.ts';
import type { InputFile } from '../run/walk-folder.ts';
import { isPassing, retryAfterMs, withRetries } from './retries.ts';
import type { ServiceClient } from './service-client.ts';

/** Requests at a time: enough to fill a line, few enough for a lab's Wi-Fi. */
const lanes = 4;
/** A signature lives an hour or so: parts are signed when they are due, a few at a time. */
const partsAtOnce = 50;

export interface UploadReport {
  /** A file is there: sent now, or by an earlier run. */
  sent(file: InputFile, present: boolean): void;
  /** A file that the service does not take; it is named in the job where `inJob`. */
  refused(file: InputFile, code: string, message: string): void;
  /** So many bytes more are through. */
  bytes(count: number): void;
}

/** Sends what the service does not have yet. Throws when a file cannot be sent after all retries. */
export async function uploadAll(
  client: ServiceClient,
  jobId: string,
  files: readonly InputFile[],
  { filesPerCall, report, signal }: { filesPerCall: number; report: UploadReport; signal: AbortSignal },
): Promise<void> {
  for (const batch of batchesOf(files, filesPerCall)) {
    const answers = await client.uploads(
      jobId,
      batch.map(({ path, bytes }) => ({ path, bytes })),
    );
    await forEachLimit(batch.entries(), lanes, async ([i, file]) => {
      signal.throwIfAborted();
      const answer = answers.files[i]!;
      if (answer.state === 'refused') return report.refused(file, answer.code, answer.message);
      if (answer.state === 'put') await putWhole(file, answer.request, report, signal);
      if (answer.state === 'multipart') await putParts(client, jobId, file, answer, report, signal);
      if (answer.state === 'present') report.bytes(file.bytes);
      report.sent(file, answer.state === 'present');
    });
  }
}

async function putWhole(
  file: InputFile,
  request: SignedRequestView,
  report: UploadReport,
  signal: AbortSignal,
): Promise<void> {
  await put(await contentsOf(file), file, request, signal);
  report.bytes(file.bytes);
}

async function putParts(
  client: ServiceClient,
  jobId: string,
  file: InputFile,
  { path, uploadId, partBytes, partCount, sent }: Extract<UploadAnswer, { state: 'multipart' }>,
  report: UploadReport,
  signal: AbortSignal,
): Promise<void> {
  const contents = await contentsOf(file);
  const etags = new Map(sent.map(({ part, etag }) => [part, etag]));
  for (const { bytes } of sent) report.bytes(bytes);
  const due = Array.from({ length: partCount }, (_, i) => i + 1).filter((part) => !etags.has(part));
  for (const some of batchesOf(due, partsAtOnce)) {
    const { parts } = await client.parts(jobId, { path, uploadId, parts: [...some] });
    await forEachLimit(parts, lanes, async ({ part, bytes, request }) => {
      const start = (part - 1) * partBytes;
      const etag = await put(contents.slice(start, start + bytes), file, request, signal);
      if (etag === null) throw new UserError('uploadFailed', { path: file.path, why: 'the store gave a part no ETag' });
      etags.set(part, etag);
      report.bytes(bytes);
    });
  }
  const parts = [...etags].sort(([a], [b]) => a - b).map(([part, etag]) => ({ part, etag }));
  await client.completeUpload(jobId, { path, uploadId, parts });
}

/** A file that has changed its size since it was listed is not what was announced. */
async function contentsOf(file: InputFile): Promise<Blob> {
  const contents = await openAsBlob(file.file).catch((error: unknown) => {
    const why = 'it cannot be opened any more: it has been there when the folder was read';
    throw new UserError('uploadFailed', { path: file.path, why }, { cause: error });
  });
  if (contents.size !== file.bytes)
    throw new UserError('uploadFailed', { path: file.path, why: 'it is being written to: its size has changed' });
  return contents;
}

/** The ETag of the answer. 412: an earlier try arrived, though its answer did not. */
function put(
  body: Blob,
  { path }: InputFile,
  { url, method, headers }: SignedRequestView,
  signal: AbortSignal,
): Promise<string | null> {
  return withRetries<string | null>(async () => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, { method, headers, body, signal });
      text = await response.text();
    } catch (error) {
      signal.throwIfAborted();
      return {
        again: true,
        error: new UserError('uploadFailed', { path, why: String((error as Error).cause ?? error) }, { cause: error }),
      };
    }
    if (response.ok || response.status === 412) return response.headers.get('etag');
    const failed = new UserError('uploadFailed', {
      path,
      why: `the store answers ${response.status}: ${text.slice(0, 200)}`,
    });
    if (!isPassing(response.status)) throw failed;
    const waitMs = retryAfterMs(response.headers);
    return { again: true, error: failed, ...(waitMs !== undefined && { waitMs }) };
  }, signal);
}
