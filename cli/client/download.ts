import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Patience, patient, withRetries } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import type { Download } from '../../functions/contract/results.ts';
import { UserError } from '../errors.ts';

/**
 * Not fetch: in Node 24 it ends the whole process when a server closes the connection before all that came is written
 * (nodejs/undici#5360).
 */
function get(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { get: send } = url.startsWith('https:') ? https : http;
  send(url, { headers, signal }, resolve).on('error', reject);
  return promise;
}

/** Fetches a download into `file`, continuing a part of it that is there. `sign` asks for a fresh URL. */
export async function fetchDownload(
  sign: () => Promise<Download>,
  file: string,
  signal: AbortSignal,
  patience: Patience = patient,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const isStale = (error: unknown) => error instanceof ServiceError && error.status === 403; // the URL ran out
  try {
    await withRetries(async () => fetchRest(await sign(), file, signal), signal, patience, isStale);
  } catch (error) {
    if (!(error instanceof ServiceError) || error.problem !== undefined) throw error;
    const { status, cause } = error;
    const why = status === 0 ? String((cause as Error).message) : `the store answers ${status}`;
    throw new UserError('downloadFailed', { why }, { cause: error });
  }
}

/** One attempt to fetch what is missing of the file. Throws ServiceError. */
async function fetchRest({ request, bytes }: Download, file: string, signal: AbortSignal): Promise<void> {
  const have = (await stat(file).catch(() => undefined))?.size ?? 0;
  if (have === bytes) return;
  const from = have < bytes ? have : 0;
  const broken = (cause: unknown) => new ServiceError(0, {}, { cause });
  try {
    const headers = { ...request.headers, ...(from > 0 && { Range: `bytes=${from}-` }) };
    const response = await get(request.url, headers, signal);
    const status = response.statusCode!;
    if (status !== 200 && status !== 206) {
      response.destroy();
      throw new ServiceError(status);
    }
    await pipeline(response, createWriteStream(file, { flags: status === 206 ? 'a' : 'w' }));
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof ServiceError ? error : broken(error);
  }
  const arrived = (await stat(file)).size;
  if (arrived !== bytes) throw broken(new Error(`${arrived} of ${bytes} bytes came`));
}
