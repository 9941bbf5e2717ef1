import { batchesOf } from '../../functions/async/batches.ts';
import { forEachLimit } from '../../functions/async/for-each-limit.ts';
import type { UploadAnswer } from '../../functions/contract/uploads.ts';
import { withRetries } from '../retries.ts';
import { type Outgoing, readable } from './outgoing.ts';
import { putsAtOnce, type SendOptions } from './transfer.ts';

/** Parts signed together: few enough that the last is sent before its signature ends. */
const partsTogether = 20;

type InParts = Extract<UploadAnswer, { state: 'multipart' }>;

/** Sends the parts of a large file that are missing, and has the file made of all of them. */
export async function sendParts(
  file: Outgoing,
  { uploadId, partBytes, partCount, sent }: InParts,
  { jobId, call, put, limit, signal, patience, tell }: SendOptions,
): Promise<void> {
  const { path, bytes } = file;
  const params = { id: jobId };
  const etags = new Map(sent.map(({ part, etag }) => [part, etag]));
  const arrived = new Map(sent.map(({ part, bytes }) => [part, bytes]));
  const report = (part: number, partSent: number) => {
    arrived.set(part, partSent);
    tell({ kind: 'sent', path, bytes: [...arrived.values()].reduce((sum, each) => sum + each, 0) });
  };
  if (sent.length > 0) report(sent[0]!.part, sent[0]!.bytes);
  const missing = Array.from({ length: partCount }, (_, i) => i + 1).filter((part) => !etags.has(part));
  const retry = <T>(work: () => Promise<T>): Promise<T> => withRetries(work, signal, patience);

  for (const parts of batchesOf(missing, partsTogether)) {
    const body = { path, uploadId, parts: [...parts] };
    const { parts: requests } = await retry(() => call('signParts', { params, body, signal }));
    await forEachLimit(requests, putsAtOnce, async ({ part, request }) => {
      const start = (part - 1) * partBytes;
      const end = Math.min(start + partBytes, bytes);
      const onSent = (partSent: number) => report(part, partSent);
      const sendPart = async () => {
        const piece = (await file.open()).body.slice(start, end);
        return readable(file, () => put(request, piece, onSent, signal));
      };
      etags.set(part, await retry(() => limit(sendPart)));
      report(part, end - start);
    });
  }
  const parts = [...etags].map(([part, etag]) => ({ part, etag })).sort((a, b) => a.part - b.part);
  await retry(() => call('completeUpload', { params, body: { path, uploadId, parts }, signal }));
}
