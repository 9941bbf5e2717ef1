import type { ProblemView } from '../../functions/contract/schemas.ts';
import { ApiError } from '../api/client.ts';
import { stallMs } from './attempts.ts';
import type { Put } from './send-files.ts';

/** The browser sets these itself, and to the same values. */
const ownHeaders = /^(content-length|host)$/i;

/** With XMLHttpRequest, since fetch tells nothing of what is sent. 412 says that the object is there: done. */
export const put: Put = (request, body, onSent, signal) =>
  new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const watch = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => sending.abort(), stallMs);
    };
    const stop = () => sending.abort();
    signal.addEventListener('abort', stop, { once: true });
    sending.open(request.method, request.url);
    for (const [name, value] of Object.entries(request.headers)) {
      if (!ownHeaders.test(name)) sending.setRequestHeader(name, value);
    }
    sending.upload.onprogress = ({ loaded }) => {
      watch();
      onSent(loaded);
    };
    sending.onloadend = () => {
      clearTimeout(stalled);
      signal.removeEventListener('abort', stop);
      const { status } = sending;
      if (signal.aborted) reject(signal.reason);
      else if ((status >= 200 && status < 300) || status === 412) resolve(sending.getResponseHeader('ETag') ?? '');
      else reject(new ApiError(status, problemOf(sending)));
    };
    watch();
    sending.send(body);
  });

function problemOf(answer: XMLHttpRequest): ProblemView | undefined {
  if (!answer.getResponseHeader('Content-Type')?.startsWith('application/problem+json')) return undefined;
  return JSON.parse(answer.responseText) as ProblemView;
}
