import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Patience, patient, retryAfterMs, withRetries } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import { FileError } from '../../client/upload/file-error.ts';
import { limiter } from '../../client/upload/limiter.ts';
import type { Outgoing } from '../../client/upload/outgoing.ts';
import type { Selection } from '../../client/upload/select-files.ts';
import { sendFiles } from '../../client/upload/send-files.ts';
import { type Put, putsAtOnce } from '../../client/upload/transfer.ts';
import { UserError } from '../errors.ts';
import type { InputFile } from '../run/walk-folder.ts';
import { asUserError, type ServiceClient } from './service-client.ts';

interface UploadReport {
  /** A file is there: sent now, or by an earlier run. */
  sent(path: string): void;
  /** A file that the service does not take; it is named in the job where its code says so. */
  refused(path: string, code: string, message: string): void;
  /** So many bytes more are through. */
  bytes(count: number): void;
}

interface UploadOptions {
  filesPerCall: number;
  report: UploadReport;
  signal: AbortSignal;
  origin: string;
  patience?: Patience;
}

/** Sends what the service does not have yet. Throws `uploadFailed` at the end where a file could not be sent after all retries. */
export async function uploadAll(
  { once }: ServiceClient,
  jobId: string,
  { send, notSent }: Selection<Outgoing>,
  { filesPerCall, report, signal, origin, patience = patient }: UploadOptions,
): Promise<void> {
  const sizes = new Map(send.map(({ path, bytes }) => [path, bytes]));
  const moved = new Map<string, number>();
  const failures: { path: string; error: unknown }[] = [];
  const through = (path: string, bytes: number) => {
    report.bytes(bytes - (moved.get(path) ?? 0));
    moved.set(path, bytes);
  };
  const sending = sendFiles({
    jobId,
    files: send,
    notSent,
    call: once,
    put,
    limit: limiter(putsAtOnce),
    filesPerCall,
    patience,
    signal,
    tell(event) {
      if (event.kind === 'failed') failures.push(event);
      if (event.kind === 'refused') report.refused(event.path, event.code, event.message);
      if (event.kind === 'sent') through(event.path, event.bytes);
      if (event.kind === 'present' || event.kind === 'arrived') {
        through(event.path, sizes.get(event.path)!);
        report.sent(event.path);
      }
    },
  });
  await sending.catch((error: unknown) => {
    throw asUserError(error, origin);
  });
  const [first] = failures;
  if (first === undefined) return;
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more files)` : '';
  throw new UserError('uploadFailed', { path: first.path, why: whyOf(first.error) + more }, { cause: first.error });
}

/** A file of this machine, as it is now: one that is changed later is not sent. */
export function outgoing({ file, path, bytes }: Pick<InputFile, 'file' | 'path' | 'bytes'>): Outgoing {
  let first: number | undefined;
  return {
    path,
    bytes,
    async open() {
      const { size, mtimeMs } = await stat(file).catch((error: NodeJS.ErrnoException) => {
        throw new FileError(error.code === 'ENOENT' ? 'gone' : 'unreadable', { cause: error });
      });
      const modifiedAt = Math.floor(mtimeMs);
      first ??= modifiedAt;
      if (size !== bytes || modifiedAt !== first) throw new FileError('changed');
      return { body: await openAsBlob(file), modifiedAt };
    },
  };
}

/** Sends one file by a signed request, with retries. Throws `uploadFailed`. */
export async function putOutgoing(
  request: Parameters<Put>[0],
  file: Outgoing,
  { origin, signal }: Pick<UploadOptions, 'origin' | 'signal'>,
): Promise<void> {
  const url = new URL(request.url, origin).href;
  const attempt = async () => put({ ...request, url }, (await file.open()).body, () => {}, signal);
  await withRetries(attempt, signal, patient).catch((error: unknown) => {
    throw new UserError('uploadFailed', { path: file.path, why: whyOf(error) }, { cause: error });
  });
}

function whyOf(error: unknown): string {
  if (!(error instanceof ServiceError)) return error instanceof Error ? error.message : String(error);
  if (error.problem !== undefined) return error.message;
  if (error.status !== 0) return `the store answers ${error.status}`;
  return String((error.cause as Error | undefined)?.cause ?? error.cause);
}

/** One attempt. 412: an earlier one arrived, though its answer did not. */
const put: Put = async ({ url, method, headers }, body, onSent, signal) => {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { method, headers, body, signal });
    text = await response.text();
  } catch (error) {
    signal.throwIfAborted();
    throw new ServiceError(0, {}, { cause: error });
  }
  const { status } = response;
  if (!response.ok && status !== 412) {
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true;
    const waitMs = retryAfterMs(response.headers, Date.now());
    throw new ServiceError(status, { problem: isProblem ? JSON.parse(text) : undefined, waitMs });
  }
  onSent(body.size);
  return response.headers.get('etag') ?? '';
};
