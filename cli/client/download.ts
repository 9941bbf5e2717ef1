import { createWriteStream } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Download } from '../../functions/contract/schemas.ts';
import { UserError } from '../errors.ts';
import { isPassing, withRetries } from './retries.ts';

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
export async function fetchDownload(sign: () => Promise<Download>, file: string, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await withRetries<void>(async () => {
    const { request, bytes } = await sign();
    const have = (await stat(file).catch(() => undefined))?.size ?? 0;
    if (have === bytes) return undefined;
    const from = have < bytes ? have : 0;
    const failed = (why: string, cause?: unknown) => new UserError('downloadFailed', { why }, { cause });
    try {
      const headers = { ...request.headers, ...(from > 0 && { Range: `bytes=${from}-` }) };
      const response = await get(request.url, headers, signal);
      const status = response.statusCode!;
      if (status !== 200 && status !== 206) {
        response.destroy();
        const error = failed(`the store answers ${status}`);
        if (!isPassing(status) && status !== 403) throw error; // 403: the URL ran out
        return { again: true, error };
      }
      await pipeline(response, createWriteStream(file, { flags: status === 206 ? 'a' : 'w' }));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof UserError) throw error;
      return { again: true, error: failed(String((error as Error).message), error) };
    }
    const arrived = (await stat(file)).size;
    return arrived === bytes ? undefined : { again: true, error: failed(`${arrived} of ${bytes} bytes came`) };
  }, signal);
}
