import { retryAfterMs } from '../../client/retries.ts';
import { ServiceError } from '../../client/service-error.ts';
import type { Put } from '../../client/upload/transfer.ts';
import type { ProblemView } from '../../functions/contract/problem-view.ts';
import { stallMs } from './stall.ts';

/** The browser sets these itself, and to the same values. */
const ownHeaders = /^(content-length|host)$/i;

/** With XMLHttpRequest, since fetch says nothing of what is sent. 412 says that the object is there: done. */
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
      else reject(errorOf(sending));
    };
    watch();
    sending.send(body);
  });

function errorOf(answer: XMLHttpRequest): ServiceError {
  const isProblem = answer.getResponseHeader('Content-Type')?.startsWith('application/problem+json') === true;
  const problem = isProblem ? (JSON.parse(answer.responseText) as ProblemView) : undefined;
  // A store of another origin may not show the header, and asking for one that is hidden is an error in the console.
  const isShown = /^retry-after:/im.test(answer.getAllResponseHeaders());
  const waitMs = isShown ? retryAfterMs({ get: (name) => answer.getResponseHeader(name) }, Date.now()) : undefined;
  return new ServiceError(answer.status, { problem, waitMs });
}
